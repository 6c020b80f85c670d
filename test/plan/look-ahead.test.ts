import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  judgedAt,
  lookAhead,
  mergeLookAheads,
  untaggedByThen,
} from '../../functions/plan/look-ahead.ts';
import { judgeRepository } from '../../functions/plan/judge-repository.ts';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { UntaggedSince } from '../../functions/domain/run-history.ts';
import { deleted, policies, policyOf, repositories } from '../properties/registries.ts';
import { builder, day, digestOf, headOf, now } from '../support/builder.ts';
import { contextOf, ruleOn, ruleOnUntagged } from '../support/judge.ts';

function ahead(facts: RepositoryFacts, policy: Policy) {
  const context = contextOf(policy);
  return lookAhead(facts, judgeRepository(facts, context), context);
}

const month = ruleOn('pushedWithin: 30d');

test('what goes in 7 and in 30 days is told apart from what goes now, with its rule', () => {
  const facts = builder()
    .push('now', { daysAgo: 40, size: 1 })
    .push('soon', { daysAgo: 25, size: 10 })
    .push('later', { daysAgo: 10, size: 100 })
    .push('young', { daysAgo: 0, size: 1000 })
    .repository();
  const sums = (deletions: number, bytes: number) => ({
    deletions,
    bytes,
    rules: [{ rule: 'rule', deletions, bytes }],
    repositories: [{ repository: 'team/web', deletions, bytes }],
  });
  expect(ahead(facts, month)).toEqual([
    { days: 7, ...sums(1, 10) },
    { days: 30, ...sums(2, 110) },
  ]);
});

test('the untagged children of an index that goes are not counted besides it', () => {
  const facts = builder()
    .untagged('child', { daysAgo: 28 })
    .index('index', ['child'], { daysAgo: 28, size: 7 })
    .repository();
  expect(ahead(facts, month).map(({ deletions, bytes }) => [deletions, bytes])).toEqual([
    [1, 7],
    [1, 7],
  ]);
});

test('what is without a tag today is known as that since today, and what was known stays so', () => {
  const facts = builder()
    .untagged('seen before')
    .untagged('new')
    .push('tagged')
    .push('not read', { tags: 'unknown' })
    .repository();
  const before = [digestOf('seen before'), now - 5 * day] as const;
  const today = [digestOf('new'), now] as const;
  expect(untaggedByThen(facts, new Map([before]), now)).toEqual(new Map([before, today]));
  const all = new Map([today, [digestOf('seen before'), now]]);
  expect(untaggedByThen(facts, 'unknown', now)).toEqual(all);
  const torn = {
    kind: 'unplannable',
    head: facts.head,
    seen: facts.artifacts,
    because: '',
  } as const;
  expect(untaggedByThen(torn, new Map([before]), now)).toEqual(new Map([before]));
});

test('an artifact that lost its tags goes when runs have seen it without for long enough', () => {
  const policy = ruleOnUntagged('untaggedWithin: 20d');
  const facts = builder().untagged('a', { size: 3 }).repository();
  const days = (untaggedSince?: UntaggedSince) => {
    const context = contextOf(policy, untaggedSince && { untaggedSince });
    return lookAhead(facts, judgeRepository(facts, context), context).map((one) => one.days);
  };
  expect(days()).toEqual([30]);
  expect(days(new Map([[digestOf('a'), now - 15 * day]]))).toEqual([7, 30]);
});

test('where nothing more goes, and where nothing is known, there is nothing to tell', () => {
  const old = builder().push('old', { daysAgo: 90 }).repository();
  expect(ahead(old, month)).toEqual([]);
  const seen = builder().push('soon', { daysAgo: 25 }).artifacts();
  const torn = { kind: 'unplannable', head: headOf('team/web'), seen, because: 'torn' } as const;
  expect(ahead(torn, month)).toEqual([]);
});

test('sums over repositories name the ten with the most, and both horizons, always', () => {
  const all = Array.from({ length: 12 }, (_, index) => ({
    days: 30,
    deletions: index + 1,
    bytes: 1,
    rules: [{ rule: index % 2 === 0 ? 'odd' : 'even', deletions: index + 1, bytes: 1 }],
    repositories: [{ repository: `team/r${index}`, deletions: index + 1, bytes: 1 }],
  }));
  const [week, monthly] = mergeLookAheads(all);
  expect(week).toEqual({ days: 7, deletions: 0, bytes: 0, rules: [], repositories: [] });
  expect(monthly).toMatchObject({
    deletions: 78,
    bytes: 12,
    rules: [
      { rule: 'even', deletions: 42, bytes: 6 },
      { rule: 'odd', deletions: 36, bytes: 6 },
    ],
  });
  expect(monthly?.repositories.map(({ deletions }) => deletions)).toEqual([
    12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
  ]);
});

// The shortcut of looking at the farther horizon first rests on this.
test('time alone saves nothing: what goes at one instant goes at every later one', () => {
  const span = fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 60 }));
  fc.assert(
    fc.property(repositories, policies, span, (facts, drawn, [first, more]) => {
      const context = contextOf(policyOf(drawn));
      const at = (days: number) =>
        deleted(judgeRepository(facts, judgedAt(context, now + days * day)));
      const later = at(first + more);
      expect([...at(first)].filter((digest) => !later.has(digest))).toEqual([]);
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
  );
});
