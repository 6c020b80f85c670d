import { internal } from './errors.ts';
import { type ListQuery, type Match, type SortKey, integerValue, timeValue } from './query.ts';

type Value = number | string | boolean | undefined;

/** A column of a list: what `q` and `sort` can name. A time of 0 is NULL in the database. */
export interface Column<Row> {
  readonly key: string;
  readonly kind: 'integer' | 'text' | 'time' | 'boolean';
  readonly get: (row: Row) => Value;
}

type Test<Row> = (row: Row) => boolean;

export interface ListSpec<Row> {
  readonly columns: readonly Column<Row>[];
  /** Keys with a meaning of their own; they see the whole condition. */
  readonly special?: Readonly<Record<string, (match: Match) => Test<Row>>>;
  readonly defaultSort: readonly SortKey[];
  /** Before 2.3 the parameter is ignored. */
  readonly sortable?: boolean;
}

export interface Listed<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** The Go name of a column, which `q` takes as well: `push_time` is `PushTime`, `id` is `ID`. */
const goName = (key: string): string =>
  key
    .split('_')
    .map((word) => (word === 'id' ? 'ID' : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');

function findColumn<Row>(spec: ListSpec<Row>, key: string): Column<Row> | undefined {
  return spec.columns.find((column) => column.key === key || goName(column.key) === key);
}

const nullable = (column: Column<never>, value: Value): Value =>
  column.kind === 'time' && value === 0 ? undefined : value;

function literal<Row>(column: Column<Row>, text: string): Value {
  switch (column.kind) {
    case 'integer':
      return integerValue(text);
    case 'time':
      return timeValue(text);
    case 'boolean':
      return text === 'true' || text === '1' || text === 't';
    case 'text':
      return text;
  }
}

const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** As the database sorts texts (en_US): letters and digits first, then case, punctuation last. */
function collate(a: string, b: string): number {
  const [left, right] = [letters(a), letters(b)];
  if (left !== right) return left < right ? -1 : 1;
  return a > b ? -1 : 1;
}

const compare = (a: Value, b: Value): number => {
  if (a === b) return 0;
  // NULL sorts as if it were greater than everything.
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  if (typeof a === 'string' && typeof b === 'string') return collate(a, b);
  return a < b ? -1 : 1;
};

function operatorTest<Row>(column: Column<Row>, operator: string, text: string): Test<Row> {
  const bound = operator === 'icontains' ? text.toLowerCase() : literal(column, text);
  const tests: Record<string, (value: Value) => boolean> = {
    exact: (value) => value === bound,
    icontains: (value) => String(value).toLowerCase().includes(String(bound)),
    gte: (value) => compare(value, bound) >= 0,
    gt: (value) => compare(value, bound) > 0,
    lte: (value) => compare(value, bound) <= 0,
    lt: (value) => compare(value, bound) < 0,
  };
  const test = tests[operator];
  if (test === undefined) throw internal();
  return (row) => {
    const value = nullable(column, column.get(row));
    return value !== undefined && test(value);
  };
}

function columnTest<Row>(column: Column<Row>, match: Match): Test<Row> {
  switch (match.kind) {
    case 'exact':
      return operatorTest(column, 'exact', match.value);
    case 'fuzzy':
      return operatorTest(column, 'icontains', match.value);
    case 'range': {
      const low = match.min === '' ? () => true : operatorTest(column, 'gte', match.min);
      const high = match.max === '' ? () => true : operatorTest(column, 'lte', match.max);
      return (row) => low(row) && high(row);
    }
    case 'any':
    case 'all': {
      const wanted = new Set(match.values.map((value) => literal(column, value)));
      return (row) => wanted.has(column.get(row));
    }
  }
}

/** The tests that `q` asks for; keys that nobody knows ask for nothing (T10). */
export function testsOf<Row>(spec: ListSpec<Row>, query: ListQuery): Test<Row>[] {
  const tests: Test<Row>[] = [];
  for (const [key, match] of query.filters) {
    const special =
      spec.special?.[key] ?? spec.special?.[key.charAt(0).toLowerCase() + key.slice(1)];
    const [name = '', operator = ''] = key.split('__');
    const column = findColumn(spec, name);
    if (special !== undefined) tests.push(special(match));
    else if (column !== undefined && operator === '') tests.push(columnTest(column, match));
    else if (column !== undefined && match.kind === 'exact')
      tests.push(operatorTest(column, operator, match.value));
  }
  return tests;
}

/** Compares by the keys that exist; if none of them does, by the list's default. */
export function comparison<Row>(
  spec: ListSpec<Row>,
  sort: readonly SortKey[],
): (a: Row, b: Row) => number {
  const known = (spec.sortable === false ? [] : sort).filter(
    (key) => findColumn(spec, key.key) !== undefined,
  );
  const keys = (known.length > 0 ? known : spec.defaultSort).flatMap((key) => {
    const column = findColumn(spec, key.key);
    return column === undefined ? [] : [{ column, sign: key.descending ? -1 : 1 }];
  });
  return (a, b) => {
    for (const { column, sign } of keys) {
      const order = compare(nullable(column, column.get(a)), nullable(column, column.get(b)));
      if (order !== 0) return order * sign;
    }
    return 0;
  };
}

/** One page of already sorted rows; a size of 0 or less is everything. */
export function pageOf<Row>(rows: readonly Row[], query: ListQuery): readonly Row[] {
  if (query.pageSize <= 0) return rows;
  const start = query.page > 0 ? (query.page - 1) * query.pageSize : 0;
  return rows.slice(start, start + query.pageSize);
}

export function listRows<Row>(
  rows: Iterable<Row>,
  spec: ListSpec<Row>,
  query: ListQuery,
): Listed<Row> {
  const tests = testsOf(spec, query);
  const found = [...rows].filter((row) => tests.every((test) => test(row)));
  found.sort(comparison(spec, query.sort));
  return { rows: pageOf(found, query), total: found.length };
}
