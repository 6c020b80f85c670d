/**
 * A tag that is a version as people write them (docs/policy.md#versions). Numbers and pre-release identifiers stay
 * text, so that a date or a build number of any length compares exactly.
 */
export interface Version {
  /** One to six, without leading zeros: `2026.02.0` is `['2026', '2', '0']`. */
  readonly numbers: readonly [string, ...string[]];
  /** What stands after `-`; empty: it is a release. */
  readonly prerelease: readonly string[];
}

// Build metadata after `+`, or after the `_` that Helm writes for it, orders nothing.
const form =
  /^v?(?<numbers>\d+(?:\.\d+){0,5})(?:-(?<prerelease>[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:[+_][\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/;

/** A single number that is longer is a date, a commit or the number of a build. */
const mostDigitsAlone = 4;

/**
 * Reads a tag as a version: an optional `v`, one to six numbers between dots, leading zeros allowed, then optionally a
 * pre-release and build metadata. Undefined for anything else: what can't be ordered must not be deleted.
 */
export function parseVersion(tag: string): Version | undefined {
  const { numbers, prerelease } = form.exec(tag)?.groups ?? {};
  if (numbers === undefined) return undefined;
  const [first = '', ...others] = numbers.split('.');
  if (others.length === 0 && first.length > mostDigitsAlone) return undefined;
  return {
    numbers: [withoutZeros(first), ...others.map(withoutZeros)],
    prerelease: prerelease === undefined ? [] : prerelease.split('.'),
  };
}

/**
 * SemVer 2 precedence, lowest first, for more or fewer numbers too: a missing one counts as 0. Answers 0 for equal
 * precedence, which is no total order.
 */
export function compareVersions(one: Version, other: Version): number {
  const length = Math.max(one.numbers.length, other.numbers.length);
  for (let at = 0; at < length; at += 1) {
    const difference = compareNumbers(one.numbers[at] ?? '0', other.numbers[at] ?? '0');
    if (difference !== 0) return difference;
  }
  return comparePrereleases(one.prerelease, other.prerelease);
}

/** The release line that a version belongs to: `1.2` for its minor, `1` for its major. */
export function lineOf({ numbers }: Version, per: 'major' | 'minor'): string {
  const [major, minor = '0'] = numbers;
  return per === 'major' ? major : `${major}.${minor}`;
}

function comparePrereleases(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return other.length - one.length;
  for (const [at, part] of one.entries()) {
    const against = other[at];
    if (against === undefined) return 1;
    const difference = compareIdentifiers(part, against);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Numbers before words; numbers by value, words by their ASCII characters. */
function compareIdentifiers(one: string, other: string): number {
  const isNumber = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isNumber[0] && isNumber[1]) return compareNumbers(withoutZeros(one), withoutZeros(other));
  if (isNumber[0] !== isNumber[1]) return isNumber[0] ? -1 : 1;
  return compareTexts(one, other);
}

/** Between numbers without leading zeros, the longer one is larger. */
function compareNumbers(one: string, other: string): number {
  return one.length === other.length ? compareTexts(one, other) : one.length - other.length;
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}
