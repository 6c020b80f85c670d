import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RunHistory } from '../../functions/domain/run-history.ts';
import type { RunRequest } from '../../functions/ports.ts';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryKey } from '../support/memory-key.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
trash: { project: retention-trash, keepFor: 14d }
limits: { maxDeletionsPercent: unlimited, maxDeletionsPercentPerRepository: 100 }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
`;
const later: RunRequest = { ...armed, runId: '2026-11-22T033000Z', owner: 'tomorrow' };

let harbor: EmbeddedHarbor;
let store: MemoryStore;
const world = (text = policy) => worldAround(harbor, { policy: text, store });
const left = (): number => harbor.state.artifacts('team', 'api').length;

beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  const pushedAt = harbor.clock.now() - 90 * day;
  for (let build = 1; build <= 60; build += 1)
    harbor.seed.push({ project: 'team', repository: 'api', tags: [`ci-${build}`], pushedAt });
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['latest'] });
  store = memoryStore();
  await cutOffAfterSome();
});
afterEach(() => harbor.close());

/** Leaves the first run in the middle of its deletions, some hours ago. */
async function cutOffAfterSome(): Promise<void> {
  await runSlice(armed, world(), { hasTime: () => left() === 61 });
  expect(left()).toBeGreaterThan(20);
  expect(left()).toBeLessThan(60);
  harbor.clock.advance(day / 2);
}

test('what other runs planned meanwhile changes nothing in how a plan is ruled on', async () => {
  await runToEnd(world(), { ...later, mode: 'dry-run' });
  const { runs } = JSON.parse(
    store.texts.get(memoryKey(harbor, 'history.json')) ?? '',
  ) as RunHistory;
  expect(runs.map(({ runId }) => runId)).toEqual([later.runId]);
  const few = runs.map((run) => ({ ...run, plannedByRule: { 'old-builds': 1 } }));
  await store.write(memoryKey(harbor, 'history.json'), JSON.stringify({ runs: few }));
  expect(await runToEnd(world(), armed)).toMatchObject({ end: 'finished' });
  expect(reportIn(store)).toMatchObject({ refusals: [], applied: { deleted: 60 } });
});

test.each([
  { why: 'was armed', request: later, text: policy },
  {
    why: 'had another policy',
    request: { ...later, mode: 'dry-run' as const },
    text: policy.replace('30d', '120d'),
  },
])('a plan is given up when a later run $why', async ({ request, text }) => {
  await runToEnd(world(text), request);
  const before = left();
  await expect(runToEnd(world(), armed)).rejects.toThrow(/run 2026-11-22T033000Z began later/);
  expect(left()).toBe(before);
  expect(reportIn(store)).toMatchObject({ run: { id: armed.runId, end: 'failed' } });
  expect(reportIn(store).applied?.deleted).toBeGreaterThan(0);
});
