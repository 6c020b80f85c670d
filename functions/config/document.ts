import * as yaml from 'yaml';
import { defined } from '../domain/defined.ts';
import { formatPath, inBrief, type Path, type Problem } from './problem.ts';

/** Where something stands in a text. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** A YAML or JSON text as a value, with the place of every path in it. */
export interface ParsedDocument {
  readonly value: unknown;
  /** Mistakes of the text itself: syntax, duplicate keys, unknown YAML tags. */
  readonly problems: readonly Problem[];
  /** Whether the value can be trusted enough to look for more problems. */
  readonly isReadable: boolean;
  /** Place of a key, or of a value without one; of the nearest thing around it where the path does not exist. */
  readonly placeOfKey: (path: Path) => Position;
  readonly placeOfValue: (path: Path) => Position;
}

// JSON is YAML 1.2; `yes`, `on` and `off` are strings in it (docs/design.md#yaml).
const options = { prettyErrors: false, uniqueKeys: true, version: '1.2' } as const;

/** Parses a text. Never throws: what is wrong stands in `problems`. */
export function parseDocument(text: string): ParsedDocument {
  const lines = new yaml.LineCounter();
  const parsed = yaml.parseDocument(text, { ...options, lineCounter: lines });
  const toPlace = (range: Range): Position => place(range, lines, text);
  const faults = [...parsed.errors, ...parsed.warnings].map((fault) =>
    syntaxProblem(fault, toPlace([fault.pos[0], fault.pos[1]])),
  );
  const isReadable = parsed.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  const { value, problems } = isReadable
    ? valueOf(parsed, toPlace)
    : { value: undefined, problems: [] };
  const find = (path: Path, wanted: 'key' | 'value'): Position =>
    toPlace(rangeOf(parsed, path, wanted));
  return {
    value,
    problems: [...faults, ...problems],
    isReadable: isReadable && problems.length === 0,
    placeOfKey: (path) => find(path, 'key'),
    placeOfValue: (path) => find(path, 'value'),
  };
}

type Range = readonly [start: number, end: number];

function valueOf(
  parsed: yaml.Document.Parsed,
  toPlace: (range: Range) => Position,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const dangling = danglingAliases(parsed).map((alias) => ({
    ...toPlace(rangeOfNode(alias) ?? [0, 1]),
    path: '',
    message: `is not YAML: there is no anchor &${alias.source}`,
    allowed: quoteStars,
  }));
  if (dangling.length > 0) return { value: undefined, problems: dangling };
  try {
    return { value: parsed.toJS({ maxAliasCount: 100 }) as unknown, problems: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const problem = { ...toPlace([0, 1]), path: '', message: `is not YAML: ${message}` };
    return { value: undefined, problems: [problem] };
  }
}

// `tags: [**]` is an alias to YAML: the first mistake of everybody who writes patterns.
function danglingAliases(parsed: yaml.Document.Parsed): readonly yaml.Alias[] {
  const found: yaml.Alias[] = [];
  yaml.visit(parsed, {
    Alias: (_key, alias) => {
      if (alias.resolve(parsed) === undefined) found.push(alias);
    },
  });
  return found;
}

const quoteStars = 'a text that begins with * or & stands in quotes';

const hints: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'write each key once',
  MULTIPLE_DOCS: 'one document per file',
  TAB_AS_INDENT: 'indent with spaces',
  BAD_DQ_ESCAPE:
    'inside double quotes write \\\\ for a backslash, or put the pattern in single quotes',
  MULTILINE_IMPLICIT_KEY: 'quote a text that holds ": ", and close every quote and bracket',
  TAG_RESOLVE_FAILED: 'plain YAML without tags',
  BAD_ALIAS: quoteStars,
};

function syntaxProblem(fault: yaml.YAMLParseError | yaml.YAMLWarning, at: Position): Problem {
  const allowed = hints[fault.code];
  const message =
    fault.code === 'DUPLICATE_KEY' ? 'is written twice' : `is not YAML: ${fault.message}`;
  return { ...at, path: '', message, ...(allowed === undefined ? {} : { allowed }) };
}

/** Follows a path through maps, lists and aliases, as far as it exists. */
function rangeOf(parsed: yaml.Document.Parsed, path: Path, wanted: 'key' | 'value'): Range {
  let node: unknown = parsed.contents;
  let range = rangeOfNode(node) ?? [0, 1];
  for (const step of path) {
    if (yaml.isAlias(node)) node = node.resolve(parsed);
    const next = stepInto(node, step);
    if (next === undefined) return range;
    range =
      (wanted === 'key' ? rangeOfNode(next.key) : undefined) ??
      rangeOfNode(next.value) ??
      rangeOfNode(next.key) ??
      range;
    node = next.value;
  }
  return range;
}

function stepInto(
  node: unknown,
  step: string | number,
): { readonly key?: unknown; readonly value: unknown } | undefined {
  if (yaml.isSeq(node)) {
    const index = Number(step);
    return index < node.items.length ? { value: node.items[index] } : undefined;
  }
  if (!yaml.isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => keyText(key) === String(step));
  return pair === undefined ? undefined : { key: pair.key, value: pair.value };
}

function keyText(key: unknown): string {
  return yaml.isScalar(key) ? String(key.value) : String(key);
}

function rangeOfNode(node: unknown): Range | undefined {
  if (!yaml.isNode(node) || node.range === null || node.range === undefined) return undefined;
  return [node.range[0], node.range[1]];
}

/** A range over several lines is cut at the end of its first line, so that the mark fits under one line. */
function place([start, end]: Range, lines: yaml.LineCounter, text: string): Position {
  const { line, col } = lines.linePos(start);
  const newline = text.indexOf('\n', start);
  const lineEnd = newline === -1 ? text.length : newline;
  const length = Math.max(1, Math.min(end, lineEnd) - start);
  return { line: Math.max(1, line), column: Math.max(1, col), length };
}

/** A problem at a value of the document. */
export function problemAt(
  document: ParsedDocument,
  path: Path,
  rest: { readonly message: string; readonly allowed?: string; readonly value?: unknown },
): Problem {
  const value = inBrief(rest.value);
  return {
    ...document.placeOfValue(path),
    path: formatPath(path),
    message: rest.message,
    ...defined({ value, allowed: rest.allowed }),
  };
}
