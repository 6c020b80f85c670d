import { RE2JS } from 're2js';
import { doublestarExpression } from './doublestar-expression.ts';
import { indexUnescaped, parseDoublestar } from './doublestar-parser.ts';

/** A compiled pattern, or why it is none. `at` counts characters from 0. */
export type Doublestar =
  | { readonly ok: true; readonly matches: (name: string) => boolean }
  | { readonly ok: false; readonly at: number; readonly because: string };

/**
 * Compiles a pattern of Harbor's glob dialect, `bmatcuk/doublestar` v1.3.4 (docs/design.md#harbors-glob-dialect).
 * It always speaks of the whole name. The pattern is parsed whole: what Harbor's library would only stumble
 * over for some names (`b[` is a quiet "no" until a name begins with b) is refused here for all.
 */
export function compileDoublestar(pattern: string): Doublestar {
  const problem = parseDoublestar(pattern);
  if (problem !== undefined) return { ok: false, ...problem };
  const quick = shortcut(pattern) ?? slowly(pattern);
  // A name with a backslash splits oddly; Harbor allows none, so it may take the long way.
  return {
    ok: true,
    matches: (name) => (name.includes('\\') ? matchPath(pattern, name) : quick(name)),
  };
}

/** The linear-time engine says no to nearly all names that do not match; only the others are walked. */
function slowly(pattern: string): (name: string) => boolean {
  let compiled: RE2JS | undefined;
  return (name) => {
    compiled ??= RE2JS.compile(doublestarExpression(pattern));
    return compiled.testExact(name) && matchPath(pattern, name);
  };
}

const special = /[*?[{\\]/;

// The shapes that nearly every policy is made of need no interpreter.
function shortcut(pattern: string): ((name: string) => boolean) | undefined {
  if (!special.test(pattern)) return (name) => name === pattern;
  if (pattern === '**') return () => true;
  const below = pattern.slice(0, -2);
  if (pattern.endsWith('/**') && !special.test(below)) return (name) => name.startsWith(below);
  const start = pattern.slice(0, -1);
  if (pattern.endsWith('*') && !special.test(start)) {
    return (name) => name.startsWith(start) && !name.includes('/', start.length);
  }
  return undefined;
}

type Rests = readonly string[] | undefined;

/** One match in progress: what was already found out, so that many stars cost no exponential time. */
interface Attempt {
  readonly seen: Map<string, Rests>;
  /** Remembered answers for whole paths, by what is left of pattern and name. */
  readonly paths: Map<string, boolean>;
}

function matchPath(pattern: string, name: string): boolean {
  return matchComponents(pattern, splitName(name), { seen: new Map(), paths: new Map() });
}

// From here on the steps are the library's own, oddities included: its answers are the specification.
function matchComponents(pattern: string, names: readonly string[], attempt: Attempt): boolean {
  const key = `${names.length}\n${pattern}`;
  const known = attempt.paths.get(key);
  if (known !== undefined) return known;
  const answer = walkComponents(pattern, names, attempt);
  attempt.paths.set(key, answer);
  return answer;
}

function walkComponents(pattern: string, names: readonly string[], attempt: Attempt): boolean {
  const [first = ''] = names;
  if (pattern === '' && names.length === 1 && first === '') return true;
  const slash = indexUnescaped(pattern, '/');
  if ((slash === -1 ? pattern : pattern.slice(0, slash)) === '**') {
    if (slash === -1) return true;
    const rest = pattern.slice(slash + 1);
    return names.some((_, skipped) => matchComponents(rest, names.slice(skipped), attempt));
  }
  const rests = matchComponent(pattern, first, attempt);
  if (rests === undefined) return false;
  if (rests.length === 0 && names.length === 1) return true;
  if (names.length === 1) return false;
  const others = names.slice(1);
  return rests.some((rest) => matchComponents(rest, others, attempt));
}

/** What is left of the pattern for the following components; empty: nothing; undefined: no match. */
function matchComponent(pattern: string, name: string, attempt: Attempt): Rests {
  const key = `${pattern}\n${name}`;
  if (attempt.seen.has(key)) return attempt.seen.get(key);
  const rests = walkComponent(pattern, name, attempt);
  attempt.seen.set(key, rests);
  return rests;
}

function walkComponent(pattern: string, name: string, attempt: Attempt): Rests {
  let at = 0;
  let inName = 0;
  while (at < pattern.length && inName < name.length) {
    const wanted = charAt(pattern, at);
    const found = charAt(name, inName);
    if (wanted === '/') return undefined;
    if (wanted === '*') return matchStar(pattern.slice(at + 1), name.slice(inName), attempt);
    if (wanted === '{') return matchBraces(pattern.slice(at + 1), name.slice(inName), attempt);
    if (wanted === '[') {
      const length = indexUnescaped(pattern.slice(at + 1), ']');
      if (!inClass(pattern.slice(at + 1, at + 1 + length), found)) return undefined;
      at += length + 2;
    } else if (wanted === '\\') {
      const literal = charAt(pattern, at + 1);
      if (literal !== found) return undefined;
      at += 1 + literal.length;
    } else {
      if (wanted !== '?' && wanted !== found) return undefined;
      at += wanted.length;
    }
    inName += found.length;
  }
  return inName < name.length ? undefined : atEndOfName(pattern.slice(at));
}

function atEndOfName(pattern: string): Rests {
  if (pattern === '') return [];
  const slash = indexUnescaped(pattern, '/');
  if (!canBeEmpty(slash === -1 ? pattern : pattern.slice(0, slash))) return undefined;
  return slash === -1 ? [] : [pattern.slice(slash + 1)];
}

function matchStar(pattern: string, name: string, attempt: Attempt): Rests {
  if (pattern === '') return [];
  if (pattern.startsWith('/')) return [pattern.slice(1)];
  for (let from = 0; from < name.length; from += charAt(name, from).length) {
    const rests = matchComponent(pattern, name.slice(from), attempt);
    if (rests !== undefined) return rests;
  }
  return undefined;
}

function matchBraces(pattern: string, name: string, attempt: Attempt): Rests {
  const { options, rest } = splitOptions(pattern);
  const found = options
    .map((option) => matchComponent(option + rest, name, attempt))
    .filter((rests) => rests !== undefined);
  return found.length === 0 ? undefined : [...new Set(found.flat())];
}

function inClass(text: string, char: string): boolean {
  const runes = Array.from(text);
  const negated = runes[0] === '^';
  const code = char.codePointAt(0) ?? 0;
  let at = negated ? 1 : 0;
  const next = (): number => {
    if (runes[at] === '\\') at += 1;
    return (runes[at++] ?? '').codePointAt(0) ?? 0;
  };
  let inside = false;
  while (at < runes.length) {
    const low = next();
    let high = low;
    if (runes[at] === '-') {
      at += 1;
      high = next();
    }
    if (low <= code && code <= high) inside = true;
  }
  return inside !== negated;
}

function canBeEmpty(pattern: string): boolean {
  if (pattern === '' || pattern === '*' || pattern === '**') return true;
  if (!pattern.startsWith('{')) return false;
  const { options, rest } = splitOptions(pattern.slice(1));
  return canBeEmpty(rest) && options.some(canBeEmpty);
}

/** Splits what follows an opening brace into its alternatives and what follows the closing one. */
function splitOptions(pattern: string): {
  readonly options: readonly string[];
  readonly rest: string;
} {
  const options: string[] = [];
  let depth = 1;
  let start = 0;
  let at = 0;
  for (; depth > 0 && at < pattern.length; at += 1) {
    const char = pattern[at];
    if (char === '\\') at += 1;
    else if (char === '{') depth += 1;
    else if (char === '}') depth -= 1;
    else if (char === ',' && depth === 1) {
      options.push(pattern.slice(start, at));
      start = at + 1;
    }
  }
  options.push(pattern.slice(start, at - 1));
  return { options, rest: pattern.slice(at) };
}

// A name may hold a backslash before a slash; the library then does not split there.
function splitName(name: string): readonly string[] {
  if (!name.includes('\\')) return name.split('/');
  const parts: string[] = [];
  let rest = name;
  for (let slash = indexUnescaped(rest, '/'); slash !== -1; slash = indexUnescaped(rest, '/')) {
    parts.push(rest.slice(0, slash));
    rest = rest.slice(slash + 1);
  }
  return [...parts, rest];
}

function charAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}
