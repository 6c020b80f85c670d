import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, pieces, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

// One store that serves two Harbors, staging and then production: nothing is decided by what was seen in the other.
const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
protect: { keepAtLeast: 0 }
limits: { maxDeletionsPercent: 100 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: leftovers
    select: { projects: ["team"], untagged: true }
    keep: { untaggedWithin: 3d }
`;

let staging: EmbeddedHarbor;
let production: EmbeddedHarbor;
let store: MemoryStore;

beforeEach(async () => {
  store = memoryStore();
  [staging, production] = [await startHarbor(), await startHarbor()];
  for (const harbor of [staging, production]) {
    for (const name of ['team', 'retention-trash']) harbor.seed.project(name);
    const pushedAt = harbor.clock.now() - 90 * day;
    const at = { project: 'team', repository: 'api', pushedAt };
    harbor.seed.push({ ...at, tags: [] });
    harbor.seed.push({ ...at, tags: ['v1'] });
  }
});
afterEach(async () => {
  await staging.close();
  await production.close();
});

const on = (harbor: EmbeddedHarbor) => worldAround(harbor, { policy, store });

test('what was seen untagged in one condemns nothing in the other', async () => {
  await runToEnd(on(staging), { ...armed, runId: '2026-11-21T033000Z' });
  for (const harbor of [staging, production]) harbor.clock.advance(5 * day);
  await runToEnd(on(production), { ...armed, runId: '2026-11-26T033000Z' });
  expect(production.state.artifacts('team')).toHaveLength(2);
  await runToEnd(on(staging), { ...armed, runId: '2026-11-26T043000Z' });
  expect(staging.state.artifacts('team')).toHaveLength(1);
});

test('a policy that runs have seen in one is new in the other, where the first armed run stays dry', async () => {
  await runToEnd(on(staging), { ...armed, runId: '2026-11-21T033000Z' });
  const first = { ...armed, applyNewPolicy: false };
  await runToEnd(on(staging), { ...first, runId: '2026-11-22T033000Z' });
  expect(reportIn(store).run.mode).toBe('apply');
  await runToEnd(on(production), { ...first, runId: '2026-11-22T043000Z' });
  expect(reportIn(store).run.mode).toBe('dry-run');
});

test('neither is smaller than the other: runs are compared with runs on the same Harbor', async () => {
  for (let number = 0; number < 20; number += 1)
    staging.seed.push({ project: 'team', repository: 'many', tags: [`t${number}`], size: number });
  await runToEnd(on(staging), { ...armed, runId: '2026-11-21T033000Z' });
  const end = await runToEnd(on(production), { ...armed, runId: '2026-11-22T033000Z' });
  expect(end.end).toBe('finished');
});

test('a run that was begun on one is not continued on the other', async () => {
  await runSlice(armed, on(staging), pieces(1));
  await expect(runToEnd(on(production), armed)).rejects.toMatchObject({
    code: 'state-invalid',
    message: expect.stringContaining(staging.url),
  });
});
