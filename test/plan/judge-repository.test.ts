import { expect, test } from '@jest/globals';
import { accessoryTag, builder, day, digestOf, headOf, now } from '../support/builder.ts';
import {
  fates,
  judge,
  policyFrom,
  ruleOn,
  ruleOnUntagged,
  verdictOn,
  verdicts,
} from '../support/judge.ts';

const none = ruleOn('none');

test('an empty repository gives an empty plan with its facts', () => {
  expect(judge(builder().repository(), none)).toMatchObject({
    project: 'team',
    repository: 'web',
    verdicts: [],
    actions: [],
    rules: [],
    reasons: [],
    canaries: [],
    families: [],
    totals: {
      artifacts: 0,
      bytes: 0,
      tags: 0,
      repositoryId: 7,
      pullCount: 12,
      updatedAt: now - day,
    },
  });
});

test('an unplannable repository keeps what was seen of it, and is counted', () => {
  const seen = builder()
    .push('a', { size: 5, tags: ['x', 'y'] })
    .push('b', { tags: 'unknown' })
    .artifacts();
  const plan = judge(
    { kind: 'unplannable', head: headOf('team/web'), seen, because: 'torn' },
    none,
  );
  expect(plan.totals).toMatchObject({
    unplannable: 'torn',
    artifacts: 2,
    bytes: 1_000_005,
    tags: 2,
  });
  expect(plan.verdicts.map(({ fate }) => fate)).toEqual(['keep', 'keep']);
  expect(plan.reasons).toEqual([{ code: 'unplannable', artifacts: 2, bytes: 1_000_005 }]);
  const unseen = judge(
    { kind: 'unplannable', head: headOf('team/web'), seen: [], because: 'torn' },
    none,
  );
  expect(unseen.reasons).toEqual([]);
});

test('a hold for a known reason is told rather than one that only does not know', () => {
  const held = builder().push('a', { labels: 'unknown', tags: ['latest'] });
  const policy = ruleOn('none', 'protect: { keepAtLeast: 0 }');
  expect(verdicts(held.repository(), policy)['latest']?.reason).toMatchObject({
    code: 'held',
    by: 'tags',
  });
});

test('an artifact of unknown tags that a protection holds for certain is held', () => {
  const policy = ruleOn('none', 'protect: { keepAtLeast: 0, repositories: [web] }');
  const plan = judge(builder().push('a', { tags: 'unknown' }).repository(), policy);
  expect(plan.verdicts[0]?.reason).toMatchObject({ code: 'held', by: 'repositories' });
});

test('what no rule selects is said to be so, even if a protection would hold it', () => {
  const repository = builder().untagged('u', { daysAgo: 0 }).repository();
  expect(judge(repository, none).verdicts[0]?.reason).toEqual({ code: 'not-selected' });
});

test('an orphan is in a pool where a rule names it literally', () => {
  const policy = policyFrom(`version: 1
rules:
  - { name: sig, select: { projects: ['**'], tags: ['sha256-*'] }, keep: { mostRecentlyPushed: 1 } }
protect: { keepAtLeast: 0 }
`);
  const orphan = (name: string, daysAgo: number) =>
    [name, { tags: [accessoryTag(`gone-${name}`, '.sig')], daysAgo }] as const;
  const repository = builder()
    .push(...orphan('a', 5))
    .push(...orphan('b', 9))
    .repository();
  const plan = judge(repository, policy);
  expect(verdictOn(plan, digestOf('a'))).toMatchObject({
    fate: 'keep',
    reason: { code: 'kept-by-rule' },
  });
  expect(verdictOn(plan, digestOf('b')).fate).toBe('delete');
});

test('an accessory that is itself held stays, and its subject goes', () => {
  const policy = ruleOn('none', 'protect: { keepAtLeast: 0, labels: [legal] }');
  const repository = builder()
    .push('a')
    .attest('att', 'a', { labels: ['legal'] })
    .repository();
  const plan = judge(repository, policy);
  expect(verdictOn(plan, digestOf('a')).fate).toBe('delete');
  expect(verdictOn(plan, digestOf('att')).reason).toMatchObject({ code: 'held', by: 'labels' });
});

test('a fallback index follows its subject, and its untagged children follow it', () => {
  const repository = builder()
    .push('a')
    .untagged('sbom')
    .push('fallback', { tags: [accessoryTag('a', '')], children: ['sbom'] })
    .repository();
  const gone = judge(repository, none);
  expect(verdictOn(gone, digestOf('fallback')).reason).toMatchObject({ code: 'follows-subject' });
  expect(verdictOn(gone, digestOf('sbom')).reason).toMatchObject({
    code: 'goes-with-parent',
    rule: 'rule',
  });
  const kept = judge(repository, ruleOn('pushedWithin: 300d'));
  expect(verdictOn(kept, digestOf('fallback')).reason).toMatchObject({ code: 'subject-kept' });
  expect(verdictOn(kept, digestOf('sbom')).reason).toMatchObject({ code: 'parent-kept' });
});

test('an attestation of an unlisted child stays as long as one of its indexes does', () => {
  const start = builder()
    .index('one', ['amd64'])
    .index('two', ['amd64'], { daysAgo: 5 })
    .attest('att', 'amd64');
  const plan = judge(start.repository(), ruleOn('pushedWithin: 30d'));
  expect(verdictOn(plan, digestOf('one')).fate).toBe('delete');
  expect(verdictOn(plan, digestOf('att')).reason).toEqual({
    code: 'subject-kept',
    subject: digestOf('amd64'),
  });
});

test('of several parents that stay the first by digest is named, in any order', () => {
  const start = builder().untagged('leaf').index('one', ['leaf']).index('two', ['leaf']);
  const expected = [digestOf('one'), digestOf('two')].toSorted()[0];
  const keepAll = ruleOn('pushedWithin: 300d');
  for (const artifacts of [start.artifacts(), start.artifacts().toReversed()]) {
    const plan = judge({ ...start.repository(), artifacts }, keepAll);
    expect(verdictOn(plan, digestOf('leaf')).reason).toEqual({
      code: 'parent-kept',
      parent: expected,
    });
  }
});

test('damaged references that go in circles keep what they reach', () => {
  const repository = builder()
    .index('a', ['b'], { tags: [] })
    .index('b', ['a'], { tags: [] })
    .push('c')
    .repository();
  const plan = judge(repository, ruleOn('none'));
  expect(verdictOn(plan, digestOf('a')).fate).toBe('keep');
  expect(verdictOn(plan, digestOf('b')).fate).toBe('keep');
  expect(verdictOn(plan, digestOf('c')).fate).toBe('delete');
});

test('tagged children enter the pools step by step, as their indexes go', () => {
  // i3 goes as third of two; then its child c counts, and takes the place of i2.
  const repository = builder()
    .push('c', { daysAgo: 15 })
    .index('i1', [], { daysAgo: 10 })
    .index('i2', [], { daysAgo: 20 })
    .index('i3', ['c'], { daysAgo: 30 })
    .repository();
  expect(fates(repository, ruleOn('mostRecentlyPushed: 2'))).toEqual({
    c: 'keep',
    i1: 'keep',
    i2: 'delete',
    i3: 'delete',
  });
});

test('the floor counts no children and no attestations, and nothing of unknown time', () => {
  const policy = ruleOn('none', 'protect: { minimumAge: 1h, keepAtLeast: 1 }');
  const repository = builder()
    .push('odd', { daysAgo: 'unknown' })
    .untagged('leaf', { daysAgo: 1 })
    .push('arch', { daysAgo: 1 })
    .index('index', ['leaf', 'arch'], { daysAgo: 50 })
    .attest('att', 'other', { daysAgo: 1 })
    .push('other', { daysAgo: 40 })
    .repository();
  const plan = judge(repository, policy);
  expect(verdictOn(plan, digestOf('other')).reason).toEqual({
    code: 'keep-at-least',
    rank: 1,
    floor: 1,
  });
  expect(verdictOn(plan, digestOf('index')).fate).toBe('delete');
});

test('the floor of an index keeps its children', () => {
  const policy = ruleOn('none', 'protect: { minimumAge: 1h, keepAtLeast: 1 }');
  const repository = builder()
    .untagged('leaf')
    .index('index', ['leaf'], { daysAgo: 5 })
    .push('old')
    .repository();
  expect(Object.values(fates(repository, policy))).toEqual(['keep', 'keep', 'delete']);
});

test('artifacts that are kept by rules of their own count for the floor, too', () => {
  const policy = policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: none }
protect: { keepAtLeast: 1 }
`);
  const repository = builder()
    .push('v1', { daysAgo: 5 })
    .push('ci-1', { daysAgo: 50 })
    .repository();
  expect(fates(repository, policy)).toEqual({ v1: 'keep', 'ci-1': 'delete' });
});

test('an artifact without tags is judged by rules on untagged artifacts', () => {
  const repository = builder().untagged('u').push('t').repository();
  expect(Object.values(fates(repository, ruleOnUntagged('none')))).toEqual(['delete', 'keep']);
});

test('rules of other projects and repositories do not show', () => {
  const policy = policyFrom(`version: 1
rules:
  - { name: other, select: { projects: [other], tags: ['**'] }, keep: none }
  - { name: api, select: { projects: ['**'], repositories: [api], tags: ['**'] }, keep: none }
`);
  const plan = judge(builder().push('a').repository(), policy);
  expect(plan.rules).toEqual([]);
  expect(plan.verdicts[0]?.reason).toEqual({ code: 'not-selected' });
});

test('the keep that lasts longest is told first, the others after it', () => {
  const policy = policyFrom(`version: 1
rules:
  - { name: b, select: { projects: ['**'], tags: ['**'] }, keep: { pushedWithin: 200d, pulledWithin: 150d } }
  - { name: a, select: { projects: ['**'], tags: ['**'] }, keep: { pushedWithin: 300d, mostRecentlyPushed: 5 } }
`);
  const [verdict] = judge(builder().push('x').repository(), policy).verdicts;
  const told =
    verdict?.reason.code === 'kept-by-rule' ? [verdict.reason, ...verdict.reason.also] : [];
  expect(told.map(({ rule, condition }) => `${rule} ${condition}`)).toEqual([
    'a mostRecentlyPushed',
    'a pushedWithin',
    'b pushedWithin',
    'b pulledWithin',
  ]);
});

test('of several tags kept by rules all keeps are told, each once', () => {
  const policy = policyFrom(`version: 1
rules:
  - { name: v, select: { projects: ['**'], tags: ['v*'] }, keep: { pushedWithin: 200d } }
  - { name: w, select: { projects: ['**'], tags: ['w*', 'v2'] }, keep: { pushedWithin: 300d } }
`);
  const [verdict] = judge(
    builder()
      .push('x', { tags: ['v1', 'v2', 'w1'] })
      .repository(),
    policy,
  ).verdicts;
  expect(verdict?.reason).toMatchObject({
    code: 'kept-by-rule',
    rule: 'w',
    also: [{ rule: 'v', condition: 'pushedWithin' }],
  });
});

test('what is missing in any way stands before what is kept', () => {
  const policy = ruleOn('pulledWithin: 3d\nmostRecentlyPushed: 5');
  const lost = judge(builder().push('x').repository(), policy, {
    registry: { pullSignal: 'lost' },
  });
  expect(lost.verdicts[0]?.reason).toEqual({
    code: 'pull-signal-lost',
    rule: 'rule',
    condition: 'pulledWithin',
  });
});

test('an index stays while the tags of a child are not known: Harbor would delete an untagged one', () => {
  const start = builder().index('index', ['odd']).push('odd', { tags: 'unknown' });
  const plan = judge(start.repository(), none);
  expect(verdictOn(plan, digestOf('index')).reason).toEqual({
    code: 'fact-unknown',
    fact: 'push time',
    by: 'minimumAge',
    because: `of its child ${digestOf('odd').slice(0, 19)}: Harbor shows no credible push time`,
  });
});

test.each(['labels', 'accessories'] as const)('what goes along must be known: %s', (fact) => {
  const blind = { [fact]: 'unknown' as const };
  const repository = builder()
    .push('a')
    .attest('att', 'a', blind)
    .push('b', blind)
    .push('c', { ...blind, tags: ['dev', 'v1'] })
    .repository();
  const policy = policyFrom(`version: 1
rules:
  - { name: all, select: { projects: ['**'], tags: ['**'], exclude: { tags: [v1] } }, keep: none, untag: true }
protect: { labels: [], tags: [], keepAtLeast: 0 }
`);
  const plan = judge(repository, policy);
  for (const name of ['att', 'b', 'c']) {
    expect(verdictOn(plan, digestOf(name))).toMatchObject({
      fate: 'keep',
      reason: { code: 'fact-unknown', fact, by: 'deleting' },
    });
  }
  expect(verdictOn(plan, digestOf('a')).fate).toBe('delete');
});
