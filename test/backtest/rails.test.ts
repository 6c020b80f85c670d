import { expect, test } from '@jest/globals';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { type Builder, builder } from '../support/builder.ts';
import { ruleOn, unprotected } from '../support/judge.ts';
import { backtestNights, takenBy } from '../support/past-nights.ts';

const withLimits = (limits: string, more = '') =>
  ruleOn('pushedWithin: 30d', `${unprotected()}limits: { ${limits} }\n${more}`);
const open = 'maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100';

/** Images of these ages in days, called by them. */
function images(ages: readonly number[], name = 'team/web'): RepositoryFacts {
  let all: Builder = builder(name);
  for (const age of ages) all = all.push(`${name}-${age}`, { daysAgo: age, size: 100 });
  return all.repository();
}

const young = Array.from({ length: 30 }, (_, index) => index / 100);

test('a night that a rail refuses takes nothing, and says which', () => {
  const policy = withLimits(`maxDeletions: 2, ${open}`);
  const found = backtestNights(policy, [
    { day: 0, facts: [images([...young, 40, 41, 42])] },
    { day: 1, facts: [images([...young, 40, 41])] },
  ]);
  expect(takenBy(found)).toEqual([[], ['team/web-40', 'team/web-41']]);
  const [first, second] = found.nights;
  expect(first?.refusals.map(({ rail }) => rail)).toEqual(['max-deletions']);
  expect(first).toMatchObject({ planned: { artifacts: 3, bytes: 300 }, gone: { artifacts: 0 } });
  expect(first?.limitsNeeded).toEqual({
    maxDeletions: 3,
    maxDeletionsPercent: 10,
    maxDeletionsPercentPerRepository: 10,
    maxBytes: 300,
  });
  expect(second).toMatchObject({ gone: { artifacts: 2, bytes: 200 }, refusals: [] });
});

test('oldestFirst works the arrears off night by night, the oldest of all repositories first', () => {
  const policy = withLimits(`maxDeletions: 2, ${open}, onBreach: oldestFirst`);
  const facts = [images([50, 70]), images([60, 40, 80], 'team/api')];
  const found = backtestNights(
    policy,
    [0, 1, 2, 3].map((day) => ({ day, facts })),
  );
  expect(takenBy(found)).toEqual([
    ['team/api-80', 'team/web-70'],
    ['team/api-60', 'team/web-50'],
    ['team/api-40'],
    [],
  ]);
  expect(found.nights.map(({ deferred }) => deferred)).toEqual([3, 1, 0, 0]);
});

test('a rule that deletes far more than on the nights before is refused, by the backtest’s own history', () => {
  const policy = withLimits(open);
  const many = Array.from({ length: 60 }, (_, index) => 28 + index / 100);
  const facts = [images([...many, ...young, 40])];
  const found = backtestNights(
    policy,
    [0, 1, 3].map((day) => ({ day, facts })),
  );
  expect(found.nights.map(({ refusals }) => refusals.map(({ rail }) => rail))).toEqual([
    [],
    [],
    ['rule-drift'],
  ]);
  expect(takenBy(found)[2]).toEqual([]);
});

test('a drift that a person acknowledges refuses nothing, and later nights are compared from there on', () => {
  const policy = withLimits(open);
  const many = Array.from({ length: 60 }, (_, index) => 28 + index / 100);
  const next = Array.from({ length: 160 }, (_, index) => 26 + index / 1000);
  const facts = [images([...many, ...next, ...young, 40])];
  const nights = [0, 1, 3, 5].map((day) => ({ day, facts }));
  const found = backtestNights(policy, nights, { acknowledgesDrift: true });
  expect(found.nights.map(({ refusals, acknowledged }) => [refusals, acknowledged])).toEqual([
    [[], undefined],
    [[], undefined],
    [[], ['rule']],
    [[], undefined],
  ]);
  expect(takenBy(found).map((names) => names.length)).toEqual([1, 0, 60, 160]);
});

test('an inventory that shrank is refused, unless a real run had deleted what is missing', () => {
  const policy = withLimits(open);
  const all = images([...young, 40, 41]);
  const less = images(young.slice(0, 20));
  const nights = (reallyDeleted: number) =>
    backtestNights(policy, [
      { day: 0, facts: [all] },
      { day: 1, facts: [less], reallyDeleted },
    ]).nights[1]?.refusals.map(({ rail }) => rail);
  // Both of those that went on the first night are missing, too: they count once.
  expect(nights(2)).toEqual(['inventory-shrank']);
  expect(nights(5)).toEqual(['inventory-shrank']);
  expect(nights(8)).toEqual([]);
});

test('a canary that is not there any more refuses the night', () => {
  const policy = withLimits(
    open,
    'canaries: { mustStay: [team/web:team/web-40] }'.replace('team/web-40', 'gone'),
  );
  const found = backtestNights(policy, [{ day: 0, facts: [images([40])] }]);
  expect(found.nights[0]?.refusals.map(({ rail }) => rail)).toEqual(['canaries']);
});

test('what Harbor was that night decides: read-only, and the night takes nothing', () => {
  const policy = withLimits(open);
  const registry = {
    harbor: {
      url: 'https://harbor.example',
      version: 'v2.15.2',
      currentTime: 0,
      measuredAt: 0,
      readOnly: true,
    },
  };
  const found = backtestNights(policy, [{ day: 0, facts: [images([40])], registry }]);
  expect(found.nights[0]?.refusals.map(({ rail }) => rail)).toEqual(['harbor-read-only']);
});

test('the trash holds what went until it is purged, and only then is its space free', () => {
  const policy = withLimits(open);
  const facts = [images([40, 41, 17])];
  const found = backtestNights(
    policy,
    [0, 14, 15, 30].map((day) => ({ day, facts })),
  );
  expect(
    found.nights.map(({ listed, gone, trash, purged }) =>
      [listed, gone, trash, purged].map((one) => one.bytes),
    ),
  ).toEqual([
    [300, 200, 200, 0],
    [100, 100, 300, 0],
    [0, 0, 100, 200],
    [0, 0, 0, 100],
  ]);
});

test('without a trash, and in a proxy cache, nothing lies anywhere afterwards', () => {
  const off = backtestNights(withLimits(open, 'trash: off'), [{ day: 0, facts: [images([40])] }]);
  expect(off.nights[0]?.trash.artifacts).toBe(0);
  expect(off.watched[0]?.removal.undo).toBe('none');
  const caching = withLimits(open, 'proxyCache: include');
  const projects = [
    {
      name: 'team',
      id: 1,
      isPublic: false,
      isProxyCache: true,
      repositoryCount: 1,
      immutableRules: [],
      harborRetention: 'none' as const,
    },
  ];
  const cache = backtestNights(caching, [
    { day: 0, facts: [images([40])], registry: { projects } },
  ]);
  expect(cache.nights[0]).toMatchObject({ gone: { artifacts: 1 }, trash: { artifacts: 0 } });
  expect(cache.watched[0]?.removal.undo).toBe('none');
});
