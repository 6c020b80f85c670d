import { expect, test } from '@jest/globals';
import type { Instant } from '../../functions/domain/instant.ts';
import { untaggedMemory } from '../../functions/steps/untagged-memory.ts';
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

test('a memory of an older version is read', async () => {
  const store = memoryStore();
  const repositories = { api: { [digestOf('one')]: now } };
  await store.write('state/untagged/team.json', JSON.stringify({ version: 1, repositories }));
  expect(await visited(store, now + day, [api])).toEqual([{ [digestOf('one')]: now }]);
});
