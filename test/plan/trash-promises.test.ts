import { expect, test } from '@jest/globals';
import type { Action } from '../../functions/domain/action.ts';
import { graphOf } from '../../functions/domain/graph.ts';
import { listedImages, type ListedEntry, readEntry } from '../../functions/domain/image-list.ts';
import type { Outcome } from '../../functions/domain/outcome.ts';
import type { RegistryFacts } from '../../functions/domain/registry.ts';
import { trashPlace, trashTag } from '../../functions/domain/trash.ts';
import { holdOnCopy, longestPromise, promisesIn } from '../../functions/plan/trash-promises.ts';
import { artifactOf, builder, day, digestOf } from '../support/builder.ts';
import { judge, policyFrom, registryOf, ruleOn } from '../support/judge.ts';

test.each<readonly [string, number, readonly (number | undefined)[], number]>([
  ['what the policy says now', 20, [], 20],
  ['never less than 14 days', 3, [], 14],
  ['the longest that an armed run promised', 20, [undefined, 30, 25], 30],
  ['not less than now by what a run promised', 20, [5, undefined], 20],
])('a copy without a record may have been promised: %s', (...row) => {
  const [, keepFor, runs, longest] = row;
  const history = { runs: runs.map((days) => ({ keepFor: days && days * day })) };
  expect(longestPromise(keepFor * day, history as never)).toBe(longest * day);
});

const [deletion] = judge(
  builder()
    .index('top', ['child'], { accessories: ['sig'] })
    .repository(),
  ruleOn('none'),
).actions;

const record = (days: number, at: number, { trash = 'trash', action = deletion } = {}) => {
  const copy = { project: trash, repository: 'team/web', tags: [], restorableUntil: days * day };
  const outcome = { action: 'some', at, result: 'done', trash: copy } as Outcome;
  return { action: action as Action, outcome };
};

test('a record promises for the artifact and all that its copy brought along; the later day counts', () => {
  const key = (name: string) => `team/web@${digestOf(name)}`;
  for (const records of [
    [record(5, 1), record(3, 2)],
    [record(3, 2), record(5, 1)],
  ]) {
    const promises = promisesIn(records, 'trash');
    expect([...promises.keys()].toSorted()).toEqual(['top', 'child', 'sig'].map(key).toSorted());
    for (const promise of promises.values()) expect(promise).toEqual({ until: 5 * day, at: 2 });
  }
});

test('an action of an older version, which names no members, promises for what it lists', () => {
  const { members, ...older } = deletion as Extract<Action, { kind: 'delete-artifact' }>;
  expect(members).toHaveLength(2);
  expect(promisesIn([record(5, 1, { action: older })], 'trash').size).toBe(3);
});

test('nothing is promised by another trash, without a copy, or by what is no deletion', () => {
  const without = { ...record(5, 1), outcome: { action: 'a', at: 1, result: 'already-gone' } };
  const purge = { ...deletion, kind: 'purge', trashedAt: 1 } as Action;
  const records = [
    record(5, 1, { trash: 'bin' }),
    without as never,
    record(5, 1, { action: purge }),
  ];
  expect(promisesIn(records, 'trash').size).toBe(0);
});

const policy = policyFrom(`version: 1
rules:
  - { name: rule, select: { projects: ['**'], tags: ['**'] }, keep: none }
protect:
  labels: [keep]
  tags: ['**']
  minimumAge: 9w
  digests: { file: digests.txt }
  inUse: [{ source: list, file: uses.txt }]
`);

const entriesOf = (lines: readonly string[]): readonly ListedEntry[] =>
  lines.map((line) => {
    const entry = readEntry(line);
    if ('problem' in entry) throw new Error(entry.problem);
    return entry;
  });

const held = (
  name: string,
  { inUse = [], listed = [], registry = {} }: Lists = {},
  repository = 'web',
) => {
  const digest = digestOf(name);
  const copy = artifactOf(name, 1, {
    tags: [trashTag(digest, 'v1'), 'foreign'],
    labels: ['keep'],
    daysAgo: 1,
    children: ['part'],
  });
  const hidden = artifactOf('part', 2, { tags: [] });
  const facts: RegistryFacts = registryOf({
    registry: {
      inUse: { ...listedImages(entriesOf(inUse)), unreadable: [] },
      listedDigests: listedImages(entriesOf(listed)),
      ...registry,
    },
  });
  const place = trashPlace('trash', { project: 'team', repository });
  return holdOnCopy(
    { place, artifact: copy, graph: graphOf([copy], [hidden]) },
    { policy, registry: facts },
  );
};

interface Lists {
  readonly inUse?: readonly string[];
  readonly listed?: readonly string[];
  readonly registry?: Partial<RegistryFacts>;
}

test('labels, tags and ages, which are about what is in its place, hold no copy', () => {
  expect(held('img')).toBeUndefined();
  expect(held('img', { inUse: ['team/web:v2', 'team/api:v1'] })).toBeUndefined();
});

test.each<readonly [string, Lists]>([
  ['its digest in use', { inUse: [digestOf('img')] }],
  ['a listed digest', { listed: [digestOf('img')] }],
  ['the digest of a part', { listed: [digestOf('part')] }],
  ['the name that it had', { inUse: ['team/web:v1'] }],
  ['its name in the trash', { inUse: [`trash/team/web:${digestOf('img').slice(7, 19)}.v1`] }],
  ['a list of digests that is not known', { registry: { listedDigests: 'unknown' } }],
])('a copy is held by %s', (_, lists) => {
  expect(held('img', lists)).toEqual(expect.any(String));
});

test('a source that can’t be read holds every copy that it may cover', () => {
  const unreadable = (scope?: string) => ({
    inUse: {
      ...listedImages([]),
      unreadable: [{ source: 'uses', because: 'gone', ...(scope !== undefined && { scope }) }],
    },
  });
  expect(held('img', { registry: unreadable() })).toEqual(expect.any(String));
});

test('a copy whose name is too long to be told is held by any image in use', () => {
  const long = 'a'.repeat(240);
  expect(held('img', {}, long)).toBeUndefined();
  expect(held('img', { inUse: ['far/away:v9'] }, long)).toMatch(/too long/);
  expect(held('img', { listed: [digestOf('elsewhere')] }, long)).toBeUndefined();
});
