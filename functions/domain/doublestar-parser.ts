/** What is wrong with a pattern, and where; `at` counts UTF-16 units from 0. */
export interface PatternProblem {
  readonly at: number;
  readonly because: string;
}

/**
 * Whoever may write immutability rules in one project gives us patterns to match: what would take long to match is
 * refused like a pattern that is none, and holds that project only. Harbor's own names are far shorter.
 */
export const longestPattern = 1_000;
export const deepestBraces = 10;

interface Token {
  readonly end: number;
  readonly problem?: PatternProblem;
}

/** Where we are: inside braces some characters mean something else to Harbor's library. */
interface ParserPosition {
  readonly pattern: string;
  readonly depth: number;
  /** Whether a path component of a name can end right here, so that the library probes the rest for emptiness. */
  readonly canEnd: boolean;
}

interface TokenRun extends Token {
  readonly canEnd: boolean;
}

/**
 * Reads a whole doublestar pattern; returns its first problem, or undefined if it is well formed.
 * Refused is every pattern for which `bmatcuk/doublestar` v1.3.4 fails on some name (docs/harbor.md#the-glob-dialect),
 * and besides `[^]`, `[z-a]` and the empty pattern, which cannot be meant.
 */
export function parseDoublestar(pattern: string): PatternProblem | undefined {
  if (pattern === '') return { at: 0, because: 'the pattern is empty' };
  if (pattern.length > longestPattern) {
    const because = `the pattern has more than ${longestPattern} characters: write several patterns`;
    return { at: longestPattern, because };
  }
  return parseRun({ pattern, depth: 0, canEnd: true }, 0).problem;
}

function parseRun(place: ParserPosition, from: number): TokenRun {
  const { pattern, depth } = place;
  let { canEnd } = place;
  let at = from;
  while (at < pattern.length) {
    const char = pattern[at];
    if (depth > 0 && (char === ',' || char === '}')) return { end: at, canEnd };
    const token = parseToken({ ...place, canEnd }, at);
    if (token.problem !== undefined) return { ...token, canEnd };
    canEnd = token.canEnd;
    at = token.end;
  }
  return { end: at, canEnd };
}

function parseToken(place: ParserPosition, at: number): TokenRun {
  const char = place.pattern[at];
  if (char === '{') return parseBraces(place, at);
  if (char === '\\') return { ...parseEscape(place.pattern, at), canEnd: true };
  if (char === '[') return { ...parseClass(place, at), canEnd: true };
  // After a star the library only goes on while the name has characters left.
  return { end: at + 1, canEnd: char !== '*' };
}

function parseEscape(pattern: string, at: number): Token {
  if (at + 1 >= pattern.length) {
    return fail(at, 'a backslash at the end escapes nothing: write \\\\ for a backslash');
  }
  return { end: at + 1 + (pattern.codePointAt(at + 1)! > 0xffff ? 2 : 1) };
}

function parseClass(place: ParserPosition, at: number): Token {
  const { pattern, depth } = place;
  const length = indexUnescaped(pattern.slice(at + 1), ']');
  const end = at + 1 + length;
  if (length === -1) return fail(at, 'the [ is never closed: write \\[ for a bracket');
  const text = pattern.slice(at + 1, end);
  const because = depth > 0 ? (splitsClass(text) ?? badClass(text)) : badClass(text);
  return because === undefined ? { end: end + 1 } : fail(at, because);
}

function splitsClass(text: string): string | undefined {
  return /^(?:[^\\]|\\.)*?[{},]/su.test(text)
    ? 'inside braces a set must not hold a plain { } or comma: escape it with a backslash'
    : undefined;
}

function badClass(text: string): string | undefined {
  if (text === '') return 'the set [] is empty: write [\\]] for a closing bracket';
  if (text === '^') return 'the set [^] excludes nothing: write ? for any character';
  const runes = Array.from(text);
  let at = runes[0] === '^' ? 1 : 0;
  while (at < runes.length) {
    const low = readRune(runes, at);
    if (low === undefined)
      return 'a - in a set stands between two characters: write \\- for a dash';
    at = low.end;
    if (runes[at] !== '-') continue;
    const high = readRune(runes, at + 1);
    if (high === undefined) return 'a range in a set has no end: write \\- for a dash';
    if (low.code > high.code)
      return `the range ${low.rune}-${high.rune} is empty: its ends are swapped`;
    at = high.end;
  }
  return undefined;
}

interface Rune {
  readonly rune: string;
  readonly code: number;
  readonly end: number;
}

function readRune(runes: readonly string[], at: number): Rune | undefined {
  if (runes[at] === '-') return undefined;
  const escaped = runes[at] === '\\';
  const rune = runes[escaped ? at + 1 : at];
  if (rune === undefined) return undefined;
  return { rune, code: rune.codePointAt(0) ?? 0, end: at + (escaped ? 2 : 1) };
}

function parseBraces(place: ParserPosition, at: number): TokenRun {
  const { pattern, depth, canEnd } = place;
  if (depth >= deepestBraces) {
    const because = `braces stand inside braces more than ${deepestBraces} deep: write several patterns`;
    return { ...fail(at, because), canEnd };
  }
  let exits = canEnd;
  let end = at;
  do {
    const option = parseRun({ pattern, depth: depth + 1, canEnd }, end + 1);
    if (option.problem !== undefined) return option;
    exits ||= option.canEnd;
    end = option.end;
  } while (pattern[end] === ',');
  if (end >= pattern.length)
    return { ...fail(at, 'the { is never closed: write \\{ for a brace'), canEnd };
  // docs/design.md#harbors-glob-dialect: the library cuts the pattern at the slash and then misses the closing brace.
  if (canEnd && hasPlainSlash(pattern.slice(at, end))) {
    return {
      ...fail(at, 'Harbor fails on a / inside braces: write one pattern for each alternative'),
      canEnd,
    };
  }
  return { end: end + 1, canEnd: exits };
}

function hasPlainSlash(text: string): boolean {
  return /(?<!\\)\//.test(text);
}

function fail(at: number, because: string): Token {
  return { end: at, problem: { at, because } };
}

/** First occurrence that has no backslash right before it: the library looks no further back than that. */
export function indexUnescaped(text: string, char: string): number {
  let from = 0;
  let at = text.indexOf(char);
  // Found escaped, the library searches on in the remainder, which has nothing before it.
  while (at > from && text[at - 1] === '\\') {
    from = at + 1;
    at = text.indexOf(char, from);
  }
  return at;
}
