import { expect, test } from '@jest/globals';
import type { Action } from '../../functions/domain/action.ts';
import { graphOf } from '../../functions/domain/graph.ts';
import { listedImages, type ListedEntry, readEntry } from '../../functions/domain/image-list.ts';
import type { Known } from '../../functions/domain/instant.ts';
import type { Outcome } from '../../functions/domain/outcome.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { RegistryFacts } from '../../functions/domain/registry.ts';
import { trashPlace, trashTag } from '../../functions/domain/trash.ts';
import { holdOnCopy, longestPromise, promisesIn } from '../../functions/plan/trash-promises.ts';
import { artifactOf, builder, day, digestOf, type Pushed } from '../support/builder.ts';
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

test('a copy of which no record says where it lies is ours, where it would lie, and was promised nothing', () => {
  const outcome = { action: 'some', at: 4, result: 'failed' } as unknown as Outcome;
  const failed = { action: deletion as Action, outcome };
  const all = promisesIn([failed], 'trash');
  expect(all.size).toBe(3);
  expect(all.get(`team/web@${digestOf('top')}`)).toEqual({ at: 4 });
  const later = promisesIn([failed, record(5, 1)], 'trash');
  expect(later.get(`team/web@${digestOf('top')}`)).toEqual({ until: 5 * day, at: 4 });
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

/** A copy as a test wants it; by default of team/web:v1, with parts, one of which is called team/web:v9. */
interface Copied {
  readonly policy: Policy;
  readonly repository: string;
  readonly tags: Known<readonly string[]>;
  readonly sig: Pushed | undefined;
}
const blind: Partial<Copied> = { tags: 'unknown' };
const unread: Partial<Copied> = { sig: undefined };
const foreign: Partial<Copied> = { tags: [], sig: { tags: [] } };

const held = (...given: Parameters<typeof holdOn>) => holdOn(...given)?.because;

const holdOn = (
  name: string,
  { inUse = [], listed = [], registry = {} }: Lists = {},
  copied: Partial<Copied> = {},
) => {
  const named = { tags: [trashTag(digestOf('sig'), 'v9')] };
  const { repository, tags, sig, ...given } = {
    policy,
    repository: 'web',
    tags: ['v1'],
    sig: named,
    ...copied,
  };
  const digest = digestOf(name);
  const copy = artifactOf(name, 1, {
    tags: tags === 'unknown' ? tags : [...tags.map((tag) => trashTag(digest, tag)), 'foreign'],
    labels: ['keep'],
    daysAgo: 1,
    children: ['part', 'tagged'],
    accessories: ['sig'],
  });
  const hidden = [
    artifactOf('part', 2, { tags: [] }),
    artifactOf('tagged', 3),
    ...(sig === undefined ? [] : [artifactOf('sig', 4, sig)]),
  ];
  const facts: RegistryFacts = registryOf({
    registry: {
      inUse: { ...listedImages(entriesOf(inUse)), unreadable: [] },
      listedDigests: listedImages(entriesOf(listed)),
      ...registry,
    },
  });
  const place = trashPlace('trash', { project: 'team', repository });
  return holdOnCopy(
    { place, artifact: copy, graph: graphOf([copy], hidden) },
    { ...given, registry: facts },
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

test('what a list is known to name comes before what one may name', () => {
  const unreadable = [{ source: 'uses', because: 'gone' }];
  const silent = { inUse: { ...listedImages([]), unreadable } };
  expect(holdOn('img', { registry: silent })).toMatchObject({ isUnknown: true });
  const listedDigests = listedImages(entriesOf([digestOf('img')]));
  expect(holdOn('img', { registry: { ...silent, listedDigests } })).toMatchObject({
    because: expect.stringContaining('sha256'),
    isUnknown: false,
  });
  const known = { inUse: [digestOf('img')], registry: { listedDigests: 'unknown' as const } };
  expect(holdOn('img', known)).toMatchObject({ isUnknown: false });
});

/** What is lost of the name of a copy: that of its repository, or a tag of it or of a part. */
const lost: readonly (readonly [string, Partial<Copied>])[] = [
  ['its repository', { repository: 'a'.repeat(240) }],
  ['a tag', { tags: ['v'.repeat(120)] }],
  ['a tag of what hangs on it', { sig: { tags: [trashTag(digestOf('sig'), 'v'.repeat(120))] } }],
];

test.each(lost)(
  'a copy is held by any name on a list where that of %s was too long',
  (_, copied) => {
    const isHeld = (lists: Lists) => held('img', lists, copied);
    expect(isHeld({})).toBeUndefined();
    expect(isHeld({ inUse: [digestOf('else')], listed: [digestOf('where')] })).toBeUndefined();
    for (const name of ['far/away:v9', 'far/**']) {
      expect(isHeld({ inUse: [name] })).toMatch(/too long/);
      expect(isHeld({ listed: [name] })).toMatch(/too long/);
    }
    expect(isHeld({ inUse: ['far/away:v9', digestOf('img')] })).toMatch(/workload uses sha256/);
    const inline = policyFrom(`version: 1
rules: [{ name: rule, select: { projects: ['**'], tags: ['**'] }, keep: none }]
protect: { digests: ['far/away:v9'] }`);
    expect(held('img', {}, { ...copied, policy: inline })).toMatch(/too long/);
  },
);

test.each<readonly [string, Lists, Partial<Copied>, boolean]>([
  ['by the name of a part', { inUse: ['team/web:v9'] }, {}, true],
  ['not by what outlives it', { listed: [digestOf('tagged')] }, {}, false],
  ['not by a name that it never had', { inUse: ['team/web:*'] }, foreign, false],
  ['where its tags are not known, by its digest', { inUse: [digestOf('img')] }, blind, true],
  ['where its tags are not known, by no other', { inUse: ['team/web:v2'] }, blind, false],
  ['where a part was not read, by that digest', { listed: [digestOf('sig')] }, unread, true],
  ['where a part was not read, by no other', { inUse: ['team/web:v2'] }, unread, false],
])('a copy is held %s', (_, ...[lists, copied, expected]) => {
  expect(held('img', lists, copied) !== undefined).toBe(expected);
});
