import { expect, test } from '@jest/globals';
import type { DeleteArtifact, RemoveTag } from '../../functions/domain/action.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import { judgeAgain, whyNotAnyMore } from '../../functions/plan/still-condemned.ts';
import { builder, digestOf } from '../support/builder.ts';
import { contextOf, judge, policyFrom } from '../support/judge.ts';
import { listed } from '../support/listed.ts';

const policy = policyFrom(`version: 1
rules:
  - { name: dev, select: { projects: ['**'], tags: ['d*'] }, keep: none, untag: true }
protect: { labels: [keep], tags: [], minimumAge: 1h, keepAtLeast: 0 }
limits: { onBreach: oldestFirst, maxDeletionsPercentPerRepository: 10 }`);

/** The action of a plan without limits on what a name stands for. */
function planned(facts: CompleteRepository, name: string): DeleteArtifact | RemoveTag {
  const { actions } = judge(facts, { ...policy, limits: { ...policy.limits, onBreach: 'refuse' } });
  const action = actions.find((one) => 'digest' in one && one.digest === digestOf(name));
  if (action?.kind !== 'delete-artifact' && action?.kind !== 'remove-tag') throw new Error(name);
  return action;
}

const again = (
  action: DeleteArtifact | RemoveTag,
  facts: CompleteRepository,
  by: Policy = policy,
) => whyNotAnyMore(action, judgeAgain(facts, contextOf(by)));

const both = builder().push('d1').push('d2', { daysAgo: 50 });

test('what both plans condemn goes, without the limits of the run', () => {
  const facts = both.repository();
  for (const name of ['d1', 'd2']) expect(again(planned(facts, name), facts)).toBeUndefined();
});

test('what is not there any more is left to the look just before', () => {
  expect(again(planned(both.repository(), 'd1'), both.without('d1').repository())).toBeUndefined();
});

test.each([
  ['a label', { labels: ['keep'] }, 'held'],
  ['a tag that nothing condemns', { tags: ['d1', 'v1'] }, undefined],
  ['a child that is held', { children: ['part'] }, 'child-held'],
  ['labels that are not known', { labels: 'unknown' as const }, 'fact-unknown'],
])('a deletion is not carried out after %s', (_, pushed, code) => {
  const now = builder()
    .hidden('part', { labels: ['keep'] })
    .push('d1', pushed)
    .repository();
  const verdict = again(planned(both.repository(), 'd1'), now);
  expect(verdict?.fate).toBe(code === undefined ? 'untag' : 'keep');
  if (code !== undefined) expect(verdict?.reason.code).toBe(code);
});

const tagged = builder().push('one', { tags: ['d1', 'v1'] });

test.each([
  ['where the tag still goes', ['d1', 'v1'], undefined],
  ['where the whole artifact would go', ['d1', 'd2'], undefined],
  ['where the tag has left the artifact', ['v1'], undefined],
  ['where only another tag still goes', ['d2', 'v1'], undefined],
])('a tag is removed %s', (_, tags, verdict) => {
  const now = builder().push('one', { tags }).repository();
  expect(again(planned(tagged.repository(), 'one'), now)).toBe(verdict);
});

test('a tag stays where the artifact is held by now, or its tags are not known', () => {
  const action = planned(tagged.repository(), 'one');
  const labelled = builder()
    .push('one', { tags: ['d1', 'v1'], labels: ['keep'] })
    .repository();
  expect(again(action, labelled)?.reason.code).toBe('held');
  const unknown = builder().push('one', { tags: 'unknown' }).repository();
  expect(again(action, unknown)?.fate).toBe('keep');
});

const signed = builder().push('d1').attest('att', 'd1');

test('what follows a subject that is still there goes and stays with it', () => {
  const action = planned(signed.repository(), 'att');
  expect(again(action, signed.repository())).toBeUndefined();
  const kept = builder()
    .push('d1', { labels: ['keep'] })
    .attest('att', 'd1')
    .repository();
  expect(again(action, kept)?.reason).toMatchObject({ code: 'subject-kept' });
});

test.each([
  ['nothing else', {}, undefined],
  ['a label', { labels: ['keep'] }, 'held'],
  ['labels that are not known', { labels: 'unknown' as const }, 'fact-unknown'],
])('what follows a subject that this plan deleted goes, but for %s', (_, pushed, code) => {
  const action = planned(signed.repository(), 'att');
  const now = builder().attest('att', 'd1', pushed).repository();
  expect(again(action, now)?.reason.code).toBe(code);
});

test('what follows a deleted subject stays where a list names it by now', () => {
  const action = planned(signed.repository(), 'att');
  const now = builder().attest('att', 'd1').repository();
  const withLists = policyFrom(`version: 1
rules:
  - { name: dev, select: { projects: ['**'], tags: ['d*'] }, keep: none }
protect: { labels: [], tags: [], keepAtLeast: 0, digests: { file: digests.txt } }`);
  const naming = (name: string) =>
    contextOf(withLists, { registry: { listedDigests: listed({ digests: [digestOf(name)] }) } });
  expect(whyNotAnyMore(action, judgeAgain(now, naming('other')))).toBeUndefined();
  const verdict = whyNotAnyMore(action, judgeAgain(now, naming('att')));
  expect(verdict?.reason).toMatchObject({ code: 'held', by: 'digests' });
});

test('what follows a deleted subject stays as the child of an index that stays', () => {
  const action = planned(signed.repository(), 'att');
  const now = builder().attest('att', 'd1').index('v1', ['att']).repository();
  expect(again(action, now)?.reason.code).toBe('parent-kept');
});

test('an orphan that no plan made one stays', () => {
  const { follows, ...action } = planned(signed.repository(), 'att') as DeleteArtifact;
  expect(follows).toBe(digestOf('d1'));
  const now = builder().attest('att', 'd1').repository();
  expect(again(action, now)?.fate).toBe('keep');
});
