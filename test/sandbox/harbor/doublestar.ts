/**
 * Matches as `bmatcuk/doublestar` v1.3.4 does, which Harbor uses (docs/harbor.md#the-glob-dialect): lazily, so that a
 * bad pattern is only found where matching gets that far. Written apart from the product's own matcher on purpose.
 */
export type Matched = boolean | 'bad pattern';

class BadPattern extends Error {}

/** By code point, as Go's runes. */
const characters = (text: string): string[] => Array.from(text);

/** The first index of `wanted` from `from` on that is not escaped, or -1. */
function indexUnescaped(text: readonly string[], wanted: string, from = 0): number {
  let index = text.indexOf(wanted, from);
  while (index > from && text[index - 1] === '\\') {
    from = index + 1;
    index = text.indexOf(wanted, from);
  }
  return index;
}

function splitName(name: string): string[][] {
  const text = characters(name);
  if (!text.includes('/')) return [text];
  const parts: string[][] = [];
  let start = 0;
  let endsEmpty = false;
  while (start < text.length) {
    const found = indexUnescaped(text, '/', start);
    endsEmpty = found !== -1;
    const end = found === -1 ? text.length : found;
    parts.push(text.slice(start, end));
    start = end + 1;
  }
  if (endsEmpty) parts.push([]);
  return parts;
}

/** The alternatives behind an opening brace, and what follows the closing one. */
function splitAlternatives(pattern: readonly string[]): {
  readonly options: string[][];
  readonly rest: string[];
} {
  const options: string[][] = [];
  let depth = 1;
  let start = 0;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index];
    if (character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (character === ',' && depth === 1) {
      options.push(pattern.slice(start, index));
      start = index + 1;
    }
    if (depth === 0)
      return { options: [...options, pattern.slice(start, index)], rest: pattern.slice(index + 1) };
  }
  throw new BadPattern();
}

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;

function classMatches(runes: readonly string[], character: string): boolean {
  if (runes.length === 0) throw new BadPattern();
  const negated = runes[0] === '^';
  let index = negated ? 1 : 0;
  const next = (): string => {
    let rune = runes[index++];
    if (rune === '-') throw new BadPattern();
    if (rune === '\\') rune = runes[index++];
    if (rune === undefined) throw new BadPattern();
    return rune;
  };
  let matches = false;
  while (index < runes.length) {
    const low = next();
    let high = low;
    if (runes[index] === '-') {
      index += 1;
      high = next();
    }
    if (codeOf(low) <= codeOf(character) && codeOf(character) <= codeOf(high)) matches = true;
  }
  return matches !== negated;
}

/** Can the pattern match nothing at all? */
function mayBeEmpty(pattern: readonly string[]): boolean {
  const text = pattern.join('');
  if (text === '' || text === '*' || text === '**') return true;
  if (pattern[0] !== '{') return false;
  const { options, rest } = splitAlternatives(pattern.slice(1));
  return mayBeEmpty(rest) && options.some((option) => mayBeEmpty(option));
}

function matchStar(rest: readonly string[], name: readonly string[]): string[][] | undefined {
  if (rest.length === 0) return [];
  if (rest[0] === '/') return [rest.slice(1)];
  for (let from = 0; from < name.length; from += 1) {
    const found = matchComponent(rest, name.slice(from));
    if (found !== undefined) return found;
  }
  return undefined;
}

function matchOptions(pattern: readonly string[], name: readonly string[]): string[][] | undefined {
  const { options, rest } = splitAlternatives(pattern);
  const found: string[][] = [];
  let any = false;
  for (const option of options) {
    const one = matchComponent([...option, ...rest], name);
    if (one === undefined) continue;
    any = true;
    found.push(...one);
  }
  return any ? found : undefined;
}

/** What the pattern has left for the next components; empty when it is used up, undefined when it does not match. */
function matchComponent(
  pattern: readonly string[],
  name: readonly string[],
): string[][] | undefined {
  let at = 0;
  let place = 0;
  while (at < pattern.length && place < name.length) {
    const rune = pattern[at];
    const character = name[place] ?? '';
    if (rune === '/') return undefined;
    if (rune === '*') return matchStar(pattern.slice(at + 1), name.slice(place));
    if (rune === '{') return matchOptions(pattern.slice(at + 1), name.slice(place));
    if (rune === '[') {
      const end = indexUnescaped(pattern, ']', at + 1);
      if (end === -1) throw new BadPattern();
      if (!classMatches(pattern.slice(at + 1, end), character)) return undefined;
      at = end + 1;
    } else {
      if (rune === '\\') at += 1;
      if (at >= pattern.length) throw new BadPattern();
      if (rune !== '?' && pattern[at] !== character) return undefined;
      at += 1;
    }
    place += 1;
  }
  return place < name.length ? undefined : remaining(pattern.slice(at));
}

/** The name is used up: what is left of the pattern's component has to match nothing. */
function remaining(pattern: readonly string[]): string[][] | undefined {
  if (pattern.length === 0) return [];
  const slash = indexUnescaped(pattern, '/');
  if (!mayBeEmpty(slash === -1 ? pattern : pattern.slice(0, slash))) return undefined;
  return slash === -1 ? [] : [pattern.slice(slash + 1)];
}

function matchAll(pattern: readonly string[], name: readonly (readonly string[])[]): boolean {
  if (pattern.length === 0 && (name.length === 0 || (name.length === 1 && name[0]?.length === 0)))
    return true;
  const slash = indexUnescaped(pattern, '/');
  const first = slash === -1 ? pattern : pattern.slice(0, slash);
  if (first.join('') === '**') {
    if (slash === -1) return true;
    return name.some((_, index) =>
      quietly(() => matchAll(pattern.slice(slash + 1), name.slice(index))),
    );
  }
  const left = matchComponent(pattern, name[0] ?? []);
  if (left === undefined) return false;
  if (left.length === 0 && name.length === 1) return true;
  return name.length > 1 && left.some((rest) => matchAll(rest, name.slice(1)));
}

/** Behind a double star errors are swallowed. */
function quietly(attempt: () => boolean): boolean {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof BadPattern) return false;
    throw error;
  }
}

export function matchDoublestar(pattern: string, name: string): Matched {
  try {
    return matchAll(characters(pattern), splitName(name));
  } catch (error) {
    if (error instanceof BadPattern) return 'bad pattern';
    throw error;
  }
}
