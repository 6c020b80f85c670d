import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allowedBy } from '../../functions/domain/limits.ts';
import { limitsNeeded } from '../../functions/domain/limits-needed.ts';
import { emptyPlan, finishPlan } from '../../functions/plan/make-plan.ts';
import { judge, ruleOn } from '../support/judge.ts';
import { builder } from '../support/builder.ts';
import { addRepositories } from '../../functions/plan/make-plan.ts';

const plan = finishPlan(
  addRepositories(emptyPlan, [
    judge(builder().push('a', { size: 7 }).repository(), ruleOn('none')),
  ]),
  { madeAt: 0, policyHash: '', ruleNames: [], actions: [] },
);
const [one] = plan.repositories;
if (one === undefined) throw new Error('there is one');

test('of a plan without deletions every limit may be nothing', () => {
  const nothing = {
    population: { ...plan.population, deletions: 0, deletionBytes: 0 },
    repositories: [],
  };
  expect(limitsNeeded(nothing, 0)).toEqual({
    maxDeletions: 0,
    maxDeletionsPercent: 0,
    maxDeletionsPercentPerRepository: 0,
    maxBytes: 0,
  });
});

test('the largest of deletions, single tags and purges; and of the bytes of both', () => {
  const population = { ...plan.population, deletions: 3, deletionBytes: 30, tagRemovals: 4 };
  const purge = {
    project: 'trash',
    deletions: 5,
    deletionBytes: 50,
    deferred: 0,
    waiting: 0,
    waitingBytes: 0,
    actions: [],
  };
  const of = (more: object) => limitsNeeded({ population, repositories: [], ...more }, 10);
  expect([of({}).maxDeletions, of({}).maxBytes]).toEqual([4, 30]);
  expect([of({ purge }).maxDeletions, of({ purge }).maxBytes]).toEqual([5, 50]);
});

test('a repository of fewer than ten artifacts, and one that a person approved, needs no percentage', () => {
  const of = (artifacts: number, more: object = {}) =>
    limitsNeeded(
      { population: plan.population, repositories: [{ ...one, artifacts, deletions: 9, ...more }] },
      100,
    ).maxDeletionsPercentPerRepository;
  expect([of(9), of(10), of(12), of(12, { approved: true }), of(12, { approved: false })]).toEqual([
    0, 90, 75, 0, 75,
  ]);
});

test('the percentage is the least whole one that lets the plan pass', () => {
  const sizes = fc
    .integer({ min: 1, max: 100_000 })
    .chain((population) =>
      fc.tuple(fc.constant(population), fc.integer({ min: 1, max: population })),
    );
  fc.assert(
    fc.property(sizes, ([inScope, deletions]) => {
      const population = { ...plan.population, deletions };
      const { maxDeletionsPercent: percent } = limitsNeeded(
        { population, repositories: [] },
        inScope,
      );
      expect(allowedBy(percent, inScope)).toBeGreaterThanOrEqual(deletions);
      expect(allowedBy(percent - 1, inScope)).toBeLessThan(deletions);
    }),
    { numRuns: 200 },
  );
});
