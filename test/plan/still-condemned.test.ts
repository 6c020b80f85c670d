import { expect, test } from '@jest/globals';
import type { DeleteArtifact, RemoveTag } from '../../functions/domain/action.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import { judgeAgain, whyNotAnyMore } from '../../functions/plan/still-condemned.ts';
import { builder, digestOf, now } from '../support/builder.ts';
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
])('a tag is removed %s, whoever bears it by now', (_, tags, verdict) => {
  const one = builder().push('one', { tags });
  const action = planned(tagged.repository(), 'one');
  const other = one.push('other', { tags: tags.includes('d1') ? ['x'] : ['d1', 'x'] });
  for (const now of [one, other]) expect(again(action, now.repository())).toBe(verdict);
});

test('a tag stays where the artifact is held by now, or its tags are not known', () => {
  const action = planned(tagged.repository(), 'one');
  const labelled = builder()
    .push('other')
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
  ['accessories that are not known', { accessories: 'unknown' as const }, 'fact-unknown'],
])('what follows a subject that this plan deleted goes, but for %s', (_, pushed, code) => {
  const action = planned(signed.repository(), 'att');
  const now = builder()
    .push('other', { labels: ['keep'], accessories: 'unknown' })
    .attest('att', 'd1', pushed)
    .repository();
  const verdict = again(action, now);
  expect(verdict?.reason.code).toBe(code);
  if (code === undefined) return;
  expect(verdict).toMatchObject({ fate: 'keep', artifact: { id: 2, digest: digestOf('att') } });
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
  const listing = (...names: readonly string[]) => {
    let now = builder().attest('att', 'd1');
    for (const name of names) now = now.index(name, ['att']);
    return now.repository();
  };
  expect(again(action, listing('d3'))).toBeUndefined();
  for (const names of [['v1'], ['d3', 'v1']])
    expect(again(action, listing(...names))).toEqual({
      artifact: { id: 1, digest: digestOf('att') },
      fate: 'keep',
      reason: { code: 'parent-kept', parent: digestOf('v1') },
    });
});

test('a repository that a plan deletes by approval goes on, though the score is another by now', () => {
  const ranking = {
    update_time: { base: 0.5, factors: [] },
    pull_count: { base: 0.3, factors: [] },
    tags_count: { base: 0.1, factors: [] },
  };
  const ranked = { ...policy, repositories: { ...policy.repositories, ranking } };
  const facts = builder().push('v1').repository();
  const approved = {
    harbor: 'https://harbor.example',
    rankedAt: now,
    repositories: [{ name: 'team/web', score: 9 }],
  };
  const action = planned(both.repository(), 'd1');
  const context = { ...contextOf(ranked), approved };
  const ofIt = { ...action, digest: digestOf('v1') };
  expect(whyNotAnyMore(ofIt, judgeAgain(facts, context))).toBeUndefined();
  expect(whyNotAnyMore(ofIt, judgeAgain(facts, contextOf(ranked)))?.fate).toBe('keep');
});

test('an orphan that no plan made one stays', () => {
  const { follows, ...action } = planned(signed.repository(), 'att') as DeleteArtifact;
  expect(follows).toBe(digestOf('d1'));
  const now = builder().attest('att', 'd1').repository();
  expect(again(action, now)?.fate).toBe('keep');
});
