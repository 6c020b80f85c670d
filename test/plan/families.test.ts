import { expect, test } from '@jest/globals';
import { builder, type Builder, day, digestOf, now, type Pushed } from '../support/builder.ts';
import { contextOf, judge, policyFrom, unprotected, verdictOn } from '../support/judge.ts';
import type { Artifact } from '../../functions/domain/artifact.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import { missingFact } from '../../functions/plan/family-facts.ts';
import { type Docket, docketOf, layOut } from '../../functions/plan/prepare-repository.ts';
import { unreadIn } from '../../functions/plan/unread-in.ts';

const rules = (keep: string, more = ''): ReturnType<typeof policyFrom> =>
  policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: ${keep} }
${unprotected(more)}`);

function docketFrom(facts: CompleteRepository): Docket {
  const context = contextOf(rules('none'));
  return docketOf(facts, context, layOut(facts, context.policy));
}

/** An image with an accessory that bears a tag. */
const borne = (tag: string, daysAgo = 100): Builder =>
  builder()
    .push('ci-1', { daysAgo: 90, accessories: ['derived'] })
    .hidden('derived', { tags: [tag], daysAgo });

const reasonOf = (built: Builder, policy = rules('{ pushedWithin: 30d }')) => {
  const verdict = verdictOn(judge(built.repository(), policy), digestOf('ci-1'));
  return { fate: verdict.fate, ...verdict.reason };
};

test.each([
  ['cosign’s own form, about its subject', `sha256-${digestOf('ci-1').slice(7)}.sig`, 'delete'],
  ['the same without an ending', `sha256-${digestOf('ci-1').slice(7)}`, 'delete'],
  ['cosign’s form, about something else', `sha256-${digestOf('other').slice(7)}.sig`, 'keep'],
  ['a tag that the rule selects', 'ci-1-derived', 'delete'],
  ['a tag that no rule selects', 'release', 'keep'],
])('an accessory with a tag of %s', (_what, tag, fate) => {
  expect(reasonOf(borne(tag))).toMatchObject({ fate });
});

test('the tag that keeps is named, with the accessory that bears it and what would have gone', () => {
  expect(reasonOf(borne('release'))).toEqual({
    fate: 'keep',
    code: 'other-tag-kept',
    tag: 'release',
    saved: { code: 'not-selected' },
    condemned: ['ci-1'],
    accessory: digestOf('derived'),
  });
});

test('an accessory is judged by its own times', () => {
  expect(reasonOf(borne('ci-2', 31))).toMatchObject({ fate: 'delete' });
  expect(reasonOf(borne('ci-2', 29))).toMatchObject({ code: 'other-tag-kept', tag: 'ci-2' });
});

test('an accessory of which a fact is missing that selecting needs keeps what it hangs on', () => {
  const policy = policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'], exclude: { mediaTypes: ['x/y'] } }, keep: none }
${unprotected()}`);
  const about = (configType: string) =>
    builder()
      .push('ci-1', { accessories: ['derived'] })
      .hidden('derived', { tags: ['ci-2'], configType });
  expect(reasonOf(about('a/b'), policy)).toMatchObject({ fate: 'delete' });
  expect(reasonOf(about('x/y'), policy)).toMatchObject({ code: 'other-tag-kept' });
  expect(reasonOf(about('unknown'), policy)).toMatchObject({ code: 'fact-unknown', by: 'ci' });
});

test('what hangs on a tagged child keeps no index, because it outlives that together with the child', () => {
  const built = builder()
    .push('v1', { accessories: ['derived'] })
    .hidden('derived', { tags: ['release'] })
    .index('ci-1', ['v1']);
  expect(reasonOf(built)).toMatchObject({ fate: 'delete' });
});

test('an accessory is measured against the pool of its rule, and takes no place in it', () => {
  const policy = rules('{ mostRecentlyPushed: 2 }');
  const built = borne('ci-9', 10).push('ci-2', { daysAgo: 80 }).push('ci-3', { daysAgo: 70 });
  const plan = judge(built.repository(), policy);
  // The newest of all by its own time: it keeps its subject, and neither of the two newest images leaves the places.
  expect(verdictOn(plan, digestOf('ci-1')).reason).toMatchObject({ code: 'other-tag-kept' });
  expect(plan.actions).toEqual([]);
  const old = judge(built.push('ci-4', { daysAgo: 60 }).repository(), policy);
  expect(verdictOn(old, digestOf('ci-2')).fate).toBe('delete');
});

test('with untag: true no tag is taken from an image whose tags are all condemned for an accessory’s sake', () => {
  const policy = policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: none, untag: true }
${unprotected()}`);
  expect(reasonOf(borne('release'), policy)).toMatchObject({ code: 'other-tag-kept' });
});

test('an image with a tag that stays is untagged, whatever hangs on it', () => {
  const policy = policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: none, untag: true }
${unprotected()}`);
  const built = builder()
    .push('ci-1', { tags: ['ci-1', 'v1'], accessories: ['derived'] })
    .hidden('derived', { tags: ['release'] });
  expect(verdictOn(judge(built.repository(), policy), digestOf('ci-1'))).toMatchObject({
    fate: 'untag',
    tags: ['ci-1'],
  });
});

test('what a rule keeps is kept by that, whatever hangs on it or is not known of that', () => {
  const policy = rules('{ pushedWithin: 200d }');
  for (const built of [
    borne('release'),
    builder().push('ci-1', { accessories: 'unknown' }),
    builder().push('ci-1', { labels: 'unknown' }),
  ])
    expect(reasonOf(built, policy)).toMatchObject({ fate: 'keep', code: 'kept-by-rule' });
});

test('what was not read keeps what it hangs on, and names it', () => {
  const built = borne('ci-2');
  const verdict = verdictOn(judge(built.unread(), rules('none')), digestOf('ci-1'));
  expect(verdict.reason).toMatchObject({ code: 'fact-unknown', fact: 'accessories' });
  expect(JSON.stringify(verdict.reason)).toContain(digestOf('derived').slice(0, 19));
});

// Whatever protections would say of it before.
test.each<[string, Pushed]>([
  ['tags', { tags: 'unknown' }],
  ['labels', { labels: 'unknown' }],
  ['accessories', { accessories: 'unknown' }],
])('%s of what would go along, if not known, keep it', (fact, pushed) => {
  for (const along of ['children', 'accessories'] as const) {
    const built = builder()
      .push('ci-1', { [along]: ['part'] })
      .hidden('part', pushed);
    const docket = docketFrom(built.repository());
    const [one] = docket.cases;
    if (one === undefined) throw new Error('no case');
    expect(missingFact(one, docket, contextOf(rules('none')))).toMatchObject({
      fate: 'keep',
      reason: {
        code: 'fact-unknown',
        fact,
        by: 'deleting',
        because: expect.stringContaining(digestOf('part').slice(0, 19)),
      },
    });
  }
});

test('a child that was not read keeps its index, and is named as one', () => {
  const plan = judge(builder().index('ci-1', ['child']).unread(), rules('none'));
  expect(verdictOn(plan, digestOf('ci-1')).reason).toMatchObject({
    code: 'fact-unknown',
    fact: 'children',
    because: expect.stringContaining(`child ${digestOf('child').slice(0, 19)}`),
  });
});

test('a fresh signature counts as what deleting would take along: it is too young', () => {
  const policy = rules(
    'none',
    'protect: { minimumAge: 24h, keepAtLeast: 0, tags: [], labels: [] }',
  );
  const built = builder()
    .push('ci-1', { accessories: ['sig'] })
    .hidden('sig', { daysAgo: 0.5 });
  const margin = {
    kind: 'time',
    by: 'pushed',
    since: now - 0.5 * day,
    goesAt: now + 0.5 * day + 1,
  };
  expect(reasonOf(built, policy)).toMatchObject({ code: 'held', by: 'minimumAge', margin });
});

test('an artifact that only its accessory holds uses up no place in a count', () => {
  const policy = rules('{ mostRecentlyPushed: 1 }', 'protect: { labels: [keep], keepAtLeast: 0 }');
  const built = builder()
    .push('ci-1', { daysAgo: 50 })
    .push('ci-2', { daysAgo: 40, accessories: ['sig'] });
  const held = built.hidden('sig', { labels: ['keep'], daysAgo: 100 }).repository();
  const plain = built.hidden('sig', { daysAgo: 100 }).repository();
  expect(verdictOn(judge(plain, policy), digestOf('ci-1')).fate).toBe('delete');
  expect(verdictOn(judge(held, policy), digestOf('ci-1')).fate).toBe('keep');
  // Not read: it may be held, so the next one keeps the place.
  expect(verdictOn(judge(built.unread(), policy), digestOf('ci-1')).fate).toBe('keep');
});

test('what is read: the families of what would go, and of what holds a place; nothing where nothing goes', () => {
  const built = builder()
    .push('ci-1', { daysAgo: 50, accessories: ['sig 1'] })
    .push('ci-2', { daysAgo: 40, accessories: ['sig 2'] })
    .push('ci-3', { daysAgo: 30, accessories: ['sig 3'] })
    .push('main', { accessories: ['sig 4'] });
  const asked = (keep: string): readonly string[] =>
    unreadIn(built.unread(), contextOf(rules(keep))).map(({ digest }) => digest);
  expect(asked('{ mostRecentlyPushed: 1 }').toSorted()).toEqual(
    ['sig 1', 'sig 2', 'sig 3'].map(digestOf).toSorted(),
  );
  expect(asked('{ pushedWithin: 35d }').toSorted()).toEqual(
    ['sig 1', 'sig 2'].map(digestOf).toSorted(),
  );
  expect(asked('{ mostRecentlyPushed: 3 }')).toEqual([]);
});

test('what was read is not read again, nor what outlives the index that would go', () => {
  const policy = rules('none');
  const built = builder()
    .push('v1', { accessories: ['outlives'] })
    .index('ci-1', ['v1', 'unread'], { accessories: ['sig'] });
  const hidden = built.repository().hidden?.filter(({ digest }) => digest === digestOf('sig'));
  const partly = { ...built.unread(), ...(hidden && { hidden }) };
  expect(unreadIn(partly, contextOf(policy)).map(({ digest }) => digest)).toEqual([
    digestOf('unread'),
  ]);
});

test('what is read: the family of an image that loses a tag and stays', () => {
  const policy = policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: none, untag: true }
${unprotected()}`);
  const built = builder().index('multi', ['amd64'], { tags: ['ci-1', 'v1'] });
  expect(unreadIn(built.unread(), contextOf(policy)).map(({ digest }) => digest)).toEqual([
    digestOf('amd64'),
  ]);
  expect(verdictOn(judge(built.repository(), policy), digestOf('multi')).fate).toBe('untag');
});

test('what is read: children of what stays, where their pulls decide whom the floor saves', () => {
  const more = 'protect: { labels: [], tags: [], minimumAge: 1h, keepAtLeast: 1 }';
  const built = builder()
    .push('ci-1', { daysAgo: 90, pulledDaysAgo: 50 })
    .index('main', ['amd64'], { daysAgo: 100 })
    .hidden('amd64', { pulledDaysAgo: 40 });
  const read = (keep: string) => unreadIn(built.unread(), contextOf(rules(keep, more)));
  expect(read('{ pulledWithin: 30d }').map(({ digest }) => digest)).toEqual([digestOf('amd64')]);
  expect(read('{ pushedWithin: 30d }')).toEqual([]);
  const policy = rules('{ pulledWithin: 30d }', more);
  expect(verdictOn(judge(built.unread(), policy), digestOf('ci-1')).fate).toBe('keep');
  expect(verdictOn(judge(built.repository(), policy), digestOf('ci-1')).fate).toBe('delete');
});

test('where pulls decide whom the floor saves, the children of all that stays are read, and nothing else of it', () => {
  const built = builder()
    .index('v1', ['of v1'], { daysAgo: 100, accessories: ['sig of v1'] })
    .index('ci-1', ['of ci-1'], { daysAgo: 50, accessories: ['sig of ci-1'] })
    .index('ci-2', ['of ci-2'], { daysAgo: 60, accessories: ['sig of ci-2'] });
  const names = ['of v1', 'sig of v1', 'of ci-1', 'sig of ci-1', 'of ci-2', 'sig of ci-2'];
  const asked = (keep: string, keepAtLeast: number, hidden: readonly Artifact[] = []) => {
    const protect = `protect: { tags: [], labels: [], minimumAge: 1h, keepAtLeast: ${keepAtLeast} }`;
    const unread = unreadIn({ ...built.unread(), hidden }, contextOf(rules(keep, protect)));
    return names.filter((name) => unread.some(({ digest }) => digest === digestOf(name)));
  };
  const going = ['of ci-2', 'sig of ci-2'];
  expect(asked('{ pulledWithin: 30d }', 1)).toEqual(['of v1', 'of ci-1', ...going]);
  const isRead = ({ digest }: Artifact) => digest === digestOf('of v1');
  const hidden = built.repository().hidden?.filter(isRead) ?? [];
  expect(asked('{ pulledWithin: 30d }', 1, hidden)).toEqual(['of ci-1', ...going]);
  expect(asked('{ pushedWithin: 30d }', 1)).toEqual(going);
  expect(asked('{ pulledWithin: 30d }', 0)).toEqual(['of ci-1', 'sig of ci-1', ...going]);
});
