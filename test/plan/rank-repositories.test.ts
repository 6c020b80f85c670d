import { expect, test } from '@jest/globals';
import type { RepositoryTotals } from '../../functions/domain/plan.ts';
import type { Ranking } from '../../functions/domain/ranking.ts';
import { rankRepositories } from '../../functions/plan/rank-repositories.ts';
import { day, now } from '../support/builder.ts';

const factor = (weight: number, low: number, high: number) => ({ weight, range: { low, high } });
/** harbor-go-client's rp.yaml. */
const ranking: Ranking = {
  update_time: { base: 0.5, factors: [factor(1, 0, 7), factor(0.9, 7, 30), factor(0.8, 30, 365)] },
  pull_count: {
    base: 0.3,
    factors: [factor(1, 1000, 30000), factor(0.9, 100, 1000), factor(0.8, 0, 100)],
  },
  tags_count: { base: 0.1, factors: [factor(1, 0, 5), factor(0.9, 5, 20), factor(0.8, 20, 3000)] },
};

function totals(repository: string, rest: Partial<RepositoryTotals> = {}): RepositoryTotals {
  return {
    project: 'team',
    repository,
    repositoryId: 1,
    artifacts: 3,
    bytes: 0,
    deletions: 0,
    deletionBytes: 0,
    tagRemovals: 0,
    deferred: 0,
    tags: 3,
    pullCount: 0,
    createdAt: now - 900 * day,
    updatedAt: now,
    ...rest,
  };
}

const scoreOf = (rest: Partial<RepositoryTotals>) =>
  rankRepositories([totals('a', rest)], ranking, now)[0]?.score;

test.each<[string, Partial<RepositoryTotals>, number]>([
  ['fresh, never pulled, few tags', {}, 0.5 + 0.24 + 0.1],
  ['updated 6.9 days ago', { updatedAt: now - 6.9 * day }, 0.5 + 0.24 + 0.1],
  ['updated 7 days ago', { updatedAt: now - 7 * day }, 0.45 + 0.24 + 0.1],
  ['updated 30 days ago', { updatedAt: now - 30 * day }, 0.4 + 0.24 + 0.1],
  ['updated 365 days ago: outside all ranges is 0', { updatedAt: now - 365 * day }, 0.24 + 0.1],
  ['100 pulls', { pullCount: 100 }, 0.5 + 0.27 + 0.1],
  ['30,000 pulls: outside all ranges is 1', { pullCount: 30_000 }, 0.5 + 0.3 + 0.1],
  ['5 tags', { tags: 5 }, 0.5 + 0.24 + 0.09],
  ['3,000 tags: outside all ranges is 1', { tags: 3000 }, 0.5 + 0.24 + 0.1],
  ['an unknown update speaks for it', { updatedAt: 'unknown' }, 0.5 + 0.24 + 0.1],
  ['an update in the future: outside all ranges is 0', { updatedAt: now + 2 * day }, 0.24 + 0.1],
])('the score of a repository that is %s', (_title, rest, score) => {
  expect(scoreOf(rest)).toBeCloseTo(score, 9);
});

test('of overlapping ranges the first that holds counts', () => {
  const overlapping = {
    ...ranking,
    tags_count: { base: 1, factors: [factor(0.3, 0, 10), factor(0.9, 0, 10)] },
  };
  expect(rankRepositories([totals('a')], overlapping, now)[0]?.score).toBeCloseTo(
    0.5 + 0.24 + 0.3,
    9,
  );
});

test('without factors every measure stands outside all ranges', () => {
  const bare = { base: 1, factors: [] };
  const none = { update_time: bare, pull_count: bare, tags_count: bare };
  expect(rankRepositories([totals('a')], none, now)[0]?.score).toBe(2);
  expect(rankRepositories([totals('a', { updatedAt: 'unknown' })], none, now)[0]?.score).toBe(2);
});

test('the lowest comes first, equal scores by project and name, and what was not read is left out', () => {
  const ranked = rankRepositories(
    [
      totals('b'),
      totals('a'),
      totals('idle', { updatedAt: now - 400 * day }),
      totals('z', { project: 'alpha' }),
      totals('torn', { unplannable: 'listed 2 of 3', updatedAt: now - 900 * day }),
    ],
    ranking,
    now,
  );
  expect(ranked.map(({ project, repository }) => `${project}/${repository}`)).toEqual([
    'team/idle',
    'alpha/z',
    'team/a',
    'team/b',
  ]);
});
