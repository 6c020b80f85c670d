import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { folders, workloadsContract } from '../functions/contract.ts';
import { harborKey } from '../functions/domain/harbor-address.ts';
import * as keys from '../functions/domain/store-keys.ts';
import { documents } from '../functions/store/documents.ts';
import { ReportBucket } from '../lib/report-bucket.ts';

const run = '2026-11-21T033000Z';
const harbor = keys.harborFolder(harborKey('https://harbor.example'));

type MakeKey = (one: string | number, other: number) => string;

/** The key of a run, a batch or a project, or of a numbered part. */
function sampleOf(key: MakeKey): string {
  const named = key(run, 1);
  // A number that is counted from 1.
  return named.includes(`${run}1.`) ? key(1, 1) : named;
}

/** Every key that code can make, by its name there; what is only listed ends in `/` or `-`. */
function everyKey(): ReadonlyMap<string, string> {
  const rooms = {
    reports: keys.reportKeys(run),
    run: keys.stateKeys(run),
    store: keys.storeKeys,
    memory: keys.memoryKeys,
  };
  const found = new Map([
    ['latestReport', keys.latestReport],
    ['latestPage', keys.latestPage],
    ['restoreKey', keys.restoreKey('team', Date.UTC(2026, 10, 21))],
  ]);
  for (const [room, made] of Object.entries(rooms))
    for (const [name, key] of Object.entries(made)) {
      const text = typeof key === 'string' ? key : sampleOf(key as MakeKey);
      const placed = room === 'memory' ? text.replace(folders.state, harbor) : text;
      if (!/[/-]$/.test(text)) found.set(`${room}.${name}`, placed);
    }
  return found;
}

interface Row {
  readonly pattern: string;
  readonly matches: RegExp;
  readonly cells: readonly string[];
}

/** The rows of a table in docs/reports.md, one for each key that a row names; without a title those of the operator's map. */
function mapRows(title = 'Everything in the bucket'): readonly Row[] {
  const page = readFileSync(new URL('../docs/reports.md', import.meta.url), 'utf8');
  const section = new RegExp(`## ${title}\n(.*?)\n##+ `, 's').exec(page)?.[1] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, named = '', ...cells] = line.split('|').map((cell) => cell.trim());
      return [...named.matchAll(/`([^`]+)`/g)].map(([, pattern = '']) => ({
        pattern,
        matches: new RegExp(`^${patternOf(pattern)}$`),
        cells,
      }));
    });
}

const patternOf = (pattern: string): string =>
  pattern
    .replaceAll('.', '\\.')
    .replaceAll('…', '.+')
    .replaceAll('<n>', '\\d+')
    .replaceAll('<run>', run)
    // A name of its own is not one of those that other rows describe.
    .replaceAll(/<\w+>/g, '(?!settled-\\d|[^/]+-(?:began|healing)\\.)[^/]+?')
    .replace(/\(\?!.*?\)(\[\^\/\]\+\?)(-began|-healing|-<end>)/, '$1$2');

interface Lifecycle {
  readonly Prefix: string;
  readonly ExpirationInDays?: number;
}

let lifecycles: readonly Lifecycle[];
beforeAll(() => {
  const stack = new Stack(new App(), 'Test');
  new ReportBucket(stack, 'Reports');
  const buckets = Template.fromStack(stack).findResources('AWS::S3::Bucket');
  lifecycles = Object.values(buckets).flatMap(
    ({ Properties: of }) =>
      (of as { LifecycleConfiguration: { Rules: Lifecycle[] } }).LifecycleConfiguration.Rules,
  );
});

test('the map of the bucket has every key that code makes exactly once, and no other', () => {
  const rows = mapRows();
  const made = [...everyKey()];
  expect(made.length).toBeGreaterThan(40);
  const listed = made.map(([name, key]) => [
    name,
    key,
    rows.filter(({ matches }) => matches.test(key)).length,
  ]);
  expect(listed.filter(([, , times]) => times !== 1)).toEqual([]);
  const others = [folders.lists, workloadsContract.folder, folders.queries].map(
    (folder) => `${folder}…`,
  );
  const unknown = rows.filter(
    ({ pattern, matches }) =>
      !others.includes(pattern) && !made.some(([, key]) => matches.test(key)),
  );
  expect(unknown.map(({ pattern }) => pattern)).toEqual([]);
});

test('the map of the bucket says how long each key is kept, as the rules of the bucket do', () => {
  const said = mapRows().map(({ pattern, cells }) => [pattern, cells.at(-2)]);
  const days = (pattern: string): number[] =>
    lifecycles.flatMap(({ Prefix, ExpirationInDays }) =>
      pattern.startsWith(Prefix) && ExpirationInDays !== undefined ? [ExpirationInDays] : [],
    );
  const due = mapRows().map(({ pattern }) => [
    pattern,
    days(pattern).length === 0 ? 'for ever' : `${Math.min(...days(pattern))} days`,
  ]);
  expect(said).toEqual(due);
});

test('every key lies in a folder that the function may write, and what it removes in one where it may', () => {
  const { reports, inventory, state } = folders;
  for (const key of everyKey().values())
    expect([reports, inventory, state].filter((folder) => key.startsWith(folder))).toHaveLength(1);
  for (const key of Object.values(keys.storeKeys).filter((one) => typeof one === 'string'))
    expect(key.startsWith(state)).toBe(true);
});

/** Where a document lies, as operators see it. */
function placeOf(key: string): string {
  const inMemory = Object.values(keys.memoryKeys).some(
    (one) => key === (typeof one === 'string' ? one : sampleOf(one as MakeKey)),
  );
  return inMemory ? key.replace(folders.state, harbor) : key;
}

test('the list of documents has each with its version, and says what a damaged one means', () => {
  const rows = mapRows('Documents that are damaged');
  const found = Object.entries(documents).map(([name, { key, version, whenDamaged }]) => {
    const place = placeOf(sampleOf(key as MakeKey));
    const own = rows.filter(({ matches }) => matches.test(place));
    return [
      name,
      own.map(({ cells }) => cells.slice(0, 2)),
      [[String(version), `${whenDamaged}s`]],
    ];
  });
  expect(found.map(([name, said]) => [name, said])).toEqual(
    found.map(([name, , due]) => [name, due]),
  );
  expect(rows).toHaveLength(found.length);
});

test('every document that the code defines is on the list of documents', () => {
  const folder = new URL('../functions/', import.meta.url);
  const defined = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('store/document.ts'))
    .flatMap((name) => [
      ...readFileSync(new URL(name, folder), 'utf8').matchAll(/^export const (\w+) = document\(/gm),
    ])
    .map(([, name = '']) => name);
  expect(defined.toSorted()).toEqual(Object.keys(documents).toSorted());
});
