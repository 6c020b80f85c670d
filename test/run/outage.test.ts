import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ArtifactScope, RunRequest } from '../../functions/ports.ts';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore, type MemoryStore } from '../support/memory-store.ts';
import {
  dryRun,
  fatesOf,
  reportIn,
  rowsIn,
  runToEnd,
  type TestWorld,
  unlimited,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
trash: off
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
rules:
  - name: old-builds
    select: { projects: ["**"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
`;

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  const pushedAt = harbor.clock.now() - 90 * day;
  for (let number = 0; number < 20; number += 1) {
    const project = `team-${number}`;
    harbor.seed.project(project);
    for (let build = 0; build < 30; build += 1)
      harbor.seed.push({
        project,
        repository: 'api',
        tags: [`ci-${build}`, `v${build}`],
        pushedAt,
      });
    harbor.seed.push({ project, repository: 'web', tags: ['ci-1'], pushedAt });
  }
});
afterEach(() => harbor.close());

/** A Harbor that is gone from the first list of artifacts on of which that is true. */
function goneWhen(isIt: (scope: ArtifactScope) => boolean, own: TestWorld): TestWorld {
  let isGone = false;
  return {
    ...own,
    harbor: {
      ...own.harbor,
      async *listArtifacts(scope) {
        if (!isGone && isIt(scope)) {
          isGone = true;
          harbor.faults.on('cut-before');
        }
        yield* own.harbor.listArtifacts(scope);
      },
    },
  };
}

/** A Harbor that is gone from its so manieth list of artifacts on. */
function goneFrom(list: number, store: MemoryStore): TestWorld {
  let lists = 0;
  return goneWhen(() => (lists += 1) === list, worldAround(harbor, { policy, store }));
}

async function outcome(store: MemoryStore) {
  const report = reportIn(store);
  return { totals: report.totals, fates: fatesOf(await rowsIn(store, report)) };
}

test('a Harbor that is gone while it is read is waited for, and nothing of it is given up', async () => {
  const undisturbed = memoryStore();
  await runToEnd(worldAround(harbor, { policy, store: undisturbed }));

  const store = memoryStore();
  const world = goneFrom(6, store);
  const first = await runSlice(dryRun, world, unlimited);
  expect(first).toMatchObject({
    done: false,
    wait: { seconds: 30, for: 'Harbor to answer again' },
  });
  const during = harbor.requests.count;
  const second = await runSlice(dryRun, world, unlimited);
  expect(second).toMatchObject({ wait: { seconds: 60 } });
  // Every reader notices for itself, and none tries one repository after the other.
  expect(harbor.requests.count - during).toBeLessThan(8 * 10);
  harbor.faults.off();
  expect(await runToEnd(world)).toMatchObject({ end: 'finished' });
  expect(await outcome(store)).toEqual(await outcome(undisturbed));
});

test('a Harbor that is gone while its trash is read is waited for', async () => {
  harbor.seed.project('retention-trash');
  harbor.seed.push({ project: 'retention-trash', repository: 'team-1/api', tags: ['foreign'] });
  const withTrash = policy.replace(
    'trash: off',
    'trash: { project: retention-trash, keepFor: 14d }',
  );
  const store = memoryStore();
  const own = worldAround(harbor, { policy: withTrash, store });
  const world = goneWhen(({ project }) => project === 'retention-trash', own);
  const end = await runSlice(dryRun, world, unlimited);
  expect(end).toMatchObject({ done: false, wait: { for: 'Harbor to answer again' } });
  expect(store.texts.has('reports/latest.json')).toBe(false);
  harbor.faults.off();
  expect(await runToEnd(world)).toMatchObject({ end: 'finished' });
  expect(reportIn(store).trash).toBeDefined();
});

test('one list that nobody answers is no outage: its repositories are left alone, the rest is planned', async () => {
  harbor.faults.on('cut-before', { path: /team-7\b.*artifacts/ });
  const store = memoryStore();
  expect(await runToEnd(worldAround(harbor, { policy, store }))).toMatchObject({ end: 'finished' });
  expect(reportIn(store).totals).toMatchObject({ repositories: 40, unplannable: 2 });
});

test('after so much waiting as is allowed the run fails, says so, and goes on where it was once Harbor is back', async () => {
  const store = memoryStore();
  const world = goneFrom(6, store);
  const impatient: RunRequest = { ...dryRun, waitAtMost: 60_000 };
  const seconds: number[] = [];
  const slices = async (): Promise<void> => {
    for (;;) {
      const end = await runSlice(impatient, world, unlimited);
      if (end.done || end.wait === undefined) throw new Error('Harbor is gone');
      seconds.push(end.wait.seconds);
      await world.pause(end.wait.seconds * 1_000);
    }
  };
  await expect(slices()).rejects.toMatchObject({ code: 'harbor-unreachable' });
  expect(seconds).toEqual([30, 30]);
  expect(reportIn(store)).toMatchObject({
    run: { end: 'failed' },
    error: { code: 'harbor-unreachable' },
  });
  harbor.faults.off();
  expect(await runToEnd(world)).toMatchObject({ end: 'finished' });
  expect(reportIn(store).totals).toMatchObject({ unplannable: 0, artifacts: 20 * 31 });
});

test('a Harbor that is gone is asked ever more rarely, though each look begins with what is stored', async () => {
  const world = goneFrom(6, memoryStore());
  const seconds: number[] = [];
  const slices = async (): Promise<void> => {
    for (;;) {
      const end = await runSlice({ ...dryRun, waitAtMost: 3_600_000 }, world, unlimited);
      if (end.done || end.wait === undefined) throw new Error('Harbor is gone');
      seconds.push(end.wait.seconds);
      await world.pause(end.wait.seconds * 1_000);
    }
  };
  await expect(slices()).rejects.toMatchObject({ code: 'harbor-unreachable' });
  expect(seconds).toEqual([30, 60, 120, 300, 600, 600, 600, 600, 600, 90]);
});
