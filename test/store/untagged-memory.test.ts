import { expect, test } from '@jest/globals';
import type { Instant } from '../../functions/domain/instant.ts';
import { untaggedMemory } from '../../functions/store/untagged-memory.ts';
import { builder, day, digestOf, now } from '../support/builder.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';

const api = builder('team/api').untagged('one').repository();
const more = builder('team/api').untagged('one').untagged('two').repository();
const web = builder('team/web').untagged('three').repository();

/** What a run that visits these says of each, having stored its notes. */
async function visited(
  store: MemoryStore,
  at: Instant,
  repositories: readonly (typeof api)[],
): Promise<unknown[]> {
  const memory = untaggedMemory(store, at);
  const said: unknown[] = [];
  for (const facts of repositories) {
    const since = await memory.visit(facts);
    said.push(since === 'unknown' ? since : Object.fromEntries(since));
  }
  await memory.flush();
  return said;
}

test('a later run knows since when an earlier one saw an artifact untagged', async () => {
  const store = memoryStore();
  expect(await visited(store, now, [api])).toEqual(['unknown']);
  expect(await visited(store, now + day, [more])).toEqual([{ [digestOf('one')]: now }]);
  expect(await visited(store, now + 2 * day, [more])).toEqual([
    { [digestOf('one')]: now, [digestOf('two')]: now + day },
  ]);
});

test('a run that looks again, after a crash or in a second pass, gets the answer that it got', async () => {
  const store = memoryStore();
  for (let time = 1; time <= 3; time += 1)
    expect(await visited(store, now, [api])).toEqual(['unknown']);
  for (let time = 1; time <= 3; time += 1)
    expect(await visited(store, now + day, [more])).toEqual([{ [digestOf('one')]: now }]);
});

test('a run that was cut off within a project keeps what it had noted of the rest', async () => {
  const store = memoryStore();
  await visited(store, now, [api]);
  await visited(store, now, [web]);
  expect(await visited(store, now + day, [api, web])).toEqual([
    { [digestOf('one')]: now },
    { [digestOf('three')]: now },
  ]);
});

test('a memory that does not say when it saw what is none', async () => {
  const store = memoryStore();
  const repositories = { api: { [digestOf('one')]: now } };
  await store.write('state/untagged/team.json', JSON.stringify({ version: 1, repositories }));
  expect(await visited(store, now + day, [api])).toEqual(['unknown']);
  expect(await visited(store, now + 2 * day, [api])).toEqual([{ [digestOf('one')]: now + day }]);
});

test('what was deleted and pushed again, with the same digest, was not seen yet', async () => {
  const store = memoryStore();
  await visited(store, now, [api]);
  const again = { ...api, artifacts: api.artifacts.map((one) => ({ ...one, id: one.id + 1_000 })) };
  expect(await visited(store, now + 5 * day, [again])).toEqual([{}]);
  expect(await visited(store, now + 6 * day, [again])).toEqual([
    { [digestOf('one')]: now + 5 * day },
  ]);
});

test('after more than eight days in which no run looked, nothing is known', async () => {
  const store = memoryStore();
  await visited(store, now, [api]);
  expect(await visited(store, now + 8 * day, [api])).toEqual([{ [digestOf('one')]: now }]);
  expect(await visited(store, now + 16 * day + 1, [api])).toEqual(['unknown']);
  expect(await visited(store, now + 17 * day, [api])).toEqual([
    { [digestOf('one')]: now + 16 * day + 1 },
  ]);
});

test('a repository that could not be read whole for longer is forgotten, and no other', async () => {
  const store = memoryStore();
  const torn = { kind: 'unplannable', head: api.head, seen: [], because: 'torn' } as const;
  const other = builder('team/web').untagged('three').repository();
  for (const days of [0, 4, 8]) {
    const memory = untaggedMemory(store, now + days * day);
    await memory.visit(days === 0 ? api : torn);
    await memory.visit(other);
    await memory.flush();
  }
  expect(await visited(store, now + 9 * day, [api, other])).toEqual([
    'unknown',
    { [digestOf('three')]: now },
  ]);
});

test('something else in its place is refused, with what to do', async () => {
  const store = memoryStore();
  await store.write('state/untagged/team.json', JSON.stringify({ version: 9 }));
  await expect(visited(store, now, [api])).rejects.toThrow('is not a memory of version 3');
});
