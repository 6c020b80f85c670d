import { describe, expect, test } from '@jest/globals';
import { guardPlan } from '../../functions/guard/guard-plan.ts';
import { trashNotReady } from '../../functions/guard/trash-not-ready.ts';
import type { RegistryFacts } from '../../functions/domain/registry.ts';
import { contextWith, type PlanParts, planWith, project, repository } from './support.ts';

/** Rails that refuse a plan beside a replication rule that passes no deletions on. */
function refusedBy(
  plan: PlanParts,
  nameFilters: readonly string[],
  registry: Partial<RegistryFacts> = {},
): string[] {
  const ruling = guardPlan(
    planWith(plan),
    contextWith({
      registry: {
        replications: [{ name: 'nightly', deletes: false, nameFilters }],
        trash: { project: 'trash', problems: [] },
        ...registry,
      },
    }),
  );
  return ruling.kind === 'cleared' ? [] : ruling.refusals.map((one) => one.rail);
}

/** Copies from team/api lie in trash/team/api. */
const going = (name = 'api', deletions = 1): PlanParts => ({
  repositories: [repository({ repository: name, deletions })],
});

describe('a plan whose copies a replication rule would send away is refused', () => {
  test.each([
    ['without a filter', []],
    ['by an empty filter', ['']],
    ['by a double star', ['**']],
    ['by what the name ends with', ['**/api']],
    ['by alternatives in the middle', ['*/{team,web}/*']],
    ['by the very place', ['trash/team/api']],
    ['by two filters that both match', ['trash/**', '**/api']],
    ['by a filter that can’t be understood', ['trash/[']],
  ])('%s', (_how, filters) => {
    expect(refusedBy(going(), filters)).toEqual(['trash-not-ready']);
  });

  test('by name, with a place that it would reach and what to do', () => {
    const context = contextWith({
      registry: {
        replications: [{ name: 'nightly', deletes: false, nameFilters: ['trash/team/w*'] }],
        trash: { project: 'trash', problems: [] },
      },
    });
    const repositories = [
      repository({ deletions: 1 }),
      repository({ repository: 'web', deletions: 1 }),
    ];
    const [refusal, ...others] = trashNotReady.refusals(planWith({ repositories }), context);
    expect(others).toEqual([]);
    expect(refusal?.on).toBe('trash');
    expect(refusal?.found).toMatch(/nightly.*trash\/team\/web$/);
    expect(refusal?.remedy).toMatch(/filters/);
  });

  test('at the place that stands for a name that is too long', () => {
    expect(refusedBy(going('a'.repeat(240)), ['trash/long--names/**'])).toEqual([
      'trash-not-ready',
    ]);
    expect(refusedBy(going('a'.repeat(240)), ['trash/team/**'])).toEqual([]);
  });
});

describe('a replication rule is no obstacle', () => {
  test.each([
    ['that names the users’ project', ['team/**']],
    ['that names one level of the trash, while its repositories have two', ['trash/*']],
    ['that names another repository there', ['trash/team/web']],
    ['of whose two filters one does not match', ['trash/**', 'team/**']],
  ])('%s', (_what, filters) => {
    expect(refusedBy(going(), filters)).toEqual([]);
  });

  test('that can’t be read: another rail refuses for that', () => {
    expect(refusedBy(going(), [], { replications: 'unknown' })).toEqual(['deletions-replicated']);
  });

  test('where nothing is deleted', () => {
    expect(refusedBy(going('api', 0), [])).toEqual([]);
  });

  test('where only a proxy cache is deleted from, which uses no trash', () => {
    expect(refusedBy(going(), [], { projects: [{ ...project, isProxyCache: true }] })).toEqual([]);
  });
});
