import { expect, test } from '@jest/globals';
import { judgeSubjects } from '../../functions/plan/judge-subjects.ts';
import { builder, day, digestOf, now, type Pushed } from '../support/builder.ts';
import { judge, policyFrom, unprotected, verdictOn } from '../support/judge.ts';

const policy = policyFrom(`version: 1
rules:
  - { name: dev, select: { projects: ['**'], tags: ['d*'] }, keep: { pushedWithin: 30d } }
  - { name: rel, select: { projects: ['**'], tags: ['r*'] }, keep: { pushedWithin: 60d } }
  - { name: all, select: { projects: ['**'], tags: ['{d,r}*'] }, keep: { pushedWithin: 2d } }
  - { name: ver, select: { projects: ['**'], tags: ['{v,w}*'] }, keep: { highestVersions: { count: 1 } } }
  - { name: pull, select: { projects: ['**'], tags: ['p*'] }, keep: { pulledWithin: 30d } }
${unprotected()}`);

const on = (tags: Pushed['tags'], daysAgo: number) => {
  const built = builder().push('one', { ...(tags !== undefined && { tags }), daysAgo });
  const plan = judge(built.repository(), policy, { registry: { pullSignal: 'lost' } });
  const { fate, reason } = verdictOn(plan, digestOf('one'));
  return { fate, reason };
};

const note = (rule: string, days: number, daysAgo: number) => ({
  rule,
  condition: 'pushedWithin',
  margin: {
    kind: 'time',
    by: 'pushed',
    since: now - daysAgo * day,
    goesAt: now + (days - daysAgo) * day + 1,
  },
});

test('of several tags that rules keep, all keeps are told, the longest first and each once', () => {
  const { condition, margin } = note('rel', 60, 20);
  const longest = { code: 'kept-by-rule', rule: 'rel', condition, margin };
  expect(on(['r1'], 20)).toEqual({ fate: 'keep', reason: { ...longest, also: [] } });
  for (const tags of [
    ['d1', 'r1'],
    ['r1', 'd1'],
    ['d1', 'r1', 'd2', 'r2'],
  ]) {
    const also = [note('dev', 30, 20)];
    expect(on(tags, 20)).toEqual({ fate: 'keep', reason: { ...longest, also } });
  }
});

test('a tag that no rule selects is named only where others are kept otherwise', () => {
  expect(on(['x'], 20)).toEqual({ fate: 'keep', reason: { code: 'not-selected' } });
  expect(on(['x', 'y'], 20)).toEqual({ fate: 'keep', reason: { code: 'not-selected' } });
  for (const tags of [
    ['d1', 'x'],
    ['x', 'd1'],
    ['x', 'y', 'd1'],
  ]) {
    expect(on(tags, 20)).toEqual({ fate: 'keep', reason: { code: 'not-selected', tag: 'x' } });
  }
});

test.each([
  ['is no version', 'wip', { code: 'not-a-version', tag: 'wip', rule: 'ver' }],
  ['needs pulls that are lost', 'p1', { code: 'pull-signal-lost', rule: 'pull' }],
])('what is not known of a tag speaks before what keeps another: it %s', (_, tag, reason) => {
  expect(on([tag], 20).reason).toMatchObject(reason);
  for (const tags of [
    ['d1', tag],
    [tag, 'd1'],
    ['d2', tag, 'd1'],
  ]) {
    expect(on(tags, 20).reason).toMatchObject(reason);
    expect(on(tags, 20).reason).not.toHaveProperty('also');
  }
});

test('a tag that stays names itself, why it stays, and what would have gone', () => {
  expect(on(['x', 'd2', 'd1'], 90)).toEqual({
    fate: 'keep',
    reason: {
      code: 'other-tag-kept',
      tag: 'x',
      saved: { code: 'not-selected' },
      condemned: ['d1', 'd2'],
    },
  });
});

test('what goes names the rule whose name sorts first, and by how much each condition of each rule missed', () => {
  const missed = ['all', 'dev', 'rel'].map((rule) =>
    note(rule, { all: 2, dev: 30, rel: 60 }[rule] ?? 0, 90),
  );
  for (const tags of [
    ['d1', 'r1'],
    ['r1', 'd1'],
  ]) {
    expect(on(tags, 90)).toEqual({
      fate: 'delete',
      reason: { code: 'condemned', rule: 'all', missed },
    });
  }
  expect(on(['d1'], 90).reason).toMatchObject({ rule: 'all', missed: missed.slice(0, 2) });
});

test('one of several condemned tags goes only if every rule that condemns one says untag', () => {
  const untagging = (one: boolean, other: boolean) =>
    policyFrom(`version: 1
rules:
  - { name: a, select: { projects: ['**'], tags: ['d*'] }, keep: none, untag: ${one} }
  - { name: b, select: { projects: ['**'], tags: ['*2'] }, keep: none, untag: ${other} }
${unprotected()}`);
  const fateOf = (tags: readonly string[], one: boolean, other: boolean) => {
    const plan = judge(builder().push('one', { tags }).repository(), untagging(one, other));
    const verdict = verdictOn(plan, digestOf('one'));
    return verdict.fate === 'untag' ? verdict.tags : verdict.fate;
  };
  expect(fateOf(['d2', 'd1', 'x'], true, true)).toEqual(['d1', 'd2']);
  expect(fateOf(['d2', 'd1', 'x'], true, false)).toBe('keep');
  expect(fateOf(['d2', 'd1', 'x'], false, true)).toBe('keep');
  expect(fateOf(['d1', 'x'], true, false)).toEqual(['d1']);
  expect(fateOf(['d1', 'x2'], true, false)).toBe('delete');
});

test('of several tags that rules keep, the one that lasts longest is named as the one that saved the rest', () => {
  const mixed = policyFrom(`version: 1
rules:
  - { name: a, select: { projects: ['**'], tags: ['a*'] }, keep: { pushedWithin: 30d } }
  - { name: b, select: { projects: ['**'], tags: ['b*'] }, keep: { pushedWithin: 60d } }
  - { name: c, select: { projects: ['**'], tags: ['c*'] }, keep: none }
${unprotected()}`);
  for (const tags of [
    ['a1', 'b1', 'c1'],
    ['c1', 'b1', 'a1'],
  ]) {
    const plan = judge(builder().push('one', { tags, daysAgo: 20 }).repository(), mixed);
    expect(verdictOn(plan, digestOf('one')).reason).toMatchObject({
      code: 'other-tag-kept',
      tag: 'b1',
      saved: { rule: 'b' },
      condemned: ['c1'],
    });
  }
});

test('what a rule selects, and was not asked about, stays', () => {
  const [rule] = policy.rules;
  if (rule === undefined) throw new Error('no rule');
  const subjects = [{ subject: 'd1', rules: [rule] }];
  for (const answers of [new Map(), new Map([[rule, new Map()]])]) {
    expect(judgeSubjects(digestOf('one'), subjects, answers)).toMatchObject({
      fate: 'keep',
      reason: { code: 'fact-unknown', by: rule.name },
    });
  }
});
