import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Limits } from '../../functions/domain/limits.ts';
import type { Family } from '../../functions/domain/plan.ts';
import {
  allowedInRepository,
  cutoffFor,
  oldestUpTo,
  waitsFor,
} from '../../functions/plan/trim-to-limits.ts';
import { builder, day, digestOf, now } from '../support/builder.ts';
import { contextOf, judge, ruleOn, verdictOn } from '../support/judge.ts';
import { judgeRepository } from '../../functions/plan/judge-repository.ts';

const unlimited: Limits = {
  maxDeletions: 'unlimited',
  maxDeletionsPercent: 'unlimited',
  maxDeletionsPercentPerRepository: 'unlimited',
  maxBytes: 'unlimited',
  onBreach: 'oldestFirst',
};
const family = (pushedAt: number, rest: Partial<Family> = {}): Family => ({
  pushedAt,
  digest: `d${pushedAt}`,
  repository: 'team/web',
  deletions: 1,
  bytes: 100,
  ...rest,
});
const three = [family(3), family(1), family(2)];

test('within the limits there is no cutoff', () => {
  expect(cutoffFor(three, unlimited, 10)).toBeUndefined();
  expect(cutoffFor(three, { ...unlimited, maxDeletions: 3 }, 10)).toBeUndefined();
  expect(cutoffFor([], { ...unlimited, maxDeletions: 0 }, 10)).toBeUndefined();
});

test.each<[string, Partial<Limits>, number, number | undefined]>([
  ['maxDeletions', { maxDeletions: 2 }, 10, 2],
  ['maxDeletions', { maxDeletions: 0 }, 10, undefined],
  ['maxDeletionsPercent', { maxDeletionsPercent: 10 }, 19, 1],
  ['maxDeletionsPercent', { maxDeletionsPercent: 20 }, 4, undefined],
  ['maxBytes', { maxBytes: 299 }, 10, 2],
  ['maxBytes', { maxBytes: 200 }, 10, 2],
])('%s: the oldest up to the limit go (%j of %d)', (limit, limits, ...[artifacts, last]) => {
  const cutoff = cutoffFor(three, { ...unlimited, ...limits }, artifacts);
  expect(cutoff?.limit).toBe(limit);
  expect(cutoff?.last?.pushedAt).toBe(last);
});

test('of several limits the one that is reached first is named', () => {
  const limits = { ...unlimited, maxDeletions: 2, maxBytes: 150 };
  expect(cutoffFor(three, limits, 10)).toMatchObject({ limit: 'maxBytes', last: { pushedAt: 1 } });
});

test('equal times are cut by digest, then by repository', () => {
  const equal = [
    family(1, { digest: 'b' }),
    family(1, { digest: 'a', repository: 'team/z' }),
    family(1, { digest: 'a', repository: 'team/a' }),
  ];
  const cutoff = cutoffFor(equal, { ...unlimited, maxDeletions: 1 }, 10);
  if (cutoff === undefined) throw new Error('no cutoff');
  const waits = equal.map((one) => waitsFor(one, cutoff));
  expect(waits).toEqual(['maxDeletions', 'maxDeletions', undefined]);
});

test('no younger family overtakes an older one that does not fit beside the others', () => {
  const families = [family(1), family(2, { deletions: 5 }), family(3)];
  expect(oldestUpTo(families, 5).map(({ pushedAt }) => pushedAt)).toEqual([1]);
  expect(cutoffFor(families, { ...unlimited, maxDeletions: 5 }, 100)?.last?.pushedAt).toBe(1);
});

test.each<[string, Partial<Limits>, Partial<Family>]>([
  ['maxDeletions', { maxDeletions: 2 }, { deletions: 3 }],
  ['maxDeletionsPercent', { maxDeletionsPercent: 10 }, { deletions: 3 }],
  ['maxBytes', { maxBytes: 300 }, { bytes: 301 }],
])('%s: what alone exceeds it is set aside by name, and the others go', (limit, limits, large) => {
  const families = [family(1, large), family(2), family(3)];
  const cutoff = cutoffFor(families, { ...unlimited, ...limits }, 20);
  expect(cutoff?.setAside).toMatchObject([{ digest: 'd1', repository: 'team/web', limit }]);
  expect(cutoff?.limit).toBeUndefined();
  const exactly = families.map((one) => ({ ...one, deletions: 1, bytes: 100 }));
  expect(cutoffFor(exactly, { ...unlimited, ...limits, maxDeletions: 3 }, 30)).toBeUndefined();
});

test('where a limit allows nothing, everything waits and nothing is set aside', () => {
  const cutoff = cutoffFor(three, { ...unlimited, maxBytes: 0 }, 10);
  expect(cutoff).toEqual({ limit: 'maxBytes', artifacts: 10, setAside: [] });
});

test('an artifact too large for a limit stays, with a reason that says so, and the others go', () => {
  const policy = ruleOn('none', 'limits: { maxBytes: 1GB, onBreach: oldestFirst }');
  let registry = builder().push('huge', { daysAgo: 300, size: 1e15 });
  for (let n = 0; n < 20; n += 1) registry = registry.push(`o${n}`, { daysAgo: 200 - n });
  const repository = registry.repository();
  const context = contextOf(policy);
  const first = judgeRepository(repository, context);
  const cutoff = cutoffFor(first.families, policy.limits, first.totals.artifacts);
  const second = judgeRepository(repository, { ...context, ...(cutoff && { cutoff }) });
  const huge = second.verdicts.find(({ artifact }) => artifact.digest === digestOf('huge'));
  expect(huge?.reason).toMatchObject({ code: 'next-time', limit: 'maxBytes', alone: true });
  expect(second.totals.deletions).toBeGreaterThan(0);
});

test('a family too large for its repository’s percentage is set aside, and the others go', () => {
  const policy = ruleOn(
    'none',
    'limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 20, onBreach: oldestFirst }',
  );
  let registry = builder();
  for (let n = 0; n < 9; n += 1) registry = registry.push(`o${n}`, { daysAgo: 200 - n });
  const repository = registry
    .push('large', { daysAgo: 400 })
    .attest('a', 'large', { daysAgo: 400 })
    .attest('b', 'large', { daysAgo: 400 })
    .repository();
  const context = contextOf(policy);
  const first = judgeRepository(repository, context);
  const cutoff = cutoffFor(first.families, policy.limits, first.totals.artifacts);
  expect(cutoff?.setAside).toMatchObject([{ limit: 'maxDeletionsPercentPerRepository' }]);
  expect(first.totals.deletions).toBe(2);
  const waiting = { code: 'next-time', rule: 'rule', limit: 'maxDeletionsPercentPerRepository' };
  expect(verdictOn(first, digestOf('large')).reason).toEqual({ ...waiting, alone: true });
  expect(verdictOn(first, digestOf('o8')).reason).toEqual(waiting);
});

test('the percentage of a repository is of what Harbor counts, so not of the parts of an index', () => {
  const policy = ruleOn(
    'none',
    'limits: { maxDeletionsPercentPerRepository: 20, onBreach: oldestFirst }',
  );
  const deletionsOf = (images: number): number => {
    let built = builder().untagged('amd64').untagged('arm64').index('index', ['amd64', 'arm64']);
    for (let n = 0; n < images; n += 1) built = built.push(`o${n}`, { daysAgo: 200 - n });
    return judge(built.repository(), policy).totals.deletions;
  };
  expect(deletionsOf(8)).toBe(9);
  expect(deletionsOf(9)).toBe(2);
});

test('a repository of fewer than ten artifacts is exempt from its percentage', () => {
  const limits = { ...unlimited, maxDeletionsPercentPerRepository: 50 };
  expect(allowedInRepository(limits, 9)).toBe(Infinity);
  expect(allowedInRepository(limits, 10)).toBe(5);
  expect(allowedInRepository(limits, 11)).toBe(5);
});

test('what is let through never exceeds a limit, and what waits is never older', () => {
  const families = fc.array(
    fc.record({
      at: fc.nat(5),
      digest: fc.constantFrom('a', 'b', 'c', 'd'),
      deletions: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(families, fc.nat(12), (drawn, maxDeletions) => {
      const all = drawn.map(({ at, digest, deletions }, index) =>
        family(at, { digest, deletions, repository: `team/${index}` }),
      );
      const cutoff = cutoffFor(all, { ...unlimited, maxDeletions }, 100);
      const aside = new Set(cutoff?.setAside.map(({ repository }) => repository));
      const rest = all.filter(({ repository }) => !aside.has(repository));
      const going = rest.filter(
        (one) => cutoff === undefined || waitsFor(one, cutoff) === undefined,
      );
      let deletions = 0;
      for (const one of going) deletions += one.deletions;
      expect(deletions).toBeLessThanOrEqual(maxDeletions);
      const waiting = rest.filter((one) => !going.includes(one));
      const youngest = Math.max(0, ...going.map(({ pushedAt }) => pushedAt));
      for (const one of waiting) expect(one.pushedAt).toBeGreaterThanOrEqual(youngest);
    }),
  );
});

const trimming = ruleOn('none', 'limits: { maxDeletions: 1, onBreach: oldestFirst }');

test('families are reported only where limits put them off', () => {
  const repository = builder().push('a').repository();
  expect(judge(repository, ruleOn('none')).families).toEqual([]);
  expect(judge(repository, trimming).families).toEqual([
    {
      pushedAt: repository.artifacts[0]?.pushedAt,
      digest: digestOf('a'),
      repository: 'team/web',
      deletions: 1,
      bytes: 1_000_000,
    },
  ]);
});

test('an index, its children and all that is about them are one family', () => {
  const repository = builder()
    .untagged('amd64')
    .push('arm64', { daysAgo: 60 })
    .index('index', ['amd64', 'arm64', 'unlisted'], { daysAgo: 200, accessories: ['sig'] })
    .attest('a', 'index')
    .attest('b', 'amd64')
    .attest('c', 'unlisted')
    .attest('d', 'sig')
    .attest('e', 'd')
    .push('other', { size: 7 })
    .push('young', { daysAgo: 0 })
    .repository();
  const { families, totals } = judge(repository, trimming);
  const members = ['amd64', 'arm64', 'index', 'a', 'b', 'c', 'd', 'e'].map(digestOf);
  expect(families).toEqual([
    {
      pushedAt: now - 60 * day,
      digest: members.toSorted()[0],
      repository: 'team/web',
      deletions: 7,
      bytes: 7_000_000,
    },
    {
      pushedAt: now - 100 * day,
      digest: digestOf('other'),
      repository: 'team/web',
      deletions: 1,
      bytes: 7,
    },
  ]);
  expect(totals.deletions).toBe(8);
});

test('indexes that share children are one family, however many they share', () => {
  const repository = builder()
    .push('amd64', { daysAgo: 80 })
    .push('arm64', { daysAgo: 90 })
    .index('one', ['amd64', 'arm64'], { daysAgo: 70 })
    .index('two', ['arm64', 'amd64'], { daysAgo: 50 })
    .repository();
  const { families } = judge(repository, trimming);
  expect(families).toMatchObject([{ deletions: 4, pushedAt: now - 50 * day }]);
});

test('with the cutoff a repository is judged again, and what waits stays with all its tags', () => {
  const repository = builder()
    .push('old', { daysAgo: 200 })
    .push('new', { daysAgo: 100 })
    .repository();
  const context = contextOf(trimming);
  const first = judgeRepository(repository, context);
  const cutoff = cutoffFor(first.families, trimming.limits, first.totals.artifacts);
  if (cutoff === undefined) throw new Error('no cutoff');
  const second = judgeRepository(repository, { ...context, cutoff });
  expect(cutoff).toMatchObject({ limit: 'maxDeletionsPercent' });
  expect(second.actions).toEqual([]);
  expect(second.totals).toMatchObject({ deletions: 0, deferred: 2 });
  const wide = { limit: 'maxDeletions', last: first.families[0] };
  const third = judgeRepository(repository, {
    ...context,
    cutoff: { ...cutoff, ...wide } as typeof cutoff,
  });
  expect(third.totals).toMatchObject({ deletions: 1, deferred: 1 });
  expect(verdictOn(third, digestOf('new')).reason).toEqual({
    code: 'next-time',
    rule: 'rule',
    limit: 'maxDeletions',
  });
});
