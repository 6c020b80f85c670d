import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { BlobLine } from '../../functions/ledger/blob-line.ts';
import { shareOf } from '../../functions/ledger/manifest.ts';
import {
  isDue,
  loadMemory,
  rememberedIn,
  rememberFresh,
  rewrite,
} from '../../functions/ledger-run/blob-memory.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';

const key = (number: number): string =>
  createHash('sha256').update(String(number)).digest('hex').slice(0, 24);
const lines = (from: number, count: number): BlobLine[] =>
  Array.from({ length: count }, (_, at) => [key(from + at), 100, `blob-${from + at}`, 5]);
const reading = { requests: 0, read: 0, denied: [], blocked: 0, unusable: 0 };

/** The first key of every line that is remembered, over all of `count` shares. */
async function keysIn(store: MemoryStore, count: number): Promise<string[]> {
  const memory = await loadMemory(store);
  const found: string[] = [];
  for (let share = 0; share < count; share += 1) {
    for await (const { key: first } of rememberedIn(memory, { share, count }, store)) {
      expect(shareOf(first, count)).toBe(share);
      found.push(first);
    }
  }
  return found.toSorted();
}

const keys = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => key(from + at)).toSorted();

test('what runs have read is remembered once, however it is shared out, before and after it is written anew', async () => {
  const store = memoryStore();
  const first = await rememberFresh(store, await loadMemory(store), {
    by: 'one',
    lines: lines(0, 1_500),
    reading,
  });
  expect(isDue(first)).toBe(false);
  const both = await rememberFresh(store, first, { by: 'two', lines: lines(1_500, 900), reading });
  expect(isDue(both)).toBe(true);
  expect(await keysIn(store, 4)).toEqual(keys(0, 2_400));
  const all = () => Promise.resolve(() => true);
  await rewrite(store, both, { by: 'two', count: 4, present: all });
  for (const count of [1, 2, 4, 16]) expect(await keysIn(store, count)).toEqual(keys(0, 2_400));
  await rememberFresh(store, await loadMemory(store), { by: 'three', lines: lines(0, 3), reading });
  expect(await keysIn(store, 8)).toEqual(keys(0, 2_400));
});

test('writing anew leaves out what is gone, and leaves nothing behind', async () => {
  const store = memoryStore();
  for (const by of ['one', 'two']) {
    const memory = await loadMemory(store);
    await rememberFresh(store, memory, { by, lines: lines(0, 20), reading });
    const gone = key(7);
    const present = () => Promise.resolve((one: string) => one !== gone);
    await rewrite(store, await loadMemory(store), { by, count: 2, present });
  }
  expect(await keysIn(store, 1)).toEqual(keys(0, 20).filter((one) => one !== key(7)));
  expect(await store.list('state/blobs/')).toEqual([
    'state/blobs/index.json',
    'state/blobs/two/share-001.ndjson.gz',
    'state/blobs/two/share-002.ndjson.gz',
  ]);
});

test('a part that is damaged, or an index that is not ours, is forgotten and no error', async () => {
  const store = memoryStore();
  await rememberFresh(store, await loadMemory(store), { by: 'one', lines: lines(0, 5), reading });
  store.parts.set('state/blobs/one/fresh.ndjson.gz', Buffer.from('no gzip'));
  expect(await keysIn(store, 1)).toEqual([]);
  for (const index of ['{"version": 7}', '{"version": 1}', '{"version": 1, "fresh": {}}']) {
    await store.write('state/blobs/index.json', index, 'application/json');
    expect((await loadMemory(store)).index).toEqual({ version: 1, fresh: [] });
  }
});
