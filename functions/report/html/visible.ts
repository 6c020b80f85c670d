/**
 * Characters that show nothing, break lines, turn the direction of writing, or belong to no text: controls, format
 * characters, separators, lone surrogates, unassigned and private ones.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;

/** The text with all that could deceive the eye written out: `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(unseen, (one) => {
    const code = one.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
