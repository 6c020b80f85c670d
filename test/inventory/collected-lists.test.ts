import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { inUseRegistry } from '../../functions/adapters/in-use/index.ts';
import { listFolders } from '../../functions/adapters/list-folders.ts';
import {
  formatWorkloadList,
  type WorkloadHeader,
  type WorkloadUse,
} from '../../functions/domain/workload-list.ts';
import { RetentionError } from '../../functions/errors.ts';
import { readInUse } from '../../functions/inventory/in-use.ts';
import { digestOf } from '../support/builder.ts';
import { memoryStore } from '../support/memory-store.ts';

const now = Date.parse('2026-11-21T03:30:00Z');
const hour = 3_600_000;
const folder = 'lists/workloads/';

const use: WorkloadUse = {
  image: 'harbor.example/team/api:v1',
  digest: digestOf('api'),
  by: 'deployment prod/api',
  role: 'running',
};

/** The text of a list of a cluster. */
const listOf = (
  scope: string,
  { uses = [use], ...header }: Partial<WorkloadHeader> & { readonly uses?: readonly WorkloadUse[] },
): string =>
  formatWorkloadList(
    { source: 'kubernetes', scope, writtenAt: now - hour, missing: [], ...header },
    uses,
  );

/** What is known after asking for lists that lie in the store, by their names, `undefined` for one that vanishes. */
async function asked(
  lists: Readonly<Record<string, string | Error>>,
  {
    scope,
    freshWithin,
    ...options
  }: Readonly<Record<string, unknown>> & { scope?: string; freshWithin?: number },
) {
  const store = memoryStore();
  for (const [name, text] of Object.entries(lists))
    await store.write(`${folder}${name}`, text instanceof Error ? '' : text);
  const read: typeof store.read = (key) => {
    const found = lists[key.slice(folder.length)];
    return found instanceof Error ? Promise.reject(found) : store.read(key);
  };
  const openFolder = listFolders({ ...store, read }, { base: '.' });
  const registry = inUseRegistry({ readList: () => Promise.reject(new Error('?')), openFolder });
  const source = registry.open({
    kind: 'collected',
    options,
    ...(scope === undefined ? {} : { scope }),
    ...(freshWithin === undefined ? {} : { freshWithin }),
  });
  return await readInUse([source], now);
}

const must = ['eu', 'us'];
const us = { 'us.ndjson': listOf('us', { uses: [{ ...use, image: 'h.example/team/web:v2' }] }) };

describe('collected lists', () => {
  test('hold what all of them name, by digest and by the tag as it is written', async () => {
    const { facts, warnings } = await asked({ 'eu.ndjson': listOf('eu', {}), ...us }, { must });
    expect([...facts.references]).toEqual(expect.arrayContaining(['team/api:v1', 'team/web:v2']));
    expect([...facts.digests]).toEqual([digestOf('api')]);
    expect(facts.uses.get('team/web:v2')).toEqual({
      by: 'deployment prod/api',
      role: 'running',
      scope: 'us',
      seenAt: now - hour,
    });
    expect(facts.unreadable).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test('lie directly in the folder and end in .ndjson; whatever else lies there is no list', async () => {
    const others = { 'eu.ndjson.old': 'x', 'deep/us.ndjson': 'x', 'eu.txt': 'x' };
    const { facts, warnings } = await asked(
      { 'eu.ndjson': listOf('eu', {}), ...us, ...others },
      {
        must,
      },
    );
    expect(facts.unreadable).toEqual([]);
    expect(warnings).toEqual([]);
  });

  const whole = listOf('eu', {});
  test.each<readonly [string, string | Error | undefined, string, boolean]>([
    ['is missing', undefined, 'there is no such list.', false],
    ['can’t be read', new Error('access denied'), 'access denied', false],
    ['is denied', new RetentionError('store-denied', 'Denied.'), 'Denied.', false],
    ['is empty', '', 'it is empty.', false],
    ['is cut off', `${whole.slice(0, -1)}`, 'it is cut off', true],
    ['lost a line', `${whole.split('\n')[0] ?? ''}\n`, 'its header speaks of 1 use', false],
    ['has no header', whole.slice(whole.indexOf('\n') + 1), 'its first line is no header', true],
    ['is of another version', whole.replace('"version":1', '"version":2'), 'of version 2', true],
    ['has a line of another form', whole.replace('"role":"running"', '"role":"x"'), 'line 2', true],
    [
      'is not complete',
      listOf('eu', { missing: [{ what: 'pods', because: '403', remedy: 'Grant it.' }] }),
      'pods: 403',
      true,
    ],
    [
      'is too old',
      listOf('eu', { writtenAt: now - 26 * hour - 1 }),
      'freshWithin is 1 d 2 h',
      true,
    ],
    ['is of the future', listOf('eu', { writtenAt: now + hour }), 'in the future', true],
    ['names nothing', listOf('eu', { uses: [] }), 'nothing at all is in use', false],
    ['is that of another cluster', listOf('us', {}), 'it is the list of "us"', true],
  ])(
    'that %s is not known, holds its scope, and what it names',
    async (...[, text, because, names]) => {
      const lists = { ...us, ...(text === undefined ? {} : { 'eu.ndjson': text }) };
      const { facts } = await asked(lists, { must, scopes: { eu: 'team-*/**' } });
      expect(facts.unreadable).toEqual([
        {
          source: 'memory/lists/workloads/eu.ndjson',
          scope: 'team-*/**',
          because: expect.stringContaining(because),
          remedy: expect.any(String),
        },
      ]);
      expect(facts.references.has('team/api:v1')).toBe(names);
      // The other list is as good as ever.
      expect(facts.references.has('team/web:v2')).toBe(true);
    },
  );

  test.each<readonly [string, number, boolean]>([
    ['exactly as old as it may be', now - 26 * hour, true],
    ['some minutes ahead', now + 5 * 60_000, true],
    ['too far ahead', now + 5 * 60_000 + 1, false],
  ])('that are %s are known: %#', async (_, writtenAt, isKnown) => {
    const { facts } = await asked({ 'eu.ndjson': listOf('eu', { writtenAt }) }, { must: ['eu'] });
    expect(facts.unreadable.length === 0).toBe(isKnown);
  });

  test.each<readonly [string, number, number | undefined, string | undefined]>([
    ['fresh', 19.4 * hour, undefined, undefined],
    ['three quarters old', 19.5 * hour, undefined, 'In 6 h it is too old'],
    ['three quarters of a shorter term old', 3 * hour, 4 * hour, 'In 1 h it is too old'],
    ['too old, which is said by itself', 27 * hour, undefined, undefined],
  ])(
    'are warned of while they are only nearly too old: %s',
    async (...[, age, freshWithin, said]) => {
      const lists = { 'eu.ndjson': listOf('eu', { writtenAt: now - age }) };
      const { warnings } = await asked(lists, {
        must: ['eu'],
        ...(freshWithin === undefined ? {} : { freshWithin }),
      });
      expect(warnings.map(({ code, message }) => [code, message])).toEqual(
        said === undefined ? [] : [['in-use-nearly-old', expect.stringContaining(said)]],
      );
    },
  );

  test('that nobody expects hold what they name, and are shown', async () => {
    const { facts, warnings } = await asked(
      { 'eu.ndjson': listOf('eu', {}), ...us },
      {
        must: ['eu'],
      },
    );
    expect(facts.references.has('team/web:v2')).toBe(true);
    expect(facts.unreadable).toEqual([]);
    expect(warnings).toMatchObject([
      { code: 'in-use-unexpected', on: 'memory/lists/workloads/us.ndjson' },
    ]);
    expect(warnings[0]?.remedy).toContain('Add "us" to must');
  });

  test('may name nothing where the policy says so', async () => {
    const lists = { 'eu.ndjson': listOf('eu', { uses: [] }) };
    const { facts, warnings } = await asked(lists, { must: ['eu'], mayBeEmpty: ['eu'] });
    expect(facts).toMatchObject({ entries: [], unreadable: [] });
    expect(warnings).toEqual([]);
  });

  test('that can’t be told apart hold every scope of theirs, or the whole registry', async () => {
    const store = memoryStore();
    const list = () => Promise.reject(new RetentionError('store-denied', 'Denied.'));
    const openFolder = listFolders({ ...store, list }, { base: '.' });
    const registry = inUseRegistry({ readList: () => Promise.reject(new Error('?')), openFolder });
    const scopesOf = async (config: object) => {
      const source = registry.open({ kind: 'collected', ...config, options: { must, scopes } });
      const { facts } = await readInUse([source], now);
      return facts.unreadable.map(({ scope }) => scope);
    };
    const scopes = { eu: 'eu/**' };
    expect(await scopesOf({})).toContain(undefined);
    expect(new Set(await scopesOf({ scope: 'team/**' }))).toEqual(new Set(['team/**', 'eu/**']));
  });

  test('of which a hundred things are missing are one sentence', async () => {
    const missing = Array.from({ length: 100 }, (_, index) => ({
      what: `pods of namespace n${index}`,
      because: '403',
      remedy: 'Grant it.',
    }));
    const { facts } = await asked({ 'eu.ndjson': listOf('eu', { missing }) }, { must: ['eu'] });
    expect(facts.unreadable.map(({ because }) => because)).toEqual([
      'pods of namespace n0: 403. There are 99 more.',
    ]);
  });
});

const uses = fc.array(
  fc.record({
    image: fc.constantFrom('h.example/team/api:v1', 'team/web:v2', 'h.example:5000/a/b/c:x'),
    digest: fc.constantFrom(digestOf('a'), digestOf('b'), digestOf('c')),
    by: fc.constantFrom('pod a', 'deployment é'),
    role: fc.constantFrom('running' as const, 'may-start' as const, 'roll-back' as const),
  }),
  { maxLength: 6 },
);

test('a list that is cut anywhere holds its scope, and so at least what the whole one does', async () => {
  await fc.assert(
    fc.asyncProperty(uses, fc.double({ min: 0, max: 0.999, noNaN: true }), async (all, share) => {
      const bytes = Buffer.from(listOf('eu', { uses: all }));
      const cut = bytes.subarray(0, Math.floor(share * bytes.length)).toString('utf8');
      const { facts } = await asked({ 'eu.ndjson': cut }, { must: ['eu'], mayBeEmpty: ['eu'] });
      expect(facts.unreadable.map(({ scope }) => scope)).toContain(undefined);
    }),
  );
});
