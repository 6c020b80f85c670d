/**
 * A well-formed doublestar pattern as an RE2 expression that matches at least what the pattern matches. Where Harbor's
 * library is odd (a slash or `**` inside braces) the expression may match more: good for asking whether a pattern can
 * match anything, not for matching.
 */
export function doublestarExpression(pattern: string): string {
  const { text } = alternatives(Array.from(pattern), { at: 0, depth: 0 });
  return `(?s)${text}`;
}

interface Position {
  readonly at: number;
  readonly depth: number;
}

interface Translated {
  readonly text: string;
  /** The character after what was read. */
  readonly end: number;
}

/** Reads up to the end, or inside braces up to the closing one. */
function alternatives(chars: readonly string[], { at: from, depth }: Position): Translated {
  let text = '';
  let at = from;
  while (at < chars.length) {
    const char = chars[at] ?? '';
    if (depth > 0 && char === '}') break;
    const read = depth > 0 && char === ',' ? { text: '|', end: at + 1 } : one(chars, { at, depth });
    text += read.text;
    at = read.end;
  }
  return { text, end: at };
}

function one(chars: readonly string[], { at, depth }: Position): Translated {
  const char = chars[at] ?? '';
  switch (char) {
    case '\\':
      return { text: literal(chars[at + 1] ?? ''), end: at + 2 };
    case '?':
      return { text: '[^/]', end: at + 1 };
    case '[':
      return set(chars, at);
    case '{': {
      const inner = alternatives(chars, { at: at + 1, depth: depth + 1 });
      return { text: `(?:${inner.text})`, end: inner.end + 1 };
    }
    case '*':
      return stars(chars, at, depth);
    default:
      return { text: literal(char), end: at + 1 };
  }
}

/** A `**` between slashes is any number of path components; any other run of stars stays inside one. */
function stars(chars: readonly string[], at: number, depth: number): Translated {
  let end = at;
  while (chars[end] === '*') end += 1;
  const opens = (depth === 0 && at === 0) || chars[at - 1] === '/';
  const next = chars[end];
  const closes =
    next === undefined || next === '/' || (depth > 0 && (next === ',' || next === '}'));
  if (!opens || !closes || end - at !== 2) return { text: '[^/]*', end };
  return chars[end] === '/' ? { text: '(?:.*/)?', end: end + 1 } : { text: '.*', end };
}

function set(chars: readonly string[], at: number): Translated {
  let end = at + 1;
  let text = '';
  if (chars[end] === '^') {
    text = '^/';
    end += 1;
  }
  while (end < chars.length && chars[end] !== ']') {
    const isEscaped = chars[end] === '\\';
    const char = (isEscaped ? chars[end + 1] : chars[end]) ?? '';
    text += !isEscaped && char === '-' ? '-' : literal(char);
    end += isEscaped ? 2 : 1;
  }
  return { text: `[${text}]`, end: end + 1 };
}

/** By its code point: no character of an expression has to be thought about. */
function literal(char: string): string {
  return `\\x{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
