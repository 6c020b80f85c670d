import {
  ZERO_TIME,
  backgroundTimes,
  coarseTimes,
  idMembers,
  idsInText,
  isTime,
  isTimeMember,
  matchesPlaceholders,
  nestedKinds,
  randomMembers,
  sortMethods,
  unorderedKinds,
  unorderedMembers,
  volatileAboveZero,
  withoutCommit,
} from './normalise.ts';

/** What stands for what so far in one replay. */
export interface Correspondence {
  /** By kind: recorded id → ours. */
  readonly ids: Map<string, Map<number, number>>;
  /** Recorded time → ours, in ms. */
  readonly times: Map<number, number>;
  /** Those in no order. */
  readonly background: Map<number, number>;
}

export const createCorrespondence = (): Correspondence => ({
  ids: new Map(),
  times: new Map(),
  background: new Map(),
});

export interface Difference {
  readonly where: string;
  readonly recorded: unknown;
  readonly actual: unknown;
}

interface Context {
  readonly known: Correspondence;
  readonly differences: Difference[];
  /** What `id` means here. */
  readonly kind: string;
}

const differ = (context: Context, where: string, pair: readonly [unknown, unknown]): void => {
  context.differences.push({ where, recorded: pair[0], actual: pair[1] });
};

function sameId(context: Context, kind: string, pair: readonly [number, number]): boolean {
  const [recorded, actual] = pair;
  if (kind === 'exactly' || recorded === 0 || actual === 0) return recorded === actual;
  const table = context.known.ids.get(kind) ?? new Map<number, number>();
  context.known.ids.set(kind, table);
  const known = table.get(recorded);
  if (known !== undefined) return known === actual;
  if ([...table.values()].includes(actual)) return false;
  table.set(recorded, actual);
  return true;
}

function sameTime(times: Map<number, number>, pair: readonly [string, string]): boolean {
  if (pair[0] === ZERO_TIME || pair[1] === ZERO_TIME) return pair[0] === pair[1];
  const [recorded, actual] = [Date.parse(pair[0]), Date.parse(pair[1])];
  const known = times.get(recorded);
  if (known !== undefined) return known === actual;
  times.set(recorded, actual);
  return true;
}

/** An id that a message names may be the first we hear of it. */
function learnFromText(known: Correspondence, recorded: string, actual: string): void {
  for (const [pattern, kind] of idsInText) {
    const [left, right] = [pattern.exec(recorded)?.[1], pattern.exec(actual)?.[1]];
    if (left === undefined || right === undefined) continue;
    const table = known.ids.get(kind) ?? new Map<number, number>();
    known.ids.set(kind, table);
    if (!table.has(Number(left))) table.set(Number(left), Number(right));
  }
}

/** Texts may hold ids: the words are the same, and every number is, or stands for the other. */
export function sameText(known: Correspondence, recorded: string, actual: string): boolean {
  if (recorded === actual || matchesPlaceholders(recorded, actual)) return true;
  const [left, right] = [sortMethods(recorded), sortMethods(actual)];
  if (left.split(/\d+/).join('#') !== right.split(/\d+/).join('#')) return false;
  learnFromText(known, left, right);
  const ours = right.match(/\d+/g) ?? [];
  return (left.match(/\d+/g) ?? []).every((number, index) => {
    const other = ours[index] ?? '';
    if (number === other) return true;
    return [...known.ids.values()].some((table) => table.get(Number(number)) === Number(other));
  });
}

function compareText(context: Context, where: string, pair: readonly [string, string]): void {
  const name = where.slice(where.lastIndexOf('/') + 1);
  if (name in idMembers && /^\d+$/.test(pair[0]) && /^\d+$/.test(pair[1])) {
    if (!sameId(context, idMembers[name] ?? '', [Number(pair[0]), Number(pair[1])]))
      differ(context, where, pair);
  } else if (isTimeMember(name) && isTime(pair[0]) && isTime(pair[1])) {
    if (
      coarseTimes.has(`${context.kind}/${name}`) &&
      pair[0] !== ZERO_TIME &&
      pair[1] !== ZERO_TIME
    )
      return;
    const isBackground = backgroundTimes.has(`${context.kind}/${name}`);
    const times = isBackground ? context.known.background : context.known.times;
    if (pair[0] !== pair[1] && !sameTime(times, pair)) differ(context, where, pair);
  } else if (name === 'harbor_version') {
    if (withoutCommit(pair[0]) !== withoutCommit(pair[1])) differ(context, where, pair);
  } else if (!sameText(context.known, ...pair)) differ(context, where, pair);
}

function compareNumber(context: Context, where: string, pair: readonly [number, number]): void {
  const name = where.slice(where.lastIndexOf('/') + 1);
  const kind = name === 'id' ? context.kind : name === 'ref' ? 'project' : idMembers[name];
  if (volatileAboveZero.has(name) && pair[0] > 0 && pair[1] > 0) return;
  const same = kind === undefined ? pair[0] === pair[1] : sameId(context, kind, pair);
  if (!same) differ(context, where, pair);
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sortKey = (members: readonly string[], item: unknown): string =>
  isObject(item)
    ? members.map((member) => JSON.stringify(item[member])).join(' ')
    : JSON.stringify(item);

function compareLists(
  context: Context,
  where: string,
  pair: readonly [readonly unknown[], readonly unknown[]],
): void {
  if (pair[0].length !== pair[1].length) {
    differ(context, `${where}/length`, [pair[0].length, pair[1].length]);
    return;
  }
  const members = unorderedMembers[where.slice(where.lastIndexOf('/') + 1)];
  const ordered = (items: readonly unknown[]): readonly unknown[] =>
    members === undefined
      ? items
      : [...items].sort((a, b) => (sortKey(members, a) < sortKey(members, b) ? -1 : 1));
  const [left, right] = [ordered(pair[0]), ordered(pair[1])];
  for (const [index, item] of left.entries())
    compareValues(context, `${where}/${index}`, [item, right[index]]);
}

function compareObjects(context: Context, where: string, pair: readonly [Json, Json]): void {
  for (const key of new Set([...Object.keys(pair[0]), ...Object.keys(pair[1])])) {
    const place = `${where}/${key}`;
    if (!(key in pair[0]) || !(key in pair[1]))
      differ(context, place, [pair[0][key], pair[1][key]]);
    else if (randomMembers.has(key)) {
      if (typeof pair[0][key] !== typeof pair[1][key])
        differ(context, place, [pair[0][key], pair[1][key]]);
    } else
      compareValues({ ...context, kind: nestedKinds[key] ?? context.kind }, place, [
        pair[0][key],
        pair[1][key],
      ]);
  }
}

function compareValues(context: Context, where: string, pair: readonly [unknown, unknown]): void {
  const [recorded, actual] = pair;
  if (typeof recorded === 'number' && typeof actual === 'number')
    compareNumber(context, where, [recorded, actual]);
  else if (typeof recorded === 'string' && typeof actual === 'string')
    compareText(context, where, [recorded, actual]);
  else if (Array.isArray(recorded) && Array.isArray(actual))
    compareLists(context, where, [recorded, actual]);
  else if (isObject(recorded) && isObject(actual))
    compareObjects(context, where, [recorded, actual]);
  else if (recorded !== actual) differ(context, where, pair);
}

/** The differences between two JSON bodies that are not volatile. */
export function compareJson(
  known: Correspondence,
  kind: string,
  pair: readonly [unknown, unknown],
): Difference[] {
  const differences: Difference[] = [];
  compareValues({ known, differences, kind }, '', pair);
  return differences;
}

/** For rows in any order: sorted by what tells them apart and is no id. */
export function inSomeOrder(rows: unknown): unknown {
  if (!Array.isArray(rows)) return rows;
  const key = (row: unknown): string => sortKey(['name', 'digest', 'repository', 'resource'], row);
  return [...(rows as readonly unknown[])].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Has the answer at least the form of the recorded one? For bodies that are a selection or of the whole instance. */
export function sameForm(recorded: unknown, actual: unknown): boolean {
  if (Array.isArray(recorded) && Array.isArray(actual))
    return recorded.length === 0 || actual.length === 0 || sameForm(recorded[0], actual[0]);
  if (isObject(recorded) && isObject(actual))
    return Object.keys(recorded).every(
      (key) => key in actual && sameForm(recorded[key], actual[key]),
    );
  return recorded === null || actual === null || typeof recorded === typeof actual;
}

/** Recorded ids grew; ours must have grown in the same order. */
export function idsOutOfOrder(known: Correspondence): Difference[] {
  const found: Difference[] = [];
  for (const [kind, table] of known.ids) {
    if (unorderedKinds.has(kind)) continue;
    let last = 0;
    for (const [recorded, actual] of [...table].sort(([a], [b]) => a - b)) {
      if (actual < last) found.push({ where: `order of ${kind} ids`, recorded, actual });
      last = actual;
    }
  }
  return found;
}

/** Moments of different requests keep their order; within one request they come as they come. */
const SAME_REQUEST_MS = 400;

export function timesOutOfOrder(known: Correspondence): Difference[] {
  const found: Difference[] = [];
  const pairs = [...known.times].sort(([a], [b]) => a - b);
  let behind = 0;
  let latest = 0;
  for (const [recorded, actual] of pairs) {
    while ((pairs[behind]?.[0] ?? recorded) < recorded - SAME_REQUEST_MS) {
      latest = Math.max(latest, pairs[behind]?.[1] ?? 0);
      behind += 1;
    }
    if (actual < latest)
      found.push({
        where: 'order of times',
        recorded: new Date(recorded),
        actual: new Date(actual),
      });
  }
  return found;
}
