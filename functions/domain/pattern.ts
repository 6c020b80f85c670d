import { RE2JS } from 're2js';
import { compileDoublestar } from './doublestar.ts';

/** A compiled pattern of the policy: doublestar, or /RE2/; it always speaks of the whole name. */
export interface Pattern {
  readonly text: string;
  readonly matches: (name: string) => boolean;
}

/** A pattern that sorts names into groups by what it captures. */
export interface GroupPattern {
  readonly text: string;
  /** The group of a name; undefined if the name does not match. */
  readonly groupOf: (name: string) => string | undefined;
}

export type Compiled<T> =
  { readonly ok: true; readonly pattern: T } | { readonly ok: false; readonly because: string };

/**
 * Compiles a pattern as policies write it (docs/policy.md#patterns): between slashes an RE2 expression, which is
 * matched against the whole name in linear time; anything else in Harbor's doublestar dialect.
 */
export function compilePattern(text: string): Compiled<Pattern> {
  const expression = expressionIn(text);
  if (expression === undefined) return compileGlob(text);
  const compiled = compileExpression(expression);
  if (!compiled.ok) return compiled;
  const { pattern } = compiled;
  return { ok: true, pattern: { text, matches: remembering((name) => pattern.testExact(name)) } };
}

/** Compiles a `groupBy`: a regular expression whose capture `group`, else its first capture, names the group. */
export function compileGroupPattern(text: string): Compiled<GroupPattern> {
  const expression = expressionIn(text);
  if (expression === undefined) {
    return { ok: false, because: 'it is not a regular expression between slashes' };
  }
  const compiled = compileExpression(expression);
  if (!compiled.ok) return compiled;
  const { pattern } = compiled;
  if (pattern.groupCount() === 0) {
    return {
      ok: false,
      because: 'it captures nothing: write (?<group>…) around what names the group',
    };
  }
  const group = pattern.namedGroups()['group'] ?? 1;
  const groupOf = remembering((name: string): string | undefined => {
    const matcher = pattern.matcher(name);
    return matcher.matches() ? (matcher.group(group) ?? '') : undefined;
  });
  return { ok: true, pattern: { text, groupOf } };
}

/** A pattern that takes the version out of a tag, and what it is a variant of. */
export interface VersionPattern {
  readonly text: string;
  /** What it captures of a tag; undefined if the tag does not match, or has nothing where the version stands. */
  readonly partsOf: (
    tag: string,
  ) => { readonly version: string; readonly group: string } | undefined;
}

/** Compiles the `pattern` of highestVersions: captures `version`, and `group` where variants are counted apart. */
export function compileVersionPattern(text: string): Compiled<VersionPattern> {
  const expression = expressionIn(text);
  if (expression === undefined) {
    return { ok: false, because: 'it is not a regular expression between slashes' };
  }
  const compiled = compileExpression(expression);
  if (!compiled.ok) return compiled;
  const { pattern } = compiled;
  const { version: versionAt, group: groupAt } = pattern.namedGroups();
  if (versionAt === undefined) {
    return {
      ok: false,
      because: 'it has no capture named version: write (?<version>…) around the version',
    };
  }
  const partsOf = remembering((tag: string) => {
    const matcher = pattern.matcher(tag);
    const version = matcher.matches() ? matcher.group(versionAt) : null;
    if (version === null) return undefined;
    return { version, group: groupAt === undefined ? '' : (matcher.group(groupAt) ?? '') };
  });
  return { ok: true, pattern: { text, partsOf } };
}

const mostRemembered = 10_000;

/**
 * A pattern with the same answers, which remembers them. Every tag is asked for several times, now and for days to
 * come, and many repositories have the same ones: looking up is much cheaper than matching.
 */
function remembering<T>(ask: (name: string) => T): (name: string) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before.answer;
    const answer = ask(name);
    if (known.size >= mostRemembered) known.clear();
    known.set(name, { answer });
    return answer;
  };
}

/** Whether any of the patterns matches; without patterns none does. */
export function anyOf(patterns: readonly Pattern[]): (name: string) => boolean {
  const [only] = patterns;
  if (only === undefined) return () => false;
  if (patterns.length === 1) return only.matches;
  return (name) => patterns.some((pattern) => pattern.matches(name));
}

/** What stands between the slashes of a regular expression; undefined for a doublestar pattern. */
export function expressionIn(text: string): string | undefined {
  return text.length >= 2 && text.startsWith('/') && text.endsWith('/')
    ? text.slice(1, -1)
    : undefined;
}

function compileGlob(text: string): Compiled<Pattern> {
  if (text.startsWith('/')) {
    return {
      ok: false,
      because:
        'no name begins with a slash; a regular expression ends with a slash, without flags: write (?i) inside it',
    };
  }
  const compiled = compileDoublestar(text);
  if (!compiled.ok) {
    return { ok: false, because: `${compiled.because} (at character ${compiled.at + 1})` };
  }
  return { ok: true, pattern: { text, matches: compiled.matches } };
}

/** What RE2 does without, and what serves instead. */
function lacking(expression: string): string {
  return /\(\?<?[=!]/.test(expression)
    ? 'RE2 has no look-around: what must not match goes into exclude, as a pattern of its own'
    : 'RE2 has no look-around and no backreferences';
}

function compileExpression(expression: string): Compiled<RE2JS> {
  if (expression === '') return { ok: false, because: 'the regular expression is empty' };
  try {
    return { ok: true, pattern: RE2JS.compile(expression) };
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return { ok: false, because: `${because} (${lacking(expression)})` };
  }
}
