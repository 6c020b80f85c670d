import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { formatInstant } from '../../functions/domain/instant.ts';
import type { RunRequest } from '../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { dryRun, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
garbageCollection: { mode: run, workers: 2 }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
  - name: untagged
    select: { projects: ["team"], untagged: true }
    keep: { untaggedWithin: 3d }
`;
const night = (runId: string): RunRequest => ({ ...dryRun, runId, owner: runId, mode: 'apply' });

let harbor: EmbeddedHarbor;
let store: MemoryStore;

const push = (tags: readonly string[], daysAgo: number, size: number) =>
  harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: [...tags],
    pushedAt: harbor.clock.now() - daysAgo * day,
    size,
  });

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  push(['latest'], 1, 1);
  push(['ci-1'], 90, 2);
  push([], 90, 3);
  store = memoryStore();
  const world = worldAround(harbor, { policy, store });
  await runToEnd(world, { ...night('2026-11-21T033000Z'), applyNewPolicy: true });
  harbor.clock.advance(15 * day);
  await runToEnd(world, night('2026-12-06T033000Z'));
});
afterEach(() => harbor.close());

const earlier = 'state/runs/2026-11-21T033000Z/';
const cutOff = 'state/runs/2026-12-05T033000Z/intents/actions-00001-team';

/** Every document of the state that a later run reads; `words`: it stops, and says what to remove. */
const documents = [
  ['lease.json', 'words'],
  ['HARBOR/history.json', 'words'],
  ['HARBOR/untagged/team.json', 'words'],
  ['HARBOR/reuse.json', 'ends'],
  ['HARBOR/claim.json', 'ends'],
  ['HARBOR/collection.json', 'ends'],
  ['HARBOR/uncertain.json', 'ends'],
  ['HARBOR/notices.json', 'ends'],
  [`${earlier}survey.json`, 'ends'],
  [`${earlier}plan.json`, 'ends'],
  [`${earlier}state.json`, 'ends'],
  [`${earlier}progress.json`, 'ends'],
  [`${earlier}intents/actions-00001-team-00001.json`, 'ends'],
  [`${cutOff}-began.json`, 'ends'],
  [`${cutOff}-00001.json`, 'ends'],
  [`${cutOff}-healing.json`, 'ends'],
] as const;

const keyOf = (name: string): string => {
  const history = [...store.texts.keys()].find((key) => key.endsWith('/history.json')) ?? '';
  const placed = name.replace('HARBOR/', history.replace(/history\.json$/, ''));
  return placed.startsWith('state/') ? placed : `state/${placed}`;
};

test.each(documents)(
  'a damaged %s keeps what it would have condemned, and no later night ends without words',
  async (name, expected) => {
    // A run that was cut off has a copy and an original of its own to be looked after.
    const recent = harbor.clock.now() - 60_000;
    const began = { at: recent, lastAt: recent, project: 'team' };
    await store.write(`${cutOff}-began.json`, JSON.stringify(began), 'application/json');
    const key = keyOf(name);
    for (const damage of [
      'null',
      '[]',
      '{}',
      '{"version":1',
      '',
      '{"open":[null],"runs":[null]}',
    ]) {
      const whole = store.texts.get(key);
      await store.write(key, damage, 'application/json');
      harbor.clock.advance(day);
      push(['ci-2'], 1, 4);
      const id = formatInstant(harbor.clock.now()).replaceAll(':', '').replace(/\.\d+/, '');
      const run = runToEnd(worldAround(harbor, { policy, store }), night(id));
      if (expected === 'words')
        await expect(run).rejects.toMatchObject({
          code: 'state-invalid',
          remedy: expect.stringMatching(/[Rr]emove|overwrite/),
        });
      else {
        await run;
        expect(reportIn(store)).toMatchObject({ run: { id }, refusals: [] });
      }
      const tags = harbor.state.tags('team', 'api').map((tag) => tag.name);
      expect(tags.toSorted()).toEqual(['ci-2', 'latest']);
      if (whole === undefined) await store.remove(key);
      else await store.write(key, whole, 'application/json');
    }
  },
);
