import { describe, expect, test } from '@jest/globals';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { markerTag, restoredTag, trashTag, trashTags } from '../../functions/domain/trash.ts';
import {
  type Candidate,
  dueOf,
  keyOf,
  purgeTrash,
  trashedAt,
  type Purging,
} from '../../functions/plan/purge-trash.ts';
import type { Promised } from '../../functions/plan/trash-promises.ts';
import {
  artifactOf,
  builder,
  day,
  digestOf,
  headOf,
  now,
  type Pushed,
} from '../support/builder.ts';

const minute = 60_000;

const purging: Purging = { keepFor: 14 * day, now, heldBy: () => undefined };

/** A copy as a deletion leaves it: every tag in the trash's form. */
const copied = (name: string, pushed: Pushed = {}): Pushed => ({
  tags: [trashTag(digestOf(name), 'v1')],
  daysAgo: 30,
  ...pushed,
});

const trash = (fullName = 'trash/team/web') => builder(fullName);

const digestsIn = (candidates: readonly Candidate[]) => candidates.map(({ purge }) => purge.digest);

describe('a copy lies in the trash since', () => {
  const plain = { name: trashTag(digestOf('a'), 'v1'), daysAgo: 30 };
  test.each<readonly [string, Pushed, number | 'unknown']>([
    ['its own push, without a tag', { tags: [], daysAgo: 30 }, 30],
    ['the push of its tag, if that is later', { tags: [plain], daysAgo: 40 }, 30],
    ['its own push, if that is later', { tags: [plain], daysAgo: 20 }, 20],
    [
      'it was trashed again',
      { tags: [plain, { name: markerTag(digestOf('a'), 'run'), daysAgo: 3 }], daysAgo: 40 },
      3,
    ],
    [
      'it was trashed, though it was restored later',
      { tags: [plain, { name: restoredTag(digestOf('a')), daysAgo: 1 }], daysAgo: 40 },
      30,
    ],
    [
      'it was trashed, though nobody knows when it was restored',
      { tags: [plain, { name: restoredTag(digestOf('a')), daysAgo: 'unknown' }], daysAgo: 40 },
      30,
    ],
    ['no known day, without a push time', { tags: [plain], daysAgo: 'unknown' }, 'unknown'],
    ['no known day, without known tags', { tags: 'unknown', daysAgo: 30 }, 'unknown'],
    [
      'no known day, without the push time of one tag',
      { tags: [plain, { name: 'latest', daysAgo: 'unknown' }], daysAgo: 30 },
      'unknown',
    ],
  ])('%s', (_, pushed, days) => {
    const since = days === 'unknown' ? days : now - days * day;
    expect(trashedAt(artifactOf('a', 1, pushed))).toBe(since);
  });
});

describe('whether a copy is old enough', () => {
  const oneMs = 1 / day;
  test.each<readonly [string, Pushed, boolean]>([
    ['longer than keepFor: it is', { daysAgo: 14 + oneMs }, true],
    ['just keepFor: it waits', { daysAgo: 14 }, false],
    ['a day of which nothing is known: it waits', { daysAgo: 'unknown' }, false],
    ['unknown tags: it waits', { tags: 'unknown' }, false],
    ['pulled just keepFor ago: it waits', { pulledDaysAgo: 14 }, false],
    ['pulled longer ago: it is', { pulledDaysAgo: 14 + oneMs }, true],
    ['young and pulled: it waits', { daysAgo: 3, pulledDaysAgo: 2 }, false],
  ])('%s', (_, pushed, isCandidate) => {
    const facts = trash()
      .push('a', copied('a', { size: 70, ...pushed }))
      .repository();
    const found = purgeTrash(facts, purging);
    expect(digestsIn(found.candidates)).toEqual(isCandidate ? [digestOf('a')] : []);
    expect([found.waiting, found.waitingBytes]).toEqual(isCandidate ? [0, 0] : [1, 70]);
  });
});

test('a candidate tells what the decision rests on, and which names are not of the trash', () => {
  const own = trashTag(digestOf('a'), 'v1');
  const tags = [
    own,
    { name: 'latest', daysAgo: 25 },
    { name: trashTag(digestOf('b'), 'v1'), daysAgo: 28 },
  ];
  const facts = trash()
    .push('a', copied('a', { tags, labels: ['legal'], pulledDaysAgo: 20, size: 70 }))
    .push('b', copied('b', { labels: 'unknown' }))
    .repository();
  const [first, second] = purgeTrash(facts, purging).candidates;
  expect(first).toEqual({
    purge: {
      kind: 'purge',
      id: `purge trash/team/web@${digestOf('a')}`,
      project: 'trash',
      repository: 'team/web',
      digest: digestOf('a'),
      artifactId: 1,
      rule: 'trash.keepFor',
      tags: [
        { name: own, pushedAt: now - 30 * day },
        { name: 'latest', pushedAt: now - 25 * day },
        { name: trashTag(digestOf('b'), 'v1'), pushedAt: now - 28 * day },
      ],
      labels: ['legal'],
      pushedAt: now - 30 * day,
      pulledAt: now - 20 * day,
      size: 70,
      trashedAt: now - 25 * day,
      unpulledSince: now - 14 * day,
    },
    foreignTags: [
      expect.objectContaining({ name: 'latest', pushedAt: now - 25 * day }),
      expect.objectContaining({ name: trashTag(digestOf('b'), 'v1') }),
    ],
    parents: [],
  });
  expect(second).toMatchObject({ purge: { labels: [] }, foreignTags: [] });
});

describe('an index and its children', () => {
  const index = copied('top');
  test('an untagged child goes with its index and is not counted apart from it', () => {
    const old = trash().untagged('leaf', { daysAgo: 30 }).index('top', ['leaf'], index);
    expect(purgeTrash(old.repository(), purging)).toMatchObject({
      candidates: [{ purge: { digest: digestOf('top') } }],
      waiting: 0,
    });
    const young = trash()
      .untagged('leaf', { daysAgo: 30, size: 5 })
      .index('top', ['leaf'], { ...index, daysAgo: 3, size: 70 });
    expect(purgeTrash(young.repository(), purging)).toMatchObject({
      candidates: [],
      waiting: 1,
      waitingBytes: 70,
    });
  });

  test('a pull of the child is a pull of the index', () => {
    const pulled = trash()
      .untagged('leaf', { daysAgo: 30, pulledDaysAgo: 2 })
      .index('top', ['leaf'], index);
    expect(purgeTrash(pulled.repository(), purging)).toMatchObject({ candidates: [], waiting: 1 });
  });

  test('a child with a tag is a candidate that names its indexes', () => {
    const facts = trash()
      .push('leaf', copied('leaf'))
      .index('top', ['leaf'], index)
      .index('other', ['leaf'], copied('other'))
      .repository();
    expect(purgeTrash(facts, purging).candidates).toMatchObject([
      { purge: { digest: digestOf('leaf') }, parents: [digestOf('top'), digestOf('other')] },
      { purge: { digest: digestOf('top') }, parents: [] },
      { purge: { digest: digestOf('other') }, parents: [] },
    ]);
  });
});

describe('what is old enough and stays is told of', () => {
  const facts = trash()
    .push('old', copied('old'))
    .push('pulled', copied('pulled', { pulledDaysAgo: 2 }))
    .push('young', copied('young', { daysAgo: 2, pulledDaysAgo: 1 }))
    .repository();
  const noteOn = (name: string, why: string) =>
    expect.stringMatching(`^trash/team/web@${digestOf(name)} .*${why}`);

  test('if it was pulled', () => {
    const { candidates, waiting, notes } = purgeTrash(facts, purging);
    expect(digestsIn(candidates)).toEqual([digestOf('old')]);
    expect(waiting).toBe(2);
    expect(notes).toEqual([noteOn('pulled', 'pulled')]);
  });

  test('if a list holds it, with the words of the list', () => {
    const asked: Artifact[] = [];
    const heldBy: Purging['heldBy'] = (artifact, graph) => {
      asked.push(artifact);
      return graph.artifacts.includes(artifact) ? 'it is listed' : undefined;
    };
    const { candidates, waiting, notes } = purgeTrash(facts, { ...purging, heldBy });
    expect(candidates).toEqual([]);
    expect(waiting).toBe(3);
    expect(notes).toEqual([noteOn('old', 'it is listed'), noteOn('pulled', 'it is listed')]);
    expect(asked.map(({ digest }) => digest)).toEqual([digestOf('old'), digestOf('pulled')]);
  });
});

test('of a repository that was not read whole everything waits, and the reason is told', () => {
  const seen = trash()
    .untagged('leaf', { daysAgo: 30, size: 5 })
    .index('top', ['leaf'], copied('top', { size: 70 }))
    .push('a', copied('a', { size: 8 }))
    .artifacts();
  const head = headOf('trash/team/web');
  expect(
    purgeTrash({ kind: 'unplannable', head, seen, because: 'a page is missing' }, purging),
  ).toEqual({
    candidates: [],
    waiting: 2,
    waitingBytes: 78,
    notes: [expect.stringMatching(/^trash\/team\/web: .*a page is missing$/)],
  });
});

const longest = 20 * day;

/** Candidates of one repository, of which each artifact was pushed as said. */
function candidatesOf(said: Readonly<Record<string, Pushed>>, fullName?: string) {
  let repository = trash(fullName);
  for (const [name, pushed] of Object.entries(said))
    repository = repository.push(name, copied(name, pushed));
  return purgeTrash(repository.repository(), purging).candidates;
}

/** Promises on copies in `team/web`. */
function promisesOf(said: Readonly<Record<string, Promised>>, repository = 'team/web') {
  return new Map(
    Object.entries(said).map(([name, promised]) => [
      keyOf({ repository, digest: digestOf(name) }),
      promised,
    ]),
  );
}

const namesIn = (purges: readonly { readonly digest: string }[], names: readonly string[]) =>
  purges.map(({ digest }) => names.find((name) => digestOf(name) === digest));

/** How a copy of `a` was pushed, and what a record says of it. */
type CopyOfA = Pushed & { readonly promised?: Promised };

describe('a copy of ours', () => {
  const at = now - 30 * day;
  test.each<readonly [string, CopyOfA, boolean]>([
    [
      'is due when its promised day is over',
      { promised: { at, until: now - 1 }, daysAgo: 30 },
      true,
    ],
    ['waits until its promised day is over', { promised: { at, until: now }, daysAgo: 30 }, false],
    [
      'waits for a promised day beyond the longest',
      { promised: { at, until: now + day }, daysAgo: 30 },
      false,
    ],
    [
      'is due by its promise before the longest is over',
      { promised: { at, until: now - 1 }, daysAgo: 15 },
      true,
    ],
    ['without a record waits for the longest', { daysAgo: 20 }, false],
    ['without a record is due after the longest', { daysAgo: 20 + 1 / day }, true],
    ['that was promised nothing waits for the longest', { promised: { at }, daysAgo: 20 }, false],
    ['that was promised nothing is due after the longest', { promised: { at }, daysAgo: 21 }, true],
  ])('%s', (_, { promised, ...pushed }, isDue) => {
    const candidates = candidatesOf({ a: pushed });
    const promises = promised === undefined ? new Map() : promisesOf({ a: promised });
    const found = dueOf(candidates, promises, { longest, now });
    const purges = candidates.map(({ purge }) => purge);
    expect(found).toEqual({
      due: isDue ? purges : [],
      staying: isDue ? [] : purges,
      notes: [],
    });
  });

  test('is not judged by the promise of another repository', () => {
    const promises = promisesOf({ a: { at, until: now + day } }, 'team/api');
    expect(dueOf(candidatesOf({ a: {} }), promises, { longest, now }).due).toHaveLength(1);
  });
});

describe('what came beside the trash', () => {
  const own = trashTag(digestOf('a'), 'v1');
  const until = now - day;
  const at = now - 30 * day;
  const latest = { name: 'latest', daysAgo: 30 };
  const other = { name: 'other', daysAgo: 25 };
  test.each<readonly [string, CopyOfA, boolean | 'nameless']>([
    ['only a name of the trash', { tags: [own] }, true],
    ['the name of a copy without tags', { tags: trashTags(digestOf('a'), []) }, true],
    ['a name that no record tells of', { tags: [own, latest] }, false],
    ['a name that came with the copy', { tags: [own, latest], promised: { at, until } }, true],
    ['only names that came with the copy', { tags: [latest], promised: { at, until } }, true],
    [
      'a name made just ten minutes after the record',
      { tags: [own, latest], promised: { at: at - 10 * minute, until } },
      true,
    ],
    [
      'a name made later than that',
      { tags: [own, latest], promised: { at: at - 10 * minute - 1, until } },
      false,
    ],
    [
      'one name with the copy and another that was put on it later',
      { tags: [own, latest, other], promised: { at, until } },
      false,
    ],
    ['no name at all, and no record', { tags: [] }, false],
    ['no name at all, and a record of a move that failed', { tags: [], promised: { at } }, true],
    [
      'no name at all, pushed after the record of a move that failed',
      { tags: [], promised: { at: at - day } },
      false,
    ],
    ['no name any more, and a record of a copy', { tags: [], promised: { at, until } }, 'nameless'],
  ])('%s', (_, { promised, ...pushed }, isOurs) => {
    const candidates = candidatesOf({ a: pushed });
    const promises = promised === undefined ? new Map() : promisesOf({ a: promised });
    const { due, staying, notes } = dueOf(candidates, promises, { longest, now });
    expect(due).toHaveLength(isOurs === true ? 1 : 0);
    expect(staying).toHaveLength(isOurs === true ? 0 : 1);
    const why = isOurs === 'nameless' ? 'is a copy whose names somebody took off' : 'is not';
    expect(notes).toEqual(
      isOurs === true ? [] : [expect.stringContaining(`trash/team/web@${digestOf('a')} ${why}`)],
    );
  });

  test('a name of which nobody knows when it was made is a stranger', () => {
    const candidates = candidatesOf({ a: {} }).map((one) => ({
      ...one,
      foreignTags: [{ name: 'latest', pushedAt: 'unknown' as const }],
    }));
    const promises = promisesOf({ a: { at, until } });
    expect(dueOf(candidates, promises, { longest, now })).toMatchObject({
      due: [],
      staying: [{ digest: digestOf('a') }],
      notes: [expect.anything()],
    });
  });
});

describe('a child and its index', () => {
  const names = ['leaf', 'middle', 'top', 'other'];
  const nest = trash()
    .push('leaf', copied('leaf', { daysAgo: 60 }))
    .index('middle', ['leaf'], copied('middle', { daysAgo: 50 }))
    .index('top', ['middle'], copied('top', { daysAgo: 40 }));
  const due = (candidates: readonly Candidate[], promises = promisesOf({})) => {
    const found = dueOf(candidates, promises, { longest, now });
    return { due: namesIn(found.due, names), staying: namesIn(found.staying, names) };
  };

  test('the index goes first, however young it is', () => {
    const { candidates } = purgeTrash(nest.repository(), purging);
    expect(due(candidates)).toEqual({ due: ['top', 'middle', 'leaf'], staying: [] });
  });

  test('the child stays with an index that stays, at any depth', () => {
    const { candidates } = purgeTrash(nest.repository(), purging);
    const promises = promisesOf({ top: { at: now - 40 * day, until: now + day } });
    const found = due(candidates, promises);
    expect(found.due).toEqual([]);
    expect(new Set(found.staying)).toEqual(new Set(['leaf', 'middle', 'top']));
  });

  test('an index may go while its child stays', () => {
    const { candidates } = purgeTrash(nest.repository(), purging);
    const promises = promisesOf({ leaf: { at: now - 60 * day, until: now + day } });
    expect(due(candidates, promises)).toEqual({ due: ['top', 'middle'], staying: ['leaf'] });
  });

  test('a child of two indexes goes once, and only with both', () => {
    const both = nest.index('other', ['leaf'], copied('other', { daysAgo: 30 }));
    const { candidates } = purgeTrash(both.repository(), purging);
    expect(due(candidates)).toEqual({ due: ['top', 'middle', 'other', 'leaf'], staying: [] });
    const young = nest.index('other', ['leaf'], copied('other', { daysAgo: 1 }));
    expect(due(purgeTrash(young.repository(), purging).candidates)).toEqual({
      due: ['top', 'middle'],
      staying: ['leaf'],
    });
  });

  test('an index of another repository holds nothing here, and does not let it go', () => {
    const here = purgeTrash(nest.repository(), purging).candidates;
    const elsewhere = candidatesOf({ top: { daysAgo: 90 } }, 'trash/team/api');
    const without = here.filter(({ purge }) => purge.digest !== digestOf('top'));
    expect(due([...without, ...elsewhere])).toEqual({
      due: ['top'],
      staying: ['middle', 'leaf'],
    });
  });
});

test('the oldest goes first; among equals digest and then repository decide', () => {
  const all = [
    ...candidatesOf({ c: { daysAgo: 30 }, d: { daysAgo: 30 }, young: { daysAgo: 25 } }),
    ...candidatesOf({ c: { daysAgo: 30 }, old: { daysAgo: 70 } }, 'trash/team/api'),
  ];
  const [low, high] = ['c', 'd'].toSorted((one, other) =>
    digestOf(one) < digestOf(other) ? -1 : 1,
  );
  const ordered = (name = '') =>
    name === 'c'
      ? [`team/api@${digestOf('c')}`, `team/web@${digestOf('c')}`]
      : [`team/web@${digestOf(name)}`];
  const expected = [
    `team/api@${digestOf('old')}`,
    ...ordered(low),
    ...ordered(high),
    `team/web@${digestOf('young')}`,
  ];
  for (const candidates of [all, all.toReversed()])
    expect(dueOf(candidates, new Map(), { longest, now }).due.map(keyOf)).toEqual(expected);
});
