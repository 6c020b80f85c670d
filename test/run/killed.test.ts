import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, dryRun, pieces, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

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
const world = () => worldAround(harbor, { policy, store });
const left = () => harbor.state.artifacts('team', 'api').length;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  store = memoryStore();
  for (let index = 0; index < 40; index += 1)
    harbor.seed.push({
      project: 'team',
      repository: 'api',
      tags: [`ci-${index}`],
      pushedAt: harbor.clock.now() - 90 * day,
      size: index + 1,
    });
  for (const tag of ['v1', 'v2', 'v3'])
    harbor.seed.push({ project: 'team', repository: 'api', tags: [tag], size: 1_000 });
  await runToEnd(world(), dryRun);
  harbor.clock.advance(day);
});
afterEach(() => harbor.close());

/** Slices of an armed run until it has recorded deletions, and then nobody continues it. */
async function cutOff(): Promise<number> {
  const before = left();
  const request = { ...armed, runId: '2026-11-22T033000Z' };
  for (let slice = 0; slice < 100 && left() > before / 2; slice += 1)
    await runSlice(request, world(), pieces(2));
  expect(left()).toBeLessThan(before * 0.8);
  return left();
}

test('what a run recorded before it was cut off is no shrinkage to the next one', async () => {
  await cutOff();
  harbor.clock.advance(day);
  await runToEnd(world(), { ...armed, runId: '2026-11-23T033000Z' });
  expect(reportIn(store).refusals).toEqual([]);
  expect(left()).toBe(3);
});

test('what somebody else took away beside it still is', async () => {
  const here = await cutOff();
  for (const { digest } of harbor.state.artifacts('team', 'api').slice(0, Math.ceil(here * 0.6)))
    await applyPortsOn(harbor).harbor.deleteArtifact(
      { project: 'team', repository: 'api' },
      digest,
    );
  harbor.clock.advance(day);
  await runToEnd(world(), { ...armed, runId: '2026-11-23T033000Z' });
  expect(reportIn(store).refusals).toMatchObject([{ rail: 'inventory-shrank' }]);
});

test('what it had begun and recorded nothing of is settled by a later run, once', async () => {
  const keys = () => [...store.texts.keys(), ...store.parts.keys()];
  await cutOff();
  const request = { ...armed, runId: '2026-11-22T033000Z' };
  // The last batch was done, and the process died before it could say so.
  const last = keys()
    .filter((key) => key.startsWith('reports/records/') && key.includes(request.runId))
    .toSorted()
    .at(-1);
  await store.remove(last ?? '');
  harbor.clock.advance(day);
  const settledBy = async (runId: string) => {
    await runToEnd(world(), { ...armed, runId });
    return reportIn(store).warnings.filter(({ code }) => code === 'uncertain-settled');
  };
  const first = await settledBy('2026-11-23T033000Z');
  expect(first.length).toBeGreaterThan(0);
  expect(first[0]?.message).toContain(`Run ${request.runId}`);
  expect(await settledBy('2026-11-24T033000Z')).toEqual([]);
});
