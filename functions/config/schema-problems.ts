import { defined } from '../domain/defined.ts';
import { harborTypes } from '../domain/artifact.ts';
import type * as z from 'zod';
import type { ParsedDocument } from './document.ts';
import { formatPath, inBrief, type Path, type Problem } from './problem.ts';
import { schemaWords, type SchemaWords } from './schema-keys.ts';
import { typeAllowed } from './rule-schema.ts';
import { mendedBytes, mendedDuration, nearest } from './suggest.ts';
import { bytesAllowed } from './policy-schema.ts';
import { durationAllowed } from '../rules/parameters.ts';

type Issue = z.core.$ZodIssue;

/** What a schema has against a document, as problems with places. */
export function schemaProblems(
  issues: readonly Issue[],
  document: ParsedDocument,
  schema: z.ZodType,
): readonly Problem[] {
  if (issues.length === 0) return [];
  const words = schemaWords(schema);
  return withoutEchoes(issues.flatMap((issue) => fromIssue(issue, [], { document, words })));
}

const isUnknown = 'is not a known key';
const isMissing = 'is missing';

/** A misspelt key is one mistake: that the key which was meant is missing goes without saying. */
function withoutEchoes(problems: readonly Problem[]): readonly Problem[] {
  const meant = new Set(
    problems.flatMap(({ message, path, suggestion }) =>
      message === isUnknown && suggestion !== undefined
        ? [`${path.slice(0, path.lastIndexOf('.') + 1)}${suggestion}`]
        : [],
    ),
  );
  return problems.filter(({ message, path }) => message !== isMissing || !meant.has(path));
}

interface SchemaContext {
  readonly document: ParsedDocument;
  readonly words: SchemaWords;
}

function fromIssue(issue: Issue, above: Path, known: SchemaContext): readonly Problem[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === 'symbol' ? '' : step))];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, path, known));
  }
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (meant !== undefined) return meant.flatMap((inner) => fromIssue(inner, path, known));
  }
  return [atValue(issue, path, known)];
}

/** The alternative that was meant: the one whose shape fits, though something in it is wrong. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return (
    branches.find((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0)) ??
    branches.find((issues) => issues.some(isInside))
  );
}

function isInside({ path, code }: Issue): boolean {
  return path.length > 0 || code === 'unrecognized_keys';
}

function unknownKey(key: string, path: Path, { document, words }: SchemaContext): Problem {
  if (key === '<<') {
    return {
      ...document.placeOfKey([...path, key]),
      path: formatPath([...path, key]),
      message: 'is a merge key of YAML 1.1, which policies do not have',
      allowed: 'the keys written out, or an alias (*name) for a whole value',
    };
  }
  const keys = words.keysAt(path);
  const meant = nearest(key, keys);
  const suggestion = meant ?? words.homeOf(key, path);
  return {
    ...document.placeOfKey([...path, key]),
    path: formatPath([...path, key]),
    message: isUnknown,
    ...(keys.length === 0 ? {} : { allowed: keys.join(', ') }),
    ...defined({ suggestion }),
  };
}

function atValue(issue: Issue, path: Path, { document }: SchemaContext): Problem {
  const written = valueAt(document.value, path);
  const value = inBrief(written);
  const allowed = allowedBy(issue);
  const suggestion = suggestionFor(issue, written);
  const place = written === undefined ? document.placeOfKey(path) : document.placeOfValue(path);
  return {
    ...place,
    path: formatPath(path),
    message: messageOf(issue, written),
    ...defined({ value, allowed, suggestion }),
  };
}

// Messages of built-in checks say what is allowed; custom ones say what is wrong (rules/parameters.ts).
function messageOf(issue: Issue, written: unknown): string {
  if (written === undefined) return isMissing;
  if (issue.code === 'custom') return issue.message;
  if (written === null) return 'has no value';
  if (issue.code === 'too_small' && Array.isArray(written)) return 'is empty';
  if (issue.code === 'too_small') return written === '' ? 'is empty' : 'is too small';
  return issue.code === 'too_big' ? 'is too big' : 'is not allowed here';
}

function allowedBy(issue: Issue): string | undefined {
  if (issue.code === 'custom') {
    const allowed: unknown = issue.params?.['allowed'];
    return typeof allowed === 'string' ? allowed : undefined;
  }
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid')) {
    return issue.values.map(String).join(', ');
  }
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid')) {
    return issue.expected === 'object' ? 'keys and values' : `a ${issue.expected}`;
  }
  return issue.message;
}

const mends: ReadonlyMap<string, (written: unknown) => string | undefined> = new Map([
  [durationAllowed, mendedDuration],
  [bytesAllowed, mendedBytes],
  [typeAllowed, (written) => nearest(String(written), harborTypes)],
]);

function suggestionFor(issue: Issue, written: unknown): string | undefined {
  const mended = typeof written === 'object' ? undefined : mends.get(issue.message)?.(written);
  if (mended !== undefined) return mended;
  if (typeof written !== 'string') return undefined;
  const values =
    issue.code === 'invalid_value'
      ? issue.values.filter((value) => typeof value === 'string')
      : issue.code === 'invalid_union'
        ? issue.errors.flat().flatMap((inner) => wordsOf(inner))
        : [];
  return nearest(written, values);
}

function wordsOf(issue: Issue): readonly string[] {
  if (issue.code !== 'invalid_value') return [];
  return issue.values.filter((value) => typeof value === 'string');
}

/** The value at a path of an unknown value; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Object.hasOwn(here, step)
      ? (here as Readonly<Record<string, unknown>>)[step]
      : undefined;
  }
  return here;
}
