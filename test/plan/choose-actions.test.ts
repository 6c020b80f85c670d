import { expect, test } from '@jest/globals';
import { accessoryTag, builder, day, digestOf, now } from '../support/builder.ts';
import { judge, policyFrom, ruleOn, unprotected } from '../support/judge.ts';

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
      members: [
        {
          digest: digestOf('sig'),
          as: 'accessory',
          artifactId: 2001,
          tags: [],
          labels: [],
          pulledAt: 'unknown',
        },
      ],
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
  expect(actions[0]).toMatchObject({
    rule: 'dev',
    tag: 'd1',
    artifactId: 1,
    tags: [{ name: 'd1' }],
  });
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

test('what goes with an index is what has no tag of its own, and what hangs on that', () => {
  const repository = builder()
    .push('tagged', { accessories: ['outlives'] })
    .untagged('untagged', { accessories: ['goes'] })
    .index('index', ['tagged', 'untagged'])
    .repository();
  const members = judge(repository, none).actions.flatMap((action) =>
    action.kind === 'delete-artifact' && action.digest === digestOf('index')
      ? (action.members ?? []).map(({ digest }) => digest)
      : [],
  );
  expect(members.toSorted()).toEqual([digestOf('goes'), digestOf('untagged')].toSorted());
});

test('what stays pulls nothing forward, however old it is', () => {
  const policy = policyFrom(
    `version: 1\nrules:\n  - { name: dev, select: { projects: ['**'], tags: ['d*'] }, keep: none }\n${unprotected()}`,
  );
  const repository = builder()
    .push('v1', { daysAgo: 300 })
    .index('d-young', ['v1'], { daysAgo: 50 })
    .push('d-old', { daysAgo: 100 })
    .repository();
  const order = judge(repository, policy).actions.map(({ id }) => id.slice(-64));
  expect(order).toEqual([digestOf('d-old'), digestOf('d-young')].map((one) => one.slice(-64)));
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

test('an action that follows names its subject, and no other action does', () => {
  const repository = builder().push('a').attest('att', 'a', { daysAgo: 300 }).repository();
  const follows = judge(repository, none).actions.map((action) =>
    action.kind === 'delete-artifact' ? [action.digest, action.follows] : [],
  );
  expect(follows).toEqual([
    [digestOf('a'), undefined],
    [digestOf('att'), digestOf('a')],
  ]);
});

const untagging = policyFrom(
  "version: 1\nrules:\n  - { name: dev, select: { projects: ['**'], tags: ['d*'] }, keep: none, untag: true }\n",
);

test('a tag that goes alone knows a tag that stays, and none of those that go with it', () => {
  const repository = builder()
    .push('a', { tags: ['d1', 'v', 'd2', 'd3'] })
    .repository();
  const removals = judge(repository, untagging).actions.map((action) =>
    action.kind === 'remove-tag'
      ? [action.tag, action.tags.map(({ name }) => name), action.stays?.name]
      : [],
  );
  expect(removals).toEqual([
    ['d1', ['d1'], 'v'],
    ['d2', ['d2'], 'v'],
    ['d3', ['d3'], 'v'],
  ]);
});

test('what removing tags says of an artifact grows with their number, not with its square', () => {
  const bytesFor = (count: number): number => {
    const tags = ['v', ...Array.from({ length: count }, (_, index) => `d${1_000 + index}`)];
    const { actions } = judge(builder().push('a', { tags }).repository(), untagging);
    expect(actions).toHaveLength(count);
    return JSON.stringify(actions).length;
  };
  expect(bytesFor(400) / bytesFor(100)).toBeCloseTo(4, 1);
});

test('what is about an unlisted child, or about a linked accessory, comes right after what takes it along', () => {
  const repository = builder()
    .push('younger', { daysAgo: 30 })
    .index('index', ['amd64'], { daysAgo: 100 })
    .push('signed', { daysAgo: 60, accessories: ['sig'] })
    .attest('child-att', 'amd64', { daysAgo: 1.5 })
    .attest('sig-att', 'sig', { daysAgo: 1.5 })
    .repository();
  const names = new Map(
    ['younger', 'index', 'signed', 'child-att', 'sig-att'].map((name) => [digestOf(name), name]),
  );
  const order = judge(repository, none).actions.map((action) =>
    'digest' in action ? names.get(action.digest) : undefined,
  );
  expect(order).toEqual(['index', 'child-att', 'signed', 'sig-att', 'younger']);
});

test('children and accessories of what goes are facts of its action', () => {
  const repository = builder()
    .index('index', ['amd64', 'arm64'], { accessories: ['sig', 'sbom'] })
    .repository();
  expect(judge(repository, none).actions).toMatchObject([
    {
      children: [digestOf('amd64'), digestOf('arm64')],
      accessories: [digestOf('sig'), digestOf('sbom')],
    },
  ]);
});

test('nothing to do is no action', () => {
  expect(judge(builder().repository(), none).actions).toEqual([]);
  expect(judge(builder().push('a', { daysAgo: 0 }).repository(), none).actions).toEqual([]);
});

test.each<[string, readonly (readonly [string, number])[], number]>([
  [
    'the youngest of those that go',
    [
      ['d1', 30],
      ['d2', 20],
      ['v', 40],
    ],
    20,
  ],
  [
    'the one that stays',
    [
      ['v', 10],
      ['d1', 30],
      ['d2', 20],
    ],
    10,
  ],
])('a tag that goes alone knows when a tag was last put on its artifact: %s', (_, tags, last) => {
  const pushed = tags.map(([name, daysAgo]) => ({ name, daysAgo }));
  const { actions } = judge(builder().push('a', { tags: pushed }).repository(), untagging);
  expect(actions).toHaveLength(2);
  for (const action of actions) {
    expect(action).toMatchObject({ kind: 'remove-tag', lastTaggedAt: now - last * day });
    if (action.kind !== 'remove-tag') continue;
    const daysAgo = new Map(tags).get(action.tag) ?? 0;
    expect(action.tags).toEqual([{ name: action.tag, pushedAt: now - daysAgo * day }]);
  }
});
