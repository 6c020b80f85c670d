import { expect, test } from '@jest/globals';
import { accessoryTag, builder, day, digestOf, now } from '../support/builder.ts';
import { judge, policyFrom, ruleOn } from '../support/judge.ts';

const none = ruleOn('none');

test('an action carries the facts that its decision rests on', () => {
  const repository = builder('team/group/web')
    .push('a', {
      tags: ['v1', { name: 'v2', daysAgo: 40 }],
      daysAgo: 50,
      pulledDaysAgo: 3,
      labels: ['x'],
      size: 77,
      type: 'CHART',
      accessories: ['sig'],
    })
    .repository();
  expect(judge(repository, none).actions).toEqual([
    {
      kind: 'delete-artifact',
      id: `delete-artifact:team/group/web@${digestOf('a')}`,
      project: 'team',
      repository: 'group/web',
      digest: digestOf('a'),
      artifactId: 1,
      rule: 'rule',
      type: 'CHART',
      tags: [
        { name: 'v1', pushedAt: now - 50 * day },
        { name: 'v2', pushedAt: now - 40 * day },
      ],
      labels: ['x'],
      pushedAt: now - 50 * day,
      pulledAt: now - 3 * day,
      size: 77,
      children: [],
      accessories: [digestOf('sig')],
    },
  ]);
});

test('each tag that goes alone is an action of its own', () => {
  const policy = policyFrom(
    "version: 1\nrules:\n  - { name: dev, select: { projects: ['**'], tags: ['d*'] }, keep: none, untag: true }\n",
  );
  const repository = builder()
    .push('a', { tags: ['d2', 'v', 'd1'] })
    .repository();
  const actions = judge(repository, policy).actions;
  expect(actions.map(({ kind, id }) => [kind, id])).toEqual([
    ['remove-tag', `remove-tag:team/web@${digestOf('a')}:d1`],
    ['remove-tag', `remove-tag:team/web@${digestOf('a')}:d2`],
  ]);
  expect(actions[0]).toMatchObject({ rule: 'dev', tag: 'd1', artifactId: 1, tags: [{}, {}, {}] });
});

test('the oldest goes first, equal times by digest', () => {
  const repository = builder()
    .push('b', { daysAgo: 50, digest: `sha256:${'b'.repeat(64)}` })
    .push('a', { daysAgo: 50, digest: `sha256:${'a'.repeat(64)}` })
    .push('old', { daysAgo: 90 })
    .repository();
  const order = judge(repository, none).actions.map(({ id }) => id.slice(-64, -60));
  expect(order).toEqual([digestOf('old').slice(7, 11), 'aaaa', 'bbbb']);
});

test('an index goes before tagged children of every depth, though they are older', () => {
  const repository = builder()
    .push('leaf', { daysAgo: 300 })
    .untagged('inner', { children: ['leaf'], daysAgo: 200 })
    .index('outer', ['inner'], { daysAgo: 100 })
    .repository();
  expect(
    judge(repository, none).actions.map((action) => 'digest' in action && action.digest),
  ).toEqual([digestOf('outer'), digestOf('leaf')]);
});

test('what is about two artifacts follows both', () => {
  const repository = builder()
    .push('a', { daysAgo: 100 })
    .push('b', { daysAgo: 50 })
    .push('att', { tags: [accessoryTag('a', '.att'), accessoryTag('b', '.att')], daysAgo: 300 })
    .repository();
  const actions = judge(repository, none).actions;
  expect(actions).toHaveLength(3);
  expect(actions.at(-1)).not.toMatchObject({ digest: digestOf('b') });
  expect(actions[0]).toMatchObject({ digest: digestOf('a') });
});

test('nothing to do is no action', () => {
  expect(judge(builder().repository(), none).actions).toEqual([]);
  expect(judge(builder().push('a', { daysAgo: 0 }).repository(), none).actions).toEqual([]);
});
