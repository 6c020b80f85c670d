import { expect, test } from '@jest/globals';
import { approvedRule, type ApprovedList } from '../../functions/domain/approval.ts';
import type { Ranking } from '../../functions/domain/ranking.ts';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import type { JudgeContext } from '../../functions/plan/judge-context.ts';
import { judgeRepository } from '../../functions/plan/judge-repository.ts';
import { accessoryTag, builder, day, digestOf, headOf, now } from '../support/builder.ts';
import { contextOf, policyFrom, verdictOn } from '../support/judge.ts';

const factor = (weight: number, low: number, high: number) => ({ weight, range: { low, high } });
const ranking: Ranking = {
  update_time: { base: 0.5, factors: [factor(1, 0, 7)] },
  pull_count: { base: 0.3, factors: [factor(0.8, 0, 100)] },
  tags_count: { base: 0.1, factors: [factor(0.5, 0, 3)] },
};
/** Of every repository here: updated yesterday, pulled twelve times, fewer than three tags. */
const score = 0.5 + 0.24 + 0.05;
/** Seven days ago. */
const rankedAt = now - 7 * day;

// No rule selects anything here: the list works by itself, whatever the floor and the percentage per repository.
const policy = policyFrom(`version: 1
rules:
  - { name: far, select: { projects: [elsewhere], tags: ['**'] }, keep: none }
protect: { labels: [keep], tags: [], minimumAge: 1h, keepAtLeast: 5 }
limits: { onBreach: oldestFirst, maxDeletionsPercentPerRepository: 10 }`);
const ranked = { ...policy, repositories: { ...policy.repositories, ranking } };

const listOf = (name: string, approvedScore = score): ApprovedList => ({
  harbor: 'https://harbor.example',
  rankedAt,
  repositories: [{ name, score: approvedScore }],
});

const plan = (
  facts: RepositoryFacts,
  given: Partial<JudgeContext> = { approved: listOf('team/web') },
) => judgeRepository(facts, { ...contextOf(ranked), ...given });

const web = builder()
  .push('a')
  .push('b', { daysAgo: 8 })
  .push('kept', { labels: ['keep'], tags: [] })
  .repository();

test('an approved repository goes whole, by the list’s own name, but what is held', () => {
  const { verdicts, actions, totals, approvalRefused } = plan(web);
  expect(verdicts.map(({ fate }) => fate)).toEqual(['delete', 'delete', 'keep']);
  expect(verdicts[0]?.reason).toEqual({ code: 'condemned', rule: approvedRule, missed: [] });
  expect(verdicts[2]?.reason).toMatchObject({ code: 'held', by: 'labels' });
  expect(actions).toHaveLength(2);
  expect(totals).toMatchObject({ approved: true, deletions: 2 });
  expect(approvalRefused).toBeUndefined();
});

test('what a held index lists stays with it, though the list names all of the repository', () => {
  const built = builder()
    .push('child')
    .push('free')
    .index('index', ['child'], { labels: ['keep'] })
    .push('about', { tags: ['about', accessoryTag('index', '.sig')] });
  const { verdicts } = plan(built.repository());
  const said = verdicts.map(({ fate, reason }) => [fate, reason.code]);
  expect(said.slice(0, 3)).toEqual([
    ['keep', 'parent-kept'],
    ['delete', 'condemned'],
    ['keep', 'held'],
  ]);
  // Of what names an image that stays, and has a name of its own, rather more is kept.
  expect(verdicts[3]).toMatchObject({
    fate: 'keep',
    reason: { code: 'subject-kept', subject: digestOf('index') },
  });
});

test('what is not on the list is judged by the rules, and is neither approved nor refused', () => {
  for (const given of [{}, { approved: listOf('team/webs') }, { approved: listOf('web') }]) {
    const result = plan(web, given);
    expect(result.verdicts.map(({ fate }) => fate)).toEqual(['keep', 'keep', 'keep']);
    expect(result).not.toHaveProperty('approvalRefused');
    expect(result.totals).not.toHaveProperty('approved');
  }
});

test('what hangs on an approved artifact goes with it or follows it; what is not known of it stays', () => {
  const built = builder()
    .untagged('leaf')
    .index('index', ['leaf'])
    .attest('att', 'index')
    .push('blind', { labels: 'unknown' })
    .attest('blind-att', 'index', { accessories: 'unknown' });
  const { verdicts } = plan(built.repository());
  expect(verdicts.map(({ fate, reason }) => [fate, reason.code])).toEqual([
    ['delete', 'goes-with-parent'],
    ['delete', 'condemned'],
    ['delete', 'follows-subject'],
    ['keep', 'fact-unknown'],
    ['keep', 'fact-unknown'],
  ]);
});

test.each([
  ['exactly', 0, true],
  ['a little more', 0.049, true],
  ['a little less', -0.049, true],
  ['too much more', 0.051, false],
  ['too much less', -0.051, false],
])('a score may have moved by 0.05 at most: %s', (_, moved, goes) => {
  const result = plan(web, { approved: listOf('team/web', score + moved) });
  expect(result.approvalRefused === undefined).toBe(goes);
  expect(result.actions.length > 0).toBe(goes);
  if (!goes) expect(result.approvalRefused).toContain(`${score + moved} was approved`);
});

test('once a plan followed the list, what it deleted since moves the score without a refusal', () => {
  const approved = listOf('team/web', 0.1);
  expect(plan(web, { approved, approvalStands: true }).actions).toHaveLength(2);
  const unranked = plan(web, { approved, policy, approvalStands: true });
  expect(unranked.actions).toHaveLength(2);
});

test('a policy without a ranking has no score to compare', () => {
  const result = plan(web, { approved: listOf('team/web'), policy });
  expect(result.approvalRefused).toMatch(/ranks no repositories/);
  expect(result.actions).toEqual([]);
});

const hours = 1 / 24;

test.each([
  ['an artifact', { daysAgo: 7 - hours }, /pushed on 2026-11-14.*after the ranking/],
  ['a tag', { tags: ['x', { name: 'y', daysAgo: 1 }] }, /pushed on 2026-11-20/],
  ['an artifact at an unknown time', { daysAgo: 'unknown' as const }, /not known/],
  ['tags that are not known', { tags: 'unknown' as const }, /not known/],
  ['a tag at an unknown time', { tags: [{ name: 'y', daysAgo: 'unknown' as const }] }, /not known/],
])('nothing goes of a repository to which %s was pushed since the ranking', (_, pushed, words) => {
  const result = plan(builder().push('a').push('late', pushed).repository());
  expect(result.approvalRefused).toMatch(words);
  expect(result.actions).toEqual([]);
});

test('what was pushed in the very moment of the ranking had been seen', () => {
  const seen = builder().push('a', { daysAgo: 7 }).repository();
  expect(plan(seen).actions).toHaveLength(1);
});

test('an approved repository that could not be read stays, and says why; another one says nothing', () => {
  const { artifacts } = web;
  const torn = (name: string): RepositoryFacts => {
    return { kind: 'unplannable', head: headOf(name), seen: artifacts, because: 'torn' };
  };
  const result = plan(torn('team/web'));
  expect(result).toMatchObject({ approvalRefused: 'torn', actions: [], families: [] });
  expect(verdictOn(result, digestOf('a'))).toMatchObject({
    fate: 'keep',
    reason: { code: 'unplannable', because: 'torn' },
  });
  expect(plan(torn('team/api'))).not.toHaveProperty('approvalRefused');
});
