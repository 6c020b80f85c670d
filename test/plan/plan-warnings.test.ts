import { describe, expect, test } from '@jest/globals';
import type { RepositoryTotals } from '../../functions/domain/plan.ts';
import { planWarnings, setAsideWarnings } from '../../functions/plan/plan-warnings.ts';
import { builder, day, digestOf } from '../support/builder.ts';
import { judge, policyFrom, ruleOn } from '../support/judge.ts';

const minute = 1 / (24 * 60);

function totalsOf(
  count: number,
  spreadDays: number,
  { fullName = 'team/web', policy = ruleOn('{ mostRecentlyPushed: 3 }') } = {},
): RepositoryTotals {
  let repository = builder(fullName)
    .untagged('leaf', { daysAgo: 300 })
    .push('odd', { daysAgo: 'unknown' });
  for (let index = 0; index < count; index += 1) {
    repository = repository.push(`v${index}`, { daysAgo: 9 + (index === 0 ? spreadDays : 0) });
  }
  return judge(repository.index('top', ['leaf'], { daysAgo: 9 }).repository(), policy).totals;
}

test('ten artifacts pushed within one minute are a migration, nine are none (E11)', () => {
  expect(totalsOf(9, minute).pushedAtOnce).toBe(true);
  expect(totalsOf(8, minute).pushedAtOnce).toBeUndefined();
  expect(totalsOf(9, minute + 1 / day).pushedAtOnce).toBeUndefined();
});

test.each([
  ['{ mostRecentlyActive: 3 }', true],
  ['{ all: { mostRecentlyPushed: 3, pushedWithin: 30d } }', true],
  ['{ pushedWithin: 30d }', undefined],
  ['{ highestVersions: { count: 3 } }', undefined],
  ['none', undefined],
])('a rule that keeps %s is concerned by a migration: %s', (keep, is) => {
  expect(totalsOf(20, 0, { policy: ruleOn(keep) }).pushedAtOnce).toBe(is);
});

test('a repository that no rule selects is not concerned', () => {
  const elsewhere = policyFrom(
    'version: 1\nrules:\n  - name: rule\n    select: { projects: [other], tags: ["**"] }\n    keep: { mostRecentlyPushed: 3 }\n',
  );
  expect(totalsOf(20, 0, { policy: elsewhere }).pushedAtOnce).toBeUndefined();
});

test('a plan without such a repository has no warning', () => {
  expect(planWarnings([totalsOf(3, 5)])).toEqual([]);
});

test('one warning speaks of all such repositories, and names the first of them', () => {
  const many = [1, 2, 3, 4, 5, 6, 7].map((index) =>
    totalsOf(20, 0, { fullName: `team/r${index}` }),
  );
  expect(planWarnings(many.slice(0, 1))).toMatchObject([{ code: 'pushed-at-once', on: 'team/r1' }]);
  expect(planWarnings(many)).toMatchObject([
    {
      on: '7 repositories',
      message: expect.stringContaining(
        'team/r1, team/r2, team/r3, team/r4, team/r5 and 2 more was pushed',
      ),
    },
  ]);
  expect(planWarnings(many.slice(0, 5))[0]?.message).not.toContain('more was');
});

describe('what exceeds a limit by itself', () => {
  const families = Array.from({ length: 7 }, (_, index) => ({
    repository: 'team/web',
    digest: digestOf(`a${index}`),
    deletions: index + 1,
    bytes: 1_000 + index,
    limit: index === 0 ? 'maxDeletions' : 'maxDeletedBytes',
  }));
  const places = families.map(({ repository, digest }) => `${repository}@${digest}`);

  test('nothing: no warning', () => {
    expect(setAsideWarnings([])).toEqual([]);
  });

  test('each is named with its size and the limit, which the operator may raise', () => {
    const [first, second, ...others] = setAsideWarnings(families.slice(0, 2));
    expect(others).toEqual([]);
    expect(first).toEqual({
      code: 'too-large-for-limits',
      on: places[0],
      message: expect.stringMatching(/1 artifact, 1000 bytes.* limits\.maxDeletions:/),
      remedy: expect.stringMatching(/limits\.maxDeletions,/),
    });
    expect(second).toEqual({
      code: 'too-large-for-limits',
      on: places[1],
      message: expect.stringMatching(/2 artifacts .*1001 bytes.* limits\.maxDeletedBytes:/),
      remedy: expect.stringMatching(/limits\.maxDeletedBytes,/),
    });
  });

  test('five are named, and one warning more counts the others', () => {
    expect(setAsideWarnings(families.slice(0, 5)).map(({ on }) => on)).toEqual(places.slice(0, 5));
    const all = setAsideWarnings(families);
    expect(all.map(({ on }) => on)).toEqual([...places.slice(0, 5), '2 more']);
    expect(all.at(-1)).toEqual({
      code: 'too-large-for-limits',
      on: '2 more',
      message: expect.stringMatching(/^2 more artifacts/),
      remedy: expect.stringContaining('report'),
    });
  });
});
