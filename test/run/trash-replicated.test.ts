import { describe, expect, test } from '@jest/globals';
import { startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - { name: ci, select: { projects: ["team"], tags: ["ci-*"] }, keep: { pushedWithin: 30d } }
`;

/** What an armed run is refused for beside a replication rule, and how much it deleted. */
async function besides(rule: Parameters<Seed>[0]): Promise<unknown> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  try {
    for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
    const old = harbor.clock.now() - 90 * day;
    harbor.seed.push({ project: 'team', repository: 'api', tags: ['ci-1'], pushedAt: old });
    harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'], pushedAt: old + day });
    harbor.seed.replicationPolicy(rule);
    const store = memoryStore();
    await runToEnd(worldAround(harbor, { policy, store }), armed);
    const report = reportIn(store);
    return { refusals: report.refusals.map((one) => one.rail), deleted: report.applied?.deleted };
  } finally {
    await harbor.close();
  }
}

type Seed = Awaited<ReturnType<typeof startHarbor>>['seed']['replicationPolicy'];

describe('a replication rule that would send the trash away', () => {
  test.each(['event_based', 'manual', 'scheduled'] as const)(
    'refuses the plan, if its trigger is %s',
    async (trigger) => {
      expect(await besides({ name: 'all', trigger })).toEqual({
        refusals: ['trash-not-ready'],
        deleted: 0,
      });
    },
  );

  test('is no obstacle while it is switched off, or names other places', async () => {
    expect(await besides({ name: 'all', trigger: 'scheduled', enabled: false })).toEqual({
      refusals: [],
      deleted: 1,
    });
    expect(await besides({ name: 'team', trigger: 'scheduled', names: ['team/**'] })).toEqual({
      refusals: [],
      deleted: 1,
    });
  });

  test('passes no deletions on unless it answers events', async () => {
    const passing = { names: ['team/**'], replicateDeletion: true };
    expect(await besides({ name: 'nightly', trigger: 'scheduled', ...passing })).toEqual({
      refusals: [],
      deleted: 1,
    });
    expect(await besides({ name: 'live', trigger: 'event_based', ...passing })).toEqual({
      refusals: ['deletions-replicated'],
      deleted: 0,
    });
  });
});
