import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RunRequest } from '../../functions/ports.ts';
import { restoreRun, type RestoreRequest } from '../../functions/phases/restore-run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, unlimited, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 3d }
`;
const night = (runId: string): RunRequest => ({ ...armed, runId });
const first = '2026-11-21T033000Z';
const second = '2026-11-26T033000Z';
const restoring = (runId: string): RestoreRequest => ({
  from: { kind: 'run', runId },
  only: () => true,
  named: [],
  apply: true,
  owner: 'test',
});

let harbor: EmbeddedHarbor;
let store: MemoryStore;
const world = () => worldAround(harbor, { policy, store });
const marks = (): readonly string[] =>
  harbor.state
    .artifacts('retention-trash')
    .flatMap(({ tags }) => tags)
    .map((tag) => tag.slice('0123456789ab.'.length))
    .toSorted();
const inPlace = () =>
  harbor.state
    .tags('team', 'api')
    .map(({ name }) => name)
    .toSorted();

/** An image that was deleted, restored, and deleted again five days later. */
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  const pushedAt = harbor.clock.now() - 90 * day;
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['ci-1'], pushedAt });
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['latest'] });
  store = memoryStore();
  await runToEnd(world(), night(first));
  await restoreRun(restoring(first), world(), unlimited);
  expect(marks()).toEqual(['..restored', 'ci-1']);
  harbor.clock.advance(5 * day);
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['v2'] });
  await runToEnd(world(), night(second));
  expect(inPlace()).toEqual(['latest', 'v2']);
});
afterEach(() => harbor.close());

test('the copy of what goes again after a restore is no longer marked as restored', () => {
  expect(marks()).toEqual([`..${second}`, 'ci-1']);
});

test('it stays until the day that the second deletion promised, and not a run longer', async () => {
  harbor.clock.advance(13 * day);
  await runToEnd(world(), night('2026-12-09T033000Z'));
  expect(marks()).toEqual([`..${second}`, 'ci-1']);
  expect(reportIn(store).trash).toMatchObject({ due: 0 });
  harbor.clock.advance(2 * day);
  await runToEnd(world(), night('2026-12-11T033000Z'));
  expect(marks()).toEqual([]);
});

test('a second restore whose links are not certain yet is not complete until they are', async () => {
  const links = { path: /^\/v2\/team\/api\/manifests/ };
  harbor.faults.on('forbidden', links);
  const open = await restoreRun(restoring(second), world(), unlimited);
  expect(open.failed).toMatchObject([{ because: expect.stringContaining('not certain') }]);
  const still = await restoreRun(restoring(second), world(), unlimited);
  expect(still.complete).toEqual([]);
  expect(still.failed).toHaveLength(1);
  harbor.faults.off();
  const done = await restoreRun(restoring(second), world(), unlimited);
  expect(done).toMatchObject({ failed: [], lost: [] });
  expect(done.restored).toHaveLength(1);
  expect(inPlace()).toEqual(['ci-1', 'latest', 'v2']);
  expect(marks()).toEqual([`..${second}`, '..restored', 'ci-1'].toSorted());
});
