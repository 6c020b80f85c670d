// What an operator reads when a plan is refused, word by word: on what, what was found, what is allowed, what to do.
import { describe, expect, test } from '@jest/globals';
import { guardPlan } from '../../functions/guard/guard-plan.ts';
import { rails } from '../../functions/guard/index.ts';
import { isTouched } from '../../functions/guard/rail.ts';
import { cases, harbor, purge, replicating, seen, unlimited } from './refusal-cases.ts';
import {
  type ContextParts,
  contextWith,
  now,
  type PlanParts,
  planWith,
  repository,
  run,
} from './support.ts';

function refusals(plan: PlanParts, context: ContextParts = {}) {
  const ruling = guardPlan(planWith(plan), contextWith(context));
  return ruling.kind === 'cleared' ? [] : ruling.refusals;
}

test.each(Object.entries(cases))('%s', (_, { plan = {}, context = {}, says }) => {
  expect(refusals(plan, context)).toEqual(says);
});

test('every rail has its words here', () => {
  const named = new Set(Object.values(cases).flatMap(({ says }) => says.map(({ rail }) => rail)));
  expect([...named].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
    rails.map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1)),
  );
});

test('a rail that fails says so, whatever it throws', () => {
  const broken = {
    name: 'broken',
    refusals: () => {
      // eslint-disable-next-line only-throw-error -- somebody else's code may
      throw 'a text';
    },
  };
  const ruling = guardPlan(planWith(), contextWith(), [broken]);
  expect(ruling.kind === 'refused' ? ruling.refusals : []).toEqual([
    {
      rail: 'broken',
      on: 'run',
      found: 'the rail failed: a text',
      allowed: 'a rail that can be asked',
      remedy: 'This is a fault of harbor-retention: report it, with the run’s report.',
    },
  ]);
});

describe('is not refused:', () => {
  test.each<readonly [string, PlanParts, ContextParts]>([
    [
      'a canary seen twice, kept both times',
      { canaries: [seen('keep'), seen('keep')] },
      { policy: { canaries: ['team/api:v1'] } },
    ],
    [
      'what is no canary and goes',
      { canaries: [seen('keep'), seen('delete', 'team/other:v1')] },
      { policy: { canaries: ['team/api:v1'] } },
    ],
    [
      'clocks five minutes apart, either way',
      {},
      { registry: { harbor: { ...harbor, currentTime: now - 300_000 } } },
    ],
    [
      'replication that deletes nothing',
      {},
      { registry: { replications: [{ ...replicating, deletes: false }] } },
    ],
    [
      'replication of other repositories',
      {},
      { registry: { replications: [{ ...replicating, nameFilters: ['', 'other/**'] }] } },
    ],
    [
      'replication of a project that the plan leaves alone',
      {},
      { registry: { replications: [replicating] }, policy: { inScope: () => false } },
    ],
    [
      'a repository that a person allowed to go',
      { repositories: [repository({ deletions: 100, approved: true })] },
      unlimited,
    ],
    ['a purge and its bytes at the limit', { purge: purge(500, 500) }, {}],
    ['a trash that is ready', {}, { registry: { trash: { project: 'bin', problems: [] } } }],
    [
      'problems of a trash that is off',
      {},
      {
        policy: { trash: 'off' },
        registry: { trash: { project: 'bin', problems: [{ found: 'x', remedy: 'y' }] } },
      },
    ],
    [
      'artifacts that were left unread',
      { population: { artifacts: 10, unread: 90 } },
      { runs: [run()] },
    ],
  ])('%s', (_, plan, context) => {
    expect(refusals(plan, context)).toEqual([]);
  });
});

test('a canary that loses its tag, or goes in one of two places, is refused', () => {
  for (const fates of [['untag'], ['keep', 'delete']] as const)
    expect(
      refusals(
        { canaries: fates.map((fate) => seen(fate)) },
        { policy: { canaries: ['team/api:v1'] } },
      ),
    ).toHaveLength(1);
});

test('a filter of replication that is empty, or can’t be understood, may match', () => {
  for (const pattern of ['', '[a'])
    expect(
      refusals({}, { registry: { replications: [{ ...replicating, nameFilters: [pattern] }] } }),
    ).toHaveLength(1);
});

test('a project is touched by its rules, or by a deletion or removed tag in it, and by no other', () => {
  const context = contextWith({ policy: { inScope: (name) => name === 'scoped' } });
  const touched = (name: string, ...repositories: readonly ReturnType<typeof repository>[]) =>
    isTouched(name, planWith({ repositories }), context);
  expect(touched('scoped')).toBe(true);
  expect(touched('team', repository())).toBe(false);
  expect(touched('team', repository({ deletions: 1 }))).toBe(true);
  expect(touched('team', repository({ tagRemovals: 1 }))).toBe(true);
  expect(touched('other', repository({ deletions: 1 }))).toBe(false);
});
