/** Whose names a pattern is for: Harbor's projects and repositories, the two joined by a slash, or OCI's tags. */
export type NameKind = 'project' | 'repository' | 'tag';

/**
 * The legal names of a kind, as a machine that reads them character by character. It begins in state 0. A legal name
 * ends in a state of `ends`. No name of these kinds has other characters than `alphabet`.
 */
export interface LegalNames {
  readonly alphabet: readonly number[];
  readonly ends: readonly number[];
  /** The state after a character; undefined: no legal name begins so. */
  readonly next: (state: number, character: number) => number | undefined;
  /** In characters. */
  readonly longest: number;
}

const codes = (text: string): readonly number[] => Array.from(text, (char) => char.charCodeAt(0));
const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const slash = '/'.charCodeAt(0);
const separators = new Set(codes('._-'));

/** Path components begin and end with a small letter or a digit; a repository has several, with slashes between. */
function paths(mayHaveSlashes: boolean): LegalNames {
  return {
    alphabet: codes(`${lower}${digits}._-${mayHaveSlashes ? '/' : ''}`),
    ends: [1],
    next: (state, character) => {
      if (character === slash) return mayHaveSlashes && state === 1 ? 0 : undefined;
      if (!separators.has(character)) return 1;
      return state === 0 ? undefined : 2;
    },
    longest: 255,
  };
}

const notAtTheStart = new Set(codes('.-'));

/** OCI: `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`. */
const tags: LegalNames = {
  alphabet: codes(`${lower}${lower.toUpperCase()}${digits}_.-`),
  ends: [1],
  next: (state, character) => (state === 0 && notAtTheStart.has(character) ? undefined : 1),
  longest: 128,
};

export const legalNames: Readonly<Record<NameKind, LegalNames>> = {
  project: paths(false),
  // With the project in front or without: the one language holds the other.
  repository: paths(true),
  tag: tags,
};
