/**
 * Whose names a pattern is for: Harbor's projects and repositories, OCI's tags, or all of it:
 * `project/repository:tag`.
 */
export type NameKind = 'project' | 'repository' | 'tag' | 'image' | 'media type';

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

const lettersAndDigits = codes(`${lower}${lower.toUpperCase()}${digits}`);
const beginsMediaType = new Set(lettersAndDigits);

/** RFC 6838: two names with a slash between, each beginning with a letter or digit. */
const mediaTypes: LegalNames = {
  alphabet: [...lettersAndDigits, ...codes('!#$&-^_.+/')],
  ends: [3],
  next: (state, character) => {
    if (character === slash) return state === 1 ? 2 : undefined;
    if (state === 0 || state === 2) {
      return beginsMediaType.has(character) ? state + 1 : undefined;
    }
    return state;
  },
  longest: 255,
};

/** The same machine with its states moved up. */
function moved(names: LegalNames, by: number): LegalNames['next'] {
  const legal = new Set(names.alphabet);
  return (state, character) => {
    const next = legal.has(character) ? names.next(state - by, character) : undefined;
    return next === undefined ? undefined : next + by;
  };
}

/** A path with at least one slash, a colon, and a tag. */
function images(): LegalNames {
  const path = paths(true);
  const colon = ':'.charCodeAt(0);
  // States 0 to 2 are in the project, 3 to 5 in the repository, 6 and 7 before and in the tag.
  const inProject = moved(path, 0);
  const inRepository = moved(path, 3);
  const inTag = moved(tags, 6);
  return {
    alphabet: [...new Set([...path.alphabet, ...tags.alphabet, colon])],
    ends: [7],
    next: (state, character) => {
      if (state >= 6) return inTag(state, character);
      if (character === colon) return state === 4 ? 6 : undefined;
      if (state >= 3) return inRepository(state, character);
      return character === slash && state === 1 ? 3 : inProject(state, character);
    },
    longest: path.longest + 1 + tags.longest,
  };
}

export const legalNames: Readonly<Record<NameKind, LegalNames>> = {
  project: paths(false),
  // With the project in front or without: the one language holds the other.
  repository: paths(true),
  tag: tags,
  image: images(),
  'media type': mediaTypes,
};
