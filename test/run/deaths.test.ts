// Processes that end without a word, as one that is out of memory does: nothing they would still say is heard.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { unbegun } from '../../functions/phases/begin-run.ts';
import type { Telemetry } from '../../functions/ports.ts';
import { runSlice } from '../../functions/run.ts';
import { countDeath, countRestoreDeath, mostDeaths } from '../../functions/store/deaths.ts';
import { newDraft, saveDraft } from '../../functions/store/plan-draft.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { Killed } from '../support/crashing.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  reportIn,
  runToEnd,
  silent,
  type TestWorld,
  unlimited,
  withCalls,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: off
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
`;

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let warned: readonly unknown[];
const telemetry: Telemetry = {
  ...silent,
  warn: (message, data) => {
    if (message === 'the process before ended without a word')
      warned = [...warned, data?.['times']];
  },
};
const world = () => worldAround(harbor, { policy, store, overrides: { telemetry } });
const left = () => harbor.state.artifacts('team', 'api').length;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  store = memoryStore();
  warned = [];
  for (let index = 0; index < 90; index += 1) {
    const pushedAt = harbor.clock.now() - 90 * day;
    harbor.seed.push({ project: 'team', repository: 'api', tags: [`ci-${index}`], pushedAt });
  }
});
afterEach(() => harbor.close());

/** A process that is gone once it does this: from then on nothing that it says reaches the store. */
function mortal(where: 'reading' | 'adding up' | 'deleting', deletions = 0): TestWorld {
  const real = world();
  let isDead = false;
  const die = (): never => {
    isDead = true;
    throw new Killed(where);
  };
  const lastStore = new Proxy(real.store, {
    get: (target, key, receiver) => {
      if (isDead) return () => Promise.reject(new Killed('already'));
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  if (where === 'reading')
    return { ...real, store: lastStore, harbor: { ...real.harbor, listArtifacts: die } };
  if (where === 'adding up')
    return {
      ...real,
      store: lastStore,
      ledger: { maxRequests: 10 },
      manifests: { ...real.manifests, readBlobs: die },
    };
  let done = 0;
  return withCalls(
    { ...real, store: lastStore },
    {
      deleteArtifact: (...given) => {
        done += 1;
        return done > deletions ? die() : real.changes.writer.deleteArtifact(...given);
      },
    },
  );
}

const dies = async (dying: TestWorld): Promise<void> =>
  expect(runSlice(armed, dying, unlimited)).rejects.toThrow(Killed);

test('a run whose process dies at the same place again and again ends with a report', async () => {
  for (let death = 0; death < mostDeaths; death += 1) await dies(mortal('reading'));
  await expect(runSlice(armed, world(), unlimited)).rejects.toMatchObject({
    code: 'run-died',
    message: expect.stringContaining(`ended ${mostDeaths} times in a row`),
    remedy: expect.stringContaining('{"runId": "2026-11-21T033000Z"}'),
  });
  expect(warned).toEqual([1, 2, 3]);
  expect(reportIn(store)).toMatchObject({ run: { end: 'failed' }, error: { code: 'run-died' } });
  expect(left()).toBe(90);
});

test('then the lease is free, and a new execution of the same run goes on, with a count of its own', async () => {
  for (let death = 0; death < mostDeaths; death += 1) await dies(mortal('reading'));
  await expect(runSlice(armed, world(), unlimited)).rejects.toMatchObject({ code: 'run-died' });
  warned = [];
  const end = await runToEnd(world(), { ...armed, owner: 'by hand' });
  expect(end).toMatchObject({ end: 'finished', summary: { deleted: 89 } });
  expect(warned).toEqual([]);
});

test('a run that gets further between its deaths is not ended, however often it dies', async () => {
  for (let death = 0; death < 4; death += 1) await dies(mortal('deleting', 21));
  expect(await runToEnd(world(), armed)).toMatchObject({ end: 'finished' });
  expect(warned).toEqual([1, 1, 1, 1]);
  expect(left()).toBe(1);
});

test('a process that dies while it adds up what is freed ends no run: the figures are left out', async () => {
  for (let death = 0; death < 2; death += 1) await dies(mortal('adding up'));
  const ledger = { maxRequests: 10 };
  expect(await runToEnd({ ...world(), ledger }, armed)).toMatchObject({ end: 'finished' });
  const because = expect.stringContaining('The process ended in the middle of it');
  expect(reportIn(store).ledger).toEqual({ kind: 'off', because });
  expect(left()).toBe(1);
});

test('a plan that gets further between deaths is progress, and one that is only written again is none', async () => {
  const state = unbegun(armed, harbor.clock.now());
  const draft = newDraft('weigh', undefined);
  const dead = (): Promise<void> => countDeath(state, 'execution', world());
  for (const judged of [0, 16, 32, 48]) {
    await saveDraft(store, armed.runId, { ...draft, judged });
    await dead();
  }
  await saveDraft(store, armed.runId, { ...draft, judged: 48 });
  await dead();
  await saveDraft(store, armed.runId, { ...draft, judged: 48 });
  await expect(dead()).rejects.toMatchObject({ code: 'run-died' });
});

test('a restore whose process dies three times ends, too, and another one begins its own count', async () => {
  const dead = (owner: string): Promise<void> => countRestoreDeath(armed.runId, owner, world());
  await dead('execution');
  await dead('execution');
  await dead('another');
  await dead('execution');
  await dead('execution');
  await expect(dead('execution')).rejects.toMatchObject({
    code: 'run-died',
    message: expect.stringContaining('What is back stays back'),
  });
});
