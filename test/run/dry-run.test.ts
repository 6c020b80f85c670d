import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryKey } from '../support/memory-key.ts';
import { memoryStore } from '../support/memory-store.ts';
import {
  dryRun,
  fatesOf,
  pieces,
  reportIn,
  rowsIn,
  runToEnd,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
trash: off
limits: { maxDeletionsPercent: 90 }
rules:
  - name: old-builds
    select: { projects: ["team-*"], tags: ["ci-*"] }
    keep: { pushedWithin: 60d, mostRecentlyPushed: { count: 2, of: remaining } }
`;

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
});
afterEach(() => harbor.close());

function pushBuilds(project: string, repository: string, ages: readonly number[]): void {
  for (const age of ages) {
    const pushedAt = harbor.clock.now() - age * day;
    harbor.seed.push({ project, repository, tags: [`ci-${age}`], pushedAt, size: 1_000 });
  }
}

describe('a dry run', () => {
  test('says of every artifact whether it would go, and sends Harbor nothing but reads', async () => {
    harbor.seed.project('team-a');
    harbor.seed.project('other');
    pushBuilds('team-a', 'api', [1, 59, 61, 70, 80, 90]);
    pushBuilds('other', 'api', [400]);
    const world = worldAround(harbor, { policy });
    const end = await runToEnd(world);

    expect(end).toMatchObject({
      end: 'finished',
      summary: { artifacts: 7, condemned: 2, deleted: 0 },
    });
    const report = reportIn(world.store);
    expect(report).toMatchObject({
      run: { id: dryRun.runId, mode: 'dry-run', end: 'finished' },
      harbor: { version: 'v2.15.2-0a1b2c3d', clockSkewMs: 0 },
      totals: { artifacts: 7, deletions: 2, deletionBytes: 2_000, unplannable: 0 },
      rules: [{ rule: 'old-builds', selected: 6, kept: 4, deletions: 2 }],
      refusals: [],
      artifacts: { rows: 7 },
    });
    expect(fatesOf(await rowsIn(world.store, report))).toEqual({
      'team-a/api:ci-1': 'keep',
      'team-a/api:ci-59': 'keep',
      'team-a/api:ci-61': 'keep',
      'team-a/api:ci-70': 'keep',
      'team-a/api:ci-80': 'delete',
      'team-a/api:ci-90': 'delete',
      'other/api:ci-400': 'keep',
    });
    expect(harbor.requests.all.filter((request) => request.method !== 'GET')).toEqual([]);
    expect(world.store.texts.get(end.reportKey)).toBe(world.store.texts.get('reports/latest.json'));
  });

  test('marks the rows that are parts of an index, so that counting the others gives the totals', async () => {
    harbor.seed.project('team-a');
    for (const age of [1, 70, 80, 90]) {
      const pushedAt = harbor.clock.now() - age * day;
      const tags = [`ci-${age}`];
      harbor.seed.push({ project: 'team-a', repository: 'api', tags, pushedAt, platforms: 2 });
    }
    // Where pulls matter and the parts can't be searched for, they are listed too.
    harbor.faults.on('internal-error', { path: /tags%3Dnil/ });
    const byPulls = policy.replace('pushedWithin: 60d', 'pulledWithin: 60d');
    const world = worldAround(harbor, { policy: byPulls });
    await runToEnd(world);
    const report = reportIn(world.store);
    const rows = await rowsIn(world.store, report);
    expect(rows).toHaveLength(12);
    expect(rows.filter(({ child }) => child === undefined)).toHaveLength(4);
    expect(report.totals?.artifacts).toBe(4);
  });

  test('started again under its id answers as it did, and asks Harbor nothing', async () => {
    harbor.seed.project('team-a');
    pushBuilds('team-a', 'api', [1, 70, 80, 90]);
    const world = worldAround(harbor, { policy });
    const first = await runToEnd(world);
    harbor.requests.clear();
    expect(await runToEnd(world)).toEqual(first);
    expect(harbor.requests.count).toBe(0);
  });

  test('cut into slices of one piece of work ends with the report of an uncut one', async () => {
    for (const project of ['team-a', 'team-b', 'team-c']) {
      harbor.seed.project(project);
      pushBuilds(
        project,
        'api',
        Array.from({ length: 120 }, (_, index) => index * 3),
      );
      pushBuilds(
        project,
        'web',
        Array.from({ length: 140 }, (_, index) => index * 2),
      );
    }
    const whole = worldAround(harbor, { policy });
    await runToEnd(whole);
    const store = memoryStore();
    let slices = 0;
    for (let done = false; !done; slices += 1) {
      // A new world each time: nothing but the store goes from slice to slice.
      done = (await runSlice(dryRun, worldAround(harbor, { policy, store }), pieces(2))).done;
      expect(slices).toBeLessThan(50);
    }
    expect(slices).toBeGreaterThan(3);
    const comparable = (report: ReturnType<typeof reportIn>) => ({
      ...report,
      run: { ...report.run, slices: 0 },
      requests: 0,
      durationsMs: 0,
    });
    expect(comparable(reportIn(store))).toEqual(comparable(reportIn(whole.store)));
    expect(await rowsIn(store, reportIn(store))).toEqual(
      await rowsIn(whole.store, reportIn(whole.store)),
    );
  });

  test('that is refused says so, and is not what the next run takes for finished', async () => {
    harbor.seed.project('team-a');
    pushBuilds('team-a', 'api', [70, 80, 90, 100, 110]);
    const world = worldAround(harbor, { policy: policy.replace('90', '20') });
    const end = await runToEnd(world);
    expect(end.end).toBe('refused');
    const report = reportIn(world.store);
    expect(report.run.end).toBe('refused');
    expect(report.headline[0]).toBe('The plan is refused for 1 reason: nothing is deleted.');
    expect(report.refusals).toMatchObject([{ rail: 'max-deletions-percent' }]);
    expect(report.totals?.deletions).toBe(3);
  });

  test('with a rejected credential fails, and its report says why', async () => {
    harbor.seed.project('team-a', { public: true });
    pushBuilds('team-a', 'api', [70, 80, 90]);
    const credential = { username: 'robot$retention', password: 'expired' };
    const world = worldAround(harbor, { policy, credential });
    await expect(runToEnd(world)).rejects.toMatchObject({ code: 'harbor-not-signed-in' });
    const report = reportIn(world.store);
    expect(report.run.end).toBe('failed');
    expect(report.error?.code).toBe('harbor-not-signed-in');
    expect(report.artifacts.rows).toBe(0);
    expect(world.store.texts.get('reports/latest.json')).not.toContain('expired"');
  });

  test('with a policy that has mistakes fails before it asks Harbor, and names all of them', async () => {
    const world = worldAround(harbor, {
      policy: policy.replace('60d', '2 months').replace('ci-*', '[ci'),
    });
    await expect(runToEnd(world)).rejects.toMatchObject({ code: 'policy-invalid' });
    const message = reportIn(world.store).error?.message ?? '';
    expect(message).toContain('2 problems');
    expect(message).toContain('policy.yaml:8:');
    expect(message).toContain('policy.yaml:9:');
    expect(harbor.requests.count).toBe(0);
  });

  test('refuses to compare with a registry that lost a fifth, and keeps the older numbers', async () => {
    for (const project of ['team-a', 'team-b']) harbor.seed.project(project);
    pushBuilds('team-a', 'api', [1, 2, 3, 4, 5]);
    pushBuilds('team-b', 'api', [1, 2, 3, 4, 5]);
    const store = memoryStore();
    await runToEnd(worldAround(harbor, { policy, store }), {
      ...dryRun,
      runId: '2026-11-20T033000Z',
    });
    const history = store.texts.get(memoryKey(harbor, 'history.json'));
    const robot = harbor.createRobot('half-blind', [
      {
        kind: 'project',
        namespace: 'team-a',
        access: ['repository:list', 'artifact:list', 'immutable-tag:list'].map((one) => ({
          resource: one.split(':')[0] ?? '',
          action: one.split(':')[1] ?? '',
        })),
      },
    ]);
    const blind = worldAround(harbor, {
      policy,
      store,
      credential: { username: robot.username, password: robot.secret },
    });
    const end = await runToEnd(blind, { ...dryRun, runId: '2026-11-22T033000Z' });
    expect(end.end).toBe('refused');
    expect(reportIn(store).refusals.map((one) => one.rail)).toContain('inventory-shrank');
    expect(store.texts.get(memoryKey(harbor, 'history.json'))).toBe(history);
  });
});

test('a dry run is refused, too, where the run was begun as an armed one while the dry run waited for the lease', async () => {
  harbor.seed.project('team-a');
  pushBuilds('team-a', 'api', [100, 110, 120, 130]);
  const store = memoryStore();
  const started = { ...dryRun, mode: 'apply', applyNewPolicy: true } as const;
  await runSlice(started, worldAround(harbor, { policy, store }), pieces(1));
  let reads = 0;
  const late = {
    ...store,
    read: async (key: string) => {
      const now = await store.read(key);
      if (!key.endsWith('/state.json')) return now;
      reads += 1;
      return reads === 1 ? undefined : now;
    },
  };
  const own = worldAround(harbor, { policy, store: late });
  await expect(runSlice(dryRun, own, pieces(100))).rejects.toMatchObject({ code: 'event-invalid' });
  expect(harbor.state.artifacts('team-a')).toHaveLength(4);
  await expect(runToEnd(worldAround(harbor, { policy, store }), started)).resolves.toMatchObject({
    end: 'finished',
  });
});
