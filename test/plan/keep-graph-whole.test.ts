import { describe, expect, test } from '@jest/globals';
import { accessoryTag, builder, type Builder, digestOf } from '../support/builder.ts';
import { judge, policyFrom, unprotected, verdictOn } from '../support/judge.ts';

/** Two rules, so that the one that is named can be the wrong one; what is tagged `v…` stays. */
const policy = policyFrom(`version: 1
rules:
  - { name: dev, select: { projects: ['**'], tags: ['dev*'] }, keep: none }
  - { name: other, select: { projects: ['**'], tags: ['b*'] }, keep: none }
${unprotected()}`);

const reasonOn = (built: Builder, name: string) => {
  const { fate, reason } = verdictOn(judge(built.repository(), policy), digestOf(name));
  return { fate, ...reason };
};

type Pair = readonly [string, string];

/** Everything that belongs to something else, by the name of what the reason must name. */
const belongings: readonly (readonly [string, string, (top: string) => Builder, string])[] = [
  ['an untagged child', 'leaf', (top) => builder().untagged('leaf').index(top, ['leaf']), 'top'],
  [
    'an untagged child of an untagged index',
    'leaf',
    (top) =>
      builder()
        .untagged('leaf')
        .untagged('inner', { children: ['leaf'] })
        .index(top, ['inner']),
    'inner',
  ],
  ['what is about an image', 'att', (top) => builder().push(top).attest('att', top), 'top'],
  [
    'what is about an untagged child',
    'att',
    (top) => builder().untagged('leaf').index(top, ['leaf']).attest('att', 'leaf'),
    'leaf',
  ],
  [
    'what is about a child that no list shows',
    'att',
    (top) => builder().index(top, ['hidden']).attest('att', 'hidden'),
    'hidden',
  ],
  [
    'what is about a child, at some depth, of what no list shows',
    'att',
    (top) =>
      builder()
        .hidden('inner', { children: ['leaf'] })
        .index(top, ['inner'])
        .attest('att', 'leaf'),
    'leaf',
  ],
  [
    'what is about a linked accessory',
    'att',
    (top) =>
      builder()
        .push(top, { accessories: ['sig'] })
        .attest('att', 'sig'),
    'sig',
  ],
  [
    'what is about something that is about an image',
    'far',
    (top) => builder().push(top).attest('att', top).attest('far', 'att'),
    'att',
  ],
];

describe('what belongs to something else does as that does', () => {
  test.each(belongings)('%s', (...row) => {
    const [, name, build, owner] = row;
    const codes =
      name === 'leaf' ? ['goes-with-parent', 'parent-kept'] : ['follows-subject', 'subject-kept'];
    const key = name === 'leaf' ? 'parent' : 'subject';
    // Another image that goes by another rule is no reason for it.
    for (const beside of [false, true]) {
      const built = (top: string) => (beside ? build(top).push('b') : build(top));
      const of = (top: string) => digestOf(owner === 'top' ? top : owner);
      expect(reasonOn(built('dev'), name)).toEqual({
        fate: 'delete',
        code: codes[0],
        rule: 'dev',
        [key]: of('dev'),
      });
      expect(reasonOn(built('v1'), name)).toEqual({
        fate: 'keep',
        code: codes[1],
        [key]: of('v1'),
      });
    }
  });
});

const bothWays = (one: string, other: string): readonly Pair[] => [
  [one, other],
  [other, one],
];
// Digests on both sides of that of what goes.
const kept = ['v1', 'v2', 'v3', 'v4'].flatMap((name) => bothWays('dev', name));
const gone = bothWays('dev', 'dev2');
const keeperOf = ([first, second]: Pair): string => (first === 'dev' ? second : first);

test('what belongs to two goes only with both, and names the one that keeps it', () => {
  const shared = ([first, second]: Pair) =>
    builder().untagged('leaf').index(first, ['leaf']).index(second, ['leaf']);
  for (const pair of kept) {
    expect(reasonOn(shared(pair), 'leaf')).toMatchObject({
      fate: 'keep',
      parent: digestOf(keeperOf(pair)),
    });
  }
  const [smaller] = [digestOf('dev'), digestOf('dev2')].toSorted();
  for (const pair of gone) {
    expect(reasonOn(shared(pair), 'leaf')).toMatchObject({ fate: 'delete', parent: smaller });
  }
  const about = ([first, second]: Pair) =>
    builder()
      .push(first)
      .push(second)
      .push('att', { tags: [first, second].map((one) => accessoryTag(one, '.sig')) });
  for (const pair of kept) {
    expect(reasonOn(about(pair), 'att')).toMatchObject({
      fate: 'keep',
      subject: digestOf(keeperOf(pair)),
    });
  }
  for (const pair of gone) {
    expect(reasonOn(about(pair), 'att')).toMatchObject({ fate: 'delete', subject: smaller });
  }
});

test('a tagged child stays with its index, and says so rather than why its own tag would go', () => {
  const built = builder().push('dev').index('v1', ['dev']);
  expect(reasonOn(built, 'dev')).toEqual({
    fate: 'keep',
    code: 'parent-kept',
    parent: digestOf('v1'),
  });
  const own = builder().push('v2').index('v1', ['v2']);
  expect(reasonOn(own, 'v2')).toMatchObject({ code: 'not-selected' });
});

test('indexes that list each other, as only damaged data has them, stay', () => {
  const circle = builder()
    .untagged('a', { children: ['c'] })
    .untagged('c', { children: ['a'] });
  for (const name of ['a', 'c']) expect(reasonOn(circle, name).fate).toBe('keep');
  const tagged = builder()
    .push('dev', { children: ['b'] })
    .push('b', { children: ['dev'] });
  for (const name of ['dev', 'b']) expect(reasonOn(tagged, name).fate).toBe('keep');
});

test('an index stays whole if a child at any depth is held, whatever else it lists', () => {
  const held = policyFrom(`version: 1
rules:
  - { name: dev, select: { projects: ['**'], tags: ['dev*'] }, keep: none }
protect: { labels: [keep], tags: [], minimumAge: 1h, keepAtLeast: 0 }`);
  const built = (labels: readonly string[]) =>
    builder()
      .untagged('leaf', { labels })
      .untagged('free')
      .untagged('inner', { children: ['leaf'] })
      .index('dev', ['inner', 'free']);
  const fatesOf = (some: Builder) =>
    judge(some.repository(), held).verdicts.map(({ fate }) => fate);
  expect(fatesOf(built([]))).toEqual(['delete', 'delete', 'delete', 'delete']);
  expect(fatesOf(built(['keep']))).toEqual(['keep', 'keep', 'keep', 'keep']);
  const plan = judge(built(['keep']).repository(), held);
  expect(verdictOn(plan, digestOf('dev')).reason).toEqual({
    code: 'child-held',
    child: digestOf('leaf'),
    by: 'labels',
  });
});
