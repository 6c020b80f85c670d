import { expect, test } from '@jest/globals';
import {
  addDistributions,
  distributionsOf,
  noDistributions,
} from '../../functions/report/distributions.ts';
import { remember, trendOf } from '../../functions/report/summarise-run.ts';
import type { Verdict } from '../../functions/domain/verdict.ts';
import { artifactOf, now } from '../support/builder.ts';

const artifacts = [
  artifactOf('young', 1, { daysAgo: 0, size: 999_999 }),
  artifactOf('month', 2, { daysAgo: 30, size: 1_000_000 }),
  artifactOf('ancient', 3, { daysAgo: 3_000, size: 5e10 }),
  artifactOf('unknown', 4, { daysAgo: 'unknown', size: 0 }),
];
const verdicts = artifacts.map(({ digest, id }): Verdict => {
  const artifact = { project: 'team', repository: 'web', digest, id };
  return { fate: 'delete', artifact, reason: { code: 'condemned', rule: 'r', missed: [] } };
});

test('an artifact is counted once by age and once by size, at the edge in the older and larger class', () => {
  const { ages, ageUnknown, sizes } = distributionsOf(artifacts, verdicts, now);
  expect(ages.map(({ goes }) => goes)).toEqual([1, 0, 0, 1, 0, 0, 0, 1]);
  expect(ageUnknown.goes).toBe(1);
  expect(sizes.map(({ goes }) => goes)).toEqual([2, 1, 0, 0, 0, 1]);
  expect(sizes.at(-1)?.goesBytes).toBe(5e10);
});

test('parts add up to the whole, in any order', () => {
  const parts = artifacts.map((one, index) =>
    distributionsOf([one], verdicts.slice(index, index + 1), now),
  );
  const whole = distributionsOf(artifacts, verdicts, now);
  const summed = (all: typeof parts) => {
    let sum = noDistributions;
    for (const one of all) sum = addDistributions(sum, one);
    return sum;
  };
  expect(summed(parts)).toEqual(whole);
  expect(summed(parts.toReversed())).toEqual(whole);
});

test('a history of an older version still makes a trend', () => {
  const old = {
    runId: 'old',
    at: now,
    policyHash: 'x',
    mode: 'apply' as const,
    projects: 1,
    repositories: 1,
    artifacts: 7,
    bytes: 70,
    deletedArtifacts: 2,
    deletedRepositories: 0,
    plannedByRule: {},
  };
  const trend = trendOf(remember({ runs: [old] }, { ...old, runId: 'new', freedBytes: 5 }));
  expect(trend.map(({ runId, freedBytes }) => [runId, freedBytes])).toEqual([
    ['old', undefined],
    ['new', 5],
  ]);
});
