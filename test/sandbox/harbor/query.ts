import { badRequest, internal, invalid } from './errors.ts';

/** One condition of `q`, still without a column (docs/harbor.md#queries; src/lib/q/builder.go). */
export type Match =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'fuzzy'; readonly value: string }
  | { readonly kind: 'range'; readonly min: string; readonly max: string }
  | { readonly kind: 'any'; readonly values: readonly string[] }
  | { readonly kind: 'all'; readonly values: readonly string[] };

export interface SortKey {
  readonly key: string;
  readonly descending: boolean;
}

export interface ListQuery {
  readonly filters: ReadonlyMap<string, Match>;
  readonly sort: readonly SortKey[];
  readonly page: number;
  readonly pageSize: number;
}

/** Go's `QueryUnescape`; undefined where it fails. */
export function queryUnescape(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

const unquote = (item: string): string => item.replaceAll(/^"+|"+$/g, '');

function parseList(value: string, close: string): string[] {
  if (!value.endsWith(close)) throw badRequest(`invalid query string value: ${value}`);
  const inner = value.slice(1, -1);
  return inner
    .split(' ')
    .filter((item) => item !== '')
    .map(unquote);
}

function parseMatch(value: string): Match {
  switch (value.charAt(0)) {
    case '~':
      return { kind: 'fuzzy', value: value.slice(1) };
    case '[': {
      const parts = value.slice(1, -1).split('~');
      const [min = '', max = ''] = parts;
      if (!value.endsWith(']') || parts.length !== 2 || (min === '' && max === ''))
        throw badRequest(`invalid query string value: ${value}`);
      return { kind: 'range', min, max };
    }
    case '{':
      return { kind: 'any', values: parseList(value, '}') };
    case '(':
      return { kind: 'all', values: parseList(value, ')') };
    default:
      return { kind: 'exact', value: value.startsWith('\\') ? value.slice(1) : value };
  }
}

/** @throws HarborError 400 for what is malformed; unknown keys are no error. */
export function parseFilters(q: string): Map<string, Match> {
  const filters = new Map<string, Match>();
  if (q === '') return filters;
  for (const part of (queryUnescape(q) ?? q).split(',')) {
    const equals = part.indexOf('=');
    if (equals <= 0 || equals === part.length - 1)
      throw badRequest('the query string must contain "=" and the key/value cannot be empty');
    filters.set(part.slice(0, equals), parseMatch(part.slice(equals + 1)));
  }
  return filters;
}

export function parseSort(sort: string): SortKey[] {
  return sort
    .split(',')
    .filter((key) => key !== '' && key !== '-')
    .map((key) =>
      key.startsWith('-') ? { key: key.slice(1), descending: true } : { key, descending: false },
    );
}

function integer(params: URLSearchParams, name: string, fallback: number): number {
  const text = params.get(name);
  if (text === null || text === '') return fallback;
  if (!/^[+-]?\d+$/.test(text)) throw invalid(`${name} in query must be of type int64: "${text}"`);
  return Number(text);
}

/** @throws HarborError 422, 400 */
export function parseListQuery(params: URLSearchParams): ListQuery {
  const page = integer(params, 'page', 1);
  const pageSize = integer(params, 'page_size', 10);
  if (pageSize > 100) throw invalid('page_size in query should be less than or equal to 100');
  return {
    filters: parseFilters(params.get('q') ?? ''),
    sort: parseSort(params.get('sort') ?? ''),
    page,
    pageSize,
  };
}

/**
 * What PostgreSQL would make of a text compared with a time, in ms.
 * @throws HarborError 500 for garbage, as Harbor answers
 */
export function timeValue(text: string): number {
  if (text === 'yesterday' || text === 'today' || text === 'now') return 0;
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:?\d{2})?$/.exec(
      text,
    );
  const time =
    match === null
      ? Number.NaN
      : Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}${match[3] ?? 'Z'}`);
  if (Number.isNaN(time)) throw internal();
  return time;
}

/** @throws HarborError 500 for what is no integer, as PostgreSQL would have it */
export function integerValue(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw internal();
  return Number(text);
}

/** The value of a key that is asked for exactly. */
export const exactly = (query: ListQuery, key: string): string | undefined => {
  const match = query.filters.get(key);
  return match?.kind === 'exact' ? match.value : undefined;
};
