import { describe, expect, test } from '@jest/globals';
import type { RollOut } from '../../functions/domain/roll-out.ts';
import { holdBack, wholeFate } from '../../functions/plan/hold-back.ts';
import type { Judgement } from '../../functions/plan/judge-subjects.ts';
import { wholePlan } from '../../functions/plan/whole-plan.ts';
import { addWaiting } from '../../functions/plan/waiting.ts';
import { builder, now } from '../support/builder.ts';
import { contextOf, judge, policyFrom, unprotected, verdicts } from '../support/judge.ts';
import { planWith, repository } from '../guard/support.ts';
import { judgeRepository } from '../../functions/plan/judge-repository.ts';
import { lookAhead } from '../../functions/plan/look-ahead.ts';

const rollOut: RollOut = { startedAt: now, endsAt: now + 7, phase: 'first' };
const condemned = { code: 'condemned', rule: 'ci', missed: [] } as const;
const judgements: readonly Judgement[] = [
  { fate: 'keep', reason: { code: 'not-selected' } },
  { fate: 'delete', reason: condemned },
  { fate: 'untag', tags: ['a', 'b'], reason: condemned },
  { fate: 'delete', reason: { code: 'follows-subject', rule: 'sig', subject: 'x' } },
];
const held = (given: RollOut | undefined, name = 'team/web') =>
  holdBack(judgements, given, name).map(({ fate, reason }) => ({ fate, ...reason }));
const waits = { fate: 'keep', code: 'rollout-waits', rule: 'ci' } as const;

describe('what is condemned', () => {
  test.each<readonly [string, RollOut | undefined, string]>([
    ['without a roll-out', undefined, 'team/web'],
    ['once all may go', { ...rollOut, phase: 'all' }, 'team/web'],
    ['in the first tenth', rollOut, 'team/api'],
    ['in the repository that stands in', { ...rollOut, standIn: 'team/web' }, 'team/web'],
  ])('goes %s', (_, given, name) => {
    expect(holdBack(judgements, given, name)).toBe(judgements);
  });

  test('waits elsewhere, with its tags and what follows it; what is kept stays as it is', () => {
    expect(held(rollOut)).toEqual([
      { fate: 'keep', code: 'not-selected' },
      { ...waits, until: now + 7 },
      { ...waits, until: now + 7, tags: ['a', 'b'] },
      { ...waits, rule: 'sig', until: now + 7 },
    ]);
  });

  test('waits for the beginning in the first repositories, and for the end in the others', () => {
    const before: RollOut = { ...rollOut, phase: 'before' };
    expect(held(before, 'team/api')[1]).toEqual({ ...waits, isFirst: true, until: now });
    expect(held(before)[1]).toEqual({ ...waits, until: now + 7 });
  });

  test('waits for no certain day while a run holds the roll-out', () => {
    expect(held({ ...rollOut, heldBy: 'r1' })[1]).toEqual({ ...waits, heldBy: 'r1' });
  });
});

test('the fate as if it were over is the one before it was held back', () => {
  const again = holdBack(judgements, rollOut, 'team/web').map(wholeFate);
  expect(again).toEqual(judgements.map(({ fate }) => fate));
});

const policy = policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: none }
  - { name: pr, select: { projects: ['**'], tags: ['pr-*'] }, untag: true, keep: none }
canaries: { mustStay: ['team/web:ci-1'] }
${unprotected()}`);
const facts = builder()
  .push('a', { tags: ['ci-1'], daysAgo: 50, size: 10 })
  .push('b', { tags: ['ci-2'], daysAgo: 40, size: 20 })
  .push('c', { tags: ['pr-1', 'pr-2', 'v1'], daysAgo: 30, size: 40 })
  .repository();

test('what waits is counted for its rule and its repository, and nothing of it is an action', () => {
  const plan = judge(facts, policy, { rollOut });
  expect(plan.actions).toEqual([]);
  expect(plan.totals).toMatchObject({
    deletions: 0,
    deletionBytes: 0,
    tagRemovals: 0,
    waiting: { artifacts: 2, bytes: 30, tags: 2 },
  });
  expect(plan.rules).toMatchObject([
    {
      rule: 'ci',
      selected: 2,
      kept: 2,
      deletions: 0,
      waiting: { artifacts: 2, bytes: 30, tags: 0 },
    },
    { rule: 'pr', selected: 1, kept: 1, waiting: { artifacts: 0, bytes: 0, tags: 2 } },
  ]);
  expect(plan.reasons).toEqual([
    { code: 'rollout-waits', by: 'ci', artifacts: 2, bytes: 30 },
    { code: 'rollout-waits', by: 'pr', artifacts: 1, bytes: 40 },
  ]);
  const whole = judge(facts, policy);
  expect(whole.totals).not.toHaveProperty('waiting');
  for (const one of whole.rules) expect(one).not.toHaveProperty('waiting');
});

test('a canary that would go is seen to go, though it waits', () => {
  expect(judge(facts, policy, { rollOut }).canaries).toMatchObject([{ fate: 'delete' }]);
});

test('a repository that a person approved does not wait', () => {
  const approved = {
    harbor: 'https://harbor.example',
    rankedAt: now,
    repositories: [{ name: 'team/web', score: 0 }],
  };
  const around = { ...contextOf(policy, { rollOut }), approved, approvalStands: true } as const;
  expect(judgeRepository(facts, around).totals).toMatchObject({ deletions: 3, approved: true });
});

test('limits trim what may go, and count nothing that waits', () => {
  const limited = policyFrom(`version: 1
rules: [{ name: ci, select: { projects: ['**'], tags: ['**'] }, keep: none }]
limits: { maxDeletionsPercentPerRepository: 50, onBreach: oldestFirst }
${unprotected()}`);
  let many = builder();
  for (let n = 0; n < 10; n += 1) many = many.push(`m${n}`, { tags: [`t${n}`], daysAgo: 50 - n });
  const waiting = judge(many.repository(), limited, { rollOut });
  expect(waiting.families).toEqual([]);
  expect(waiting.totals).toMatchObject({ deferred: 0, waiting: { artifacts: 10 } });
  const going = judge(many.repository(), limited, { rollOut: { ...rollOut, standIn: 'team/web' } });
  expect(going.totals).toMatchObject({ deletions: 5, deferred: 5 });
});

test('a look ahead takes the roll-out to be over, then as now', () => {
  const later = policyFrom(`version: 1
rules: [{ name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: { pushedWithin: 45d } }]
${unprotected()}`);
  const context = contextOf(later, { rollOut });
  const found = verdicts(facts, later, { rollOut });
  expect(found).toMatchObject({ 'ci-1': { fate: 'keep' }, 'ci-2': { fate: 'keep' } });
  const whole = facts.artifacts.map(({ tags }) => ({
    fate: tags !== 'unknown' && tags[0]?.name === 'ci-1' ? ('delete' as const) : ('keep' as const),
  }));
  expect(lookAhead(facts, { verdicts: whole }, context)).toMatchObject([
    { days: 7, deletions: 1, bytes: 20 },
    { days: 30, deletions: 1, bytes: 20 },
  ]);
});

describe('the sums as if it were over', () => {
  const waiting = { artifacts: 3, bytes: 30, tags: 2 };
  const sums = { deletions: 1, deletionBytes: 10, tagRemovals: 1 };
  const plan = planWith({
    population: { ...sums, waiting },
    repositories: [repository({ ...sums, waiting }), repository({ repository: 'f', ...sums })],
  });

  test('have what waits beside what goes', () => {
    const whole = { deletions: 4, deletionBytes: 40, tagRemovals: 3 };
    expect(wholePlan(plan, { onBreach: 'refuse' })).toMatchObject({
      population: whole,
      repositories: [whole, sums],
    });
  });

  test('have only its single tags where artifacts are trimmed to the limits', () => {
    const trimmed = { ...sums, tagRemovals: 3 };
    expect(wholePlan(plan, { onBreach: 'oldestFirst' })).toMatchObject({
      population: trimmed,
      repositories: [trimmed, sums],
    });
  });

  test('are added where there are any', () => {
    expect(addWaiting(undefined, undefined)).toBeUndefined();
    expect(addWaiting(waiting, undefined)).toEqual(waiting);
    expect(addWaiting(undefined, waiting)).toEqual(waiting);
    expect(addWaiting(waiting, { artifacts: 1, bytes: 2, tags: 4 })).toEqual({
      artifacts: 4,
      bytes: 32,
      tags: 6,
    });
  });
});
