/** GitHub refuses a longer comment (docs/pull-requests.md#the-comment). */
export const longestComment = 65_536;

/** Characters of a name or a sentence; a tag has up to 128, an artifact up to ten thousand tags. */
const longestCell = 400;

/**
 * The first line of a comment, by which a job finds the one that it wrote before. An HTML comment can't hold two hyphens
 * in a row, and names of files can.
 */
export function markOf(command: string, policy: string): string {
  const name = policy
    .slice(-100)
    .replaceAll(/[^\w./-]/g, '_')
    .replaceAll(/-{2,}/g, '-');
  return `<!-- harbor-retention ${command} ${name} -->`;
}

/**
 * A comment that is short enough for GitHub: with the first number of shown entries for which it is, or else the last.
 * Pure.
 */
export function withinComment(steps: readonly number[], render: (most: number) => string): string {
  let text = '';
  for (const most of steps) {
    text = render(most);
    if (text.length <= longestComment) return text;
  }
  return text;
}

/** A code span that ends where it should: Harbor's names hold no backtick, what a broken answer holds is anything. */
export function code(text: string): string {
  const cut = text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
  return `\`${cut.replaceAll('`', "'").replaceAll(/[\r\n]+/g, ' ')}\``;
}

/** A pipe ends a cell, inside of a code span too. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
