import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { guardPlan } from '../../functions/guard/guard-plan.ts';
import { rails } from '../../functions/guard/index.ts';
import type { Limits } from '../../functions/domain/limits.ts';
import {
  type ContextParts,
  contextWith,
  now,
  type PlanParts,
  planWith,
  project,
  regretted,
  repository,
  rule,
  run,
} from './support.ts';

/** Names of the rails that refuse. */
function refusedBy(plan: PlanParts, context: ContextParts = {}): string[] {
  const ruling = guardPlan(planWith(plan), contextWith(context));
  return ruling.kind === 'cleared' ? [] : ruling.refusals.map((one) => one.rail);
}

const limited = (limits: Partial<Limits>): ContextParts => ({
  policy: { limits: { ...contextWith().policy.limits, ...limits } },
});
const roomy = limited({ maxDeletionsPercent: 'unlimited', maxBytes: 'unlimited' });
const harbor = contextWith().registry.harbor;

test('a plan that no rail objects to is cleared', () => {
  expect(guardPlan(planWith(), contextWith()).kind).toBe('cleared');
});

test('every file of the room that is a rail stands in the registry, under its own name', () => {
  const support = ['guard-plan', 'guarded-plan', 'index', 'rail'];
  const files = readdirSync(join(import.meta.dirname, '../../functions/guard'))
    .map((name) => name.replace(/\.ts$/, ''))
    .filter((name) => !support.includes(name));
  expect(rails.map((rail) => rail.name).toSorted()).toEqual(files.toSorted());
});

test('a rail that throws has refused', () => {
  const broken = {
    name: 'broken',
    refusals: () => {
      throw new Error('no numbers');
    },
  };
  const ruling = guardPlan(planWith(), contextWith(), [broken]);
  expect(ruling).toMatchObject({
    kind: 'refused',
    refusals: [{ rail: 'broken', found: 'the rail failed: no numbers' }],
  });
});

test('every reason is given, not only the first', () => {
  const plan = { population: { deletions: 600, deletionBytes: 501 } };
  expect(refusedBy(plan)).toEqual(['max-deletions', 'max-deletions-percent', 'max-bytes']);
});

interface Case {
  readonly rail: string;
  readonly what: string;
  readonly plan?: PlanParts;
  readonly context?: ContextParts;
}

const shrunkBy = (population: PlanParts['population']): PlanParts => ({
  population: { projects: 10, repositories: 10, artifacts: 100, ...population },
});
const lastLeft = { runs: [run({ projects: 10, repositories: 10, artifacts: 100 })] };

const inside: readonly Case[] = [
  {
    rail: 'max-deletions',
    what: '500 of 500',
    plan: { population: { deletions: 500 } },
    context: roomy,
  },
  {
    rail: 'max-deletions',
    what: 'anything, unlimited',
    plan: { population: { deletions: 9e9 } },
    context: limited({ maxDeletions: 'unlimited', maxDeletionsPercent: 'unlimited' }),
  },
  { rail: 'max-deletions-percent', what: '20 of 100', plan: { population: { deletions: 20 } } },
  {
    rail: 'max-deletions-percent-per-repository',
    what: '90 of 100',
    plan: { repositories: [repository({ deletions: 90 })] },
  },
  {
    rail: 'max-deletions-percent-per-repository',
    what: '9 of 9, too few for a share',
    plan: { repositories: [repository({ artifacts: 9, deletions: 9 })] },
  },
  { rail: 'max-bytes', what: '500 of 500 bytes', plan: { population: { deletionBytes: 500 } } },
  {
    rail: 'inventory-shrank',
    what: 'exactly a fifth fewer',
    plan: shrunkBy({ projects: 8, repositories: 8, artifacts: 80 }),
    context: lastLeft,
  },
  { rail: 'inventory-shrank', what: 'no run to compare with', plan: shrunkBy({ artifacts: 0 }) },
  {
    rail: 'inventory-shrank',
    what: 'fewer by our own deletions',
    plan: shrunkBy({ artifacts: 40 }),
    context: { runs: [run({ artifacts: 100, deletedArtifacts: 50 })] },
  },
  {
    rail: 'rule-drift',
    what: 'exactly three times the average',
    plan: { rules: [rule('ci', 60)] },
    context: { runs: [run({ plannedByRule: { ci: 10 } }), run({ plannedByRule: { ci: 30 } })] },
  },
  {
    rail: 'rule-drift',
    what: 'fifty, from none',
    plan: { rules: [rule('ci', 50)] },
    context: { runs: [run()] },
  },
  {
    rail: 'rule-drift',
    what: 'another policy since',
    plan: { rules: [rule('ci', 900)] },
    context: { runs: [run({ policyHash: 'older' })] },
  },
  { rail: 'rule-drift', what: 'the first run', plan: { rules: [rule('ci', 900)] } },
  {
    rail: 'clocks-apart',
    what: 'exactly 5 minutes',
    context: { registry: { harbor: { ...harbor, currentTime: now + 300_000 } } },
  },
  {
    rail: 'harbor-retention-enabled',
    what: 'disabled there',
    context: { registry: { projects: [{ ...project, harborRetention: 'disabled' }] } },
  },
  {
    rail: 'harbor-retention-enabled',
    what: 'acknowledged',
    context: {
      policy: { acknowledgeHarborRetention: true },
      registry: { projects: [{ ...project, harborRetention: 'enabled' }] },
    },
  },
  {
    rail: 'harbor-retention-enabled',
    what: 'a project that no rule selects',
    context: {
      registry: { projects: [{ ...project, name: 'other', harborRetention: 'enabled' }] },
    },
  },
  {
    rail: 'harbor-retention-enabled',
    what: 'a proxy cache that is not touched',
    context: {
      registry: { projects: [{ ...project, isProxyCache: true, harborRetention: 'enabled' }] },
    },
  },
  {
    rail: 'deletions-replicated',
    what: 'a filter for other names',
    context: {
      registry: { replications: [{ name: 'dr', deletes: true, nameFilters: ['library/**'] }] },
    },
  },
  {
    rail: 'deletions-replicated',
    what: 'acknowledged',
    context: {
      policy: { acknowledgeReplication: true },
      registry: { replications: 'unknown' },
    },
  },
  {
    rail: 'canaries',
    what: 'seen and kept',
    plan: { canaries: [{ reference: 'team/api:v1', digest: 'sha256:1', fate: 'keep' }] },
    context: { policy: { canaries: ['team/api:v1'] } },
  },
  {
    rail: 'trash-not-ready',
    what: 'no trash is wanted',
    context: {
      policy: { trash: 'off' },
      registry: {
        trash: { project: 'trash', problems: [{ found: 'public', remedy: 'make it private' }] },
      },
    },
  },
];

const strayed: PlanParts = {
  repositories: [repository(), repository({ project: 'other', deletions: 1 })],
};

const outside: readonly Case[] = [
  {
    rail: 'harbor-retention-enabled',
    what: 'a project that only an approved list touches',
    plan: strayed,
    context: {
      registry: { projects: [{ ...project, name: 'other', harborRetention: 'enabled' }] },
    },
  },
  {
    rail: 'deletions-replicated',
    what: 'a repository that only an approved list touches',
    plan: strayed,
    context: {
      registry: { replications: [{ name: 'dr', deletes: true, nameFilters: ['other/**'] }] },
    },
  },
  {
    rail: 'max-deletions',
    what: '501 of 500',
    plan: { population: { deletions: 501 } },
    context: roomy,
  },
  { rail: 'max-deletions', what: '501 single tags', plan: { population: { tagRemovals: 501 } } },
  {
    rail: 'max-deletions',
    what: 'one, where 0 is zero',
    plan: { population: { deletions: 1 } },
    context: limited({ maxDeletions: 0 }),
  },
  { rail: 'max-deletions-percent', what: '21 of 100', plan: { population: { deletions: 21 } } },
  {
    rail: 'max-deletions-percent',
    what: 'one of 4, as 20 % of 4 round down to none',
    plan: { population: { deletions: 1 }, repositories: [repository({ artifacts: 4 })] },
  },
  {
    rail: 'max-deletions-percent',
    what: 'a share of what is in scope, not of all',
    plan: {
      population: { deletions: 11 },
      repositories: [
        repository({ artifacts: 50 }),
        repository({ project: 'other', artifacts: 9_000 }),
      ],
    },
  },
  {
    rail: 'max-deletions-percent-per-repository',
    what: '91 of 100',
    plan: { repositories: [repository({ deletions: 91 })] },
  },
  {
    rail: 'max-deletions-percent-per-repository',
    what: '10 of 10',
    plan: { repositories: [repository({ artifacts: 10, deletions: 10 })] },
  },
  { rail: 'max-bytes', what: '501 of 500 bytes', plan: { population: { deletionBytes: 501 } } },
  {
    rail: 'inventory-shrank',
    what: 'three of ten projects gone',
    plan: shrunkBy({ projects: 7 }),
    context: lastLeft,
  },
  {
    rail: 'inventory-shrank',
    what: 'three of ten repositories gone',
    plan: shrunkBy({ repositories: 7 }),
    context: lastLeft,
  },
  {
    rail: 'inventory-shrank',
    what: '21 of 100 artifacts gone',
    plan: shrunkBy({ artifacts: 79 }),
    context: lastLeft,
  },
  {
    rail: 'rule-drift',
    what: 'one more than three times the average',
    plan: { rules: [rule('ci', 61)] },
    context: { runs: [run({ plannedByRule: { ci: 10 } }), run({ plannedByRule: { ci: 30 } })] },
  },
  {
    rail: 'rule-drift',
    what: '51, from none',
    plan: { rules: [rule('ci', 51)] },
    context: { runs: [run()] },
  },
  {
    rail: 'rule-drift',
    what: 'the average of the last five runs only',
    plan: { rules: [rule('ci', 60)] },
    context: {
      runs: [run({ plannedByRule: { ci: 900 } }), ...Array.from({ length: 5 }, () => run())],
    },
  },
  {
    rail: 'harbor-read-only',
    what: 'read-only',
    context: { registry: { harbor: { ...harbor, readOnly: true } } },
  },
  {
    rail: 'harbor-read-only',
    what: 'not known',
    context: { registry: { harbor: { ...harbor, readOnly: 'unknown' } } },
  },
  {
    rail: 'clocks-apart',
    what: 'Harbor a millisecond more than 5 minutes ahead',
    context: { registry: { harbor: { ...harbor, currentTime: now + 300_001 } } },
  },
  {
    rail: 'clocks-apart',
    what: 'Harbor as far behind',
    context: { registry: { harbor: { ...harbor, currentTime: now - 300_001 } } },
  },
  {
    rail: 'clocks-apart',
    what: 'Harbor’s clock not known',
    context: { registry: { harbor: { ...harbor, currentTime: 'unknown' } } },
  },
  {
    rail: 'harbor-retention-enabled',
    what: 'enabled',
    context: { registry: { projects: [{ ...project, harborRetention: 'enabled' }] } },
  },
  {
    rail: 'harbor-retention-enabled',
    what: 'there, but not readable',
    context: { registry: { projects: [{ ...project, harborRetention: 'unknown' }] } },
  },
  {
    rail: 'harbor-retention-enabled',
    what: 'a proxy cache that we touch',
    context: {
      policy: { proxyCache: 'include' },
      registry: { projects: [{ ...project, isProxyCache: true, harborRetention: 'enabled' }] },
    },
  },
  {
    rail: 'deletions-replicated',
    what: 'a rule without filters',
    context: { registry: { replications: [{ name: 'dr', deletes: true, nameFilters: [] }] } },
  },
  {
    rail: 'deletions-replicated',
    what: 'a filter for this project',
    context: {
      registry: { replications: [{ name: 'dr', deletes: true, nameFilters: ['team/**'] }] },
    },
  },
  {
    rail: 'deletions-replicated',
    what: 'a filter that is not understood',
    context: { registry: { replications: [{ name: 'dr', deletes: true, nameFilters: ['[a'] }] } },
  },
  {
    rail: 'deletions-replicated',
    what: 'rules that can’t be read',
    context: { registry: { replications: 'unknown' } },
  },
  { rail: 'canaries', what: 'not seen', context: { policy: { canaries: ['team/api:v1'] } } },
  {
    rail: 'canaries',
    what: 'seen, and condemned',
    plan: { canaries: [{ reference: 'team/api:v1', digest: 'sha256:1', fate: 'delete' }] },
    context: { policy: { canaries: ['team/api:v1'] } },
  },
  {
    rail: 'canaries',
    what: 'seen, and to lose its tag',
    plan: { canaries: [{ reference: 'team/api:v1', digest: 'sha256:1', fate: 'untag' }] },
    context: { policy: { canaries: ['team/api:v1'] } },
  },
  { rail: 'rollout-halted', what: 'something was missed', plan: regretted, context: {} },
  {
    rail: 'trash-not-ready',
    what: 'a trash with a problem',
    context: {
      registry: {
        trash: { project: 'trash', problems: [{ found: 'public', remedy: 'make it private' }] },
      },
    },
  },
];

describe('just inside', () => {
  test.each(inside)('$rail lets pass: $what', ({ rail, plan, context }) => {
    expect(refusedBy(plan ?? {}, context)).not.toContain(rail);
  });
});

describe('just outside', () => {
  test.each(outside)('$rail refuses: $what', ({ rail, plan, context }) => {
    expect(refusedBy(plan ?? {}, context)).toEqual([rail]);
  });

  test('every rail has a case on both sides, or only refuses by a fact', () => {
    const refusing = new Set(outside.map((one) => one.rail));
    expect(rails.map((rail) => rail.name).filter((name) => !refusing.has(name))).toEqual([]);
  });

  test('a refusal says what was found, what is allowed, and what to do', () => {
    const ruling = guardPlan(planWith({ population: { deletions: 1_501 } }), contextWith(roomy));
    expect(ruling).toMatchObject({
      refusals: [
        {
          rail: 'max-deletions',
          on: 'run',
          found: '1,501 artifacts',
          allowed: '500 artifacts (limits.maxDeletions)',
        },
      ],
    });
  });
});
