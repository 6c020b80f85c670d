import { expect, test } from '@jest/globals';
import type { Absences } from '../../functions/backtest/absences.ts';
import {
  findRegrets,
  findUses,
  useOf,
  type UseWitness,
} from '../../functions/backtest/find-regrets.ts';
import type { Watched } from '../../functions/backtest/removal.ts';
import { listedImages } from '../../functions/domain/image-list.ts';
import { builder, digestOf, type Pushed } from '../support/builder.ts';
import { listed } from '../support/listed.ts';
import { onDay } from '../support/past-nights.ts';

const empty = { digests: [], references: [], patterns: [] };

/** A list whose entry says who uses an image, and since when. */
function used(reference: string, seenDay: number | undefined): UseWitness['images'] {
  const seen = seenDay === undefined ? {} : { seenAt: onDay(seenDay) };
  const use = { by: 'web', role: 'running', ...seen } as const;
  return listedImages([{ ...empty, written: reference, references: [reference], use }]);
}

const name = 'team/web:image';
const sought = { digest: digestOf('image'), names: [name], since: onDay(1) };

test.each<[string, readonly UseWitness[], number | undefined, boolean]>([
  ['no list', [], undefined, false],
  ['an empty list', [{ images: listed({}), at: onDay(5), isDated: true }], undefined, false],
  [
    'a list of another image',
    [{ images: listed({ references: ['team/web:x'] }), at: onDay(5), isDated: true }],
    undefined,
    false,
  ],
  [
    'a list by tag, dated',
    [{ images: listed({ references: [name] }), at: onDay(5), isDated: true }],
    5,
    true,
  ],
  [
    'a list by digest',
    [{ images: listed({ digests: [digestOf('image')] }), at: onDay(5), isDated: true }],
    5,
    true,
  ],
  [
    'a list of the very moment',
    [{ images: listed({ references: [name] }), at: onDay(1), isDated: true }],
    undefined,
    false,
  ],
  [
    'an entry that says when, in a list of a night',
    [{ images: used(name, 3), at: onDay(5), isDated: false }],
    3,
    false,
  ],
  [
    'an entry that says an earlier day, in a list of a night',
    [{ images: used(name, 0), at: onDay(5), isDated: false }],
    undefined,
    false,
  ],
  [
    'an entry that says an earlier day, in a list that is dated',
    [{ images: used(name, 0), at: onDay(5), isDated: true }],
    5,
    false,
  ],
  [
    'an entry that does not say when',
    [{ images: used(name, undefined), at: onDay(5), isDated: false }],
    5,
    true,
  ],
  [
    'the earlier of two lists',
    [
      { images: listed({ references: [name] }), at: onDay(6), isDated: true },
      { images: used(name, 2), at: onDay(5), isDated: false },
      { images: listed({ references: [name] }), at: onDay(4), isDated: true },
    ],
    2,
    false,
  ],
])('%s', (_, witnesses, ...[at, isLatest]) => {
  const found = useOf(sought, witnesses);
  expect([found?.at, found?.isLatest === true]).toEqual([
    at === undefined ? undefined : onDay(at),
    isLatest,
  ]);
});

test('a use is named by whoever uses it, and by tag or digest', () => {
  const words = (images: UseWitness['images']) =>
    useOf(sought, [{ images, at: onDay(5), isDated: true }])?.what;
  expect(words(used(name, 3))).toBe('web runs it (tag image)');
  expect(words(listed({ references: [name] }))).toBe('a list names it (tag image)');
  expect(words(listed({ digests: [digestOf('image')] }))).toBe(
    `a list names it (digest ${digestOf('image').slice(0, 19)})`,
  );
});

/** An image, or one of its tags, that went on day 1. */
function watchedOf(more: Partial<Watched['removal']> = {}): Watched {
  const removal: Watched['removal'] = {
    repository: 'team/web',
    digest: digestOf('image'),
    artifactId: 1,
    night: 0,
    at: onDay(1),
    rule: 'rule',
    tags: ['image'],
    labels: ['old'],
    size: 1,
    undo: 'trash',
    ...more,
  };
  return { removal, sightings: {} };
}

const absencesOf = (of: Watched): Absences => ({
  rows: new Map([[of.removal.digest, { id: 1, at: of.removal.at, as: 'head', of }]]),
  tags: new Map(),
});

function seen(pushed: Pushed, of = watchedOf(), absences = absencesOf(of)): Watched {
  findRegrets(builder().push('image', pushed).repository(), absences, {
    takenAt: onDay(9),
    witnesses: [],
    protecting: new Set(['keep']),
  });
  return of;
}

test('of several new labels the one that protects is named, whatever their order', () => {
  const { sightings } = seen({ labels: ['a', 'old', 'keep', 'b'] });
  expect(sightings.labelled).toEqual({
    at: onDay(9),
    isLatest: true,
    what: 'keep',
    protects: true,
  });
  expect(seen({ labels: ['b', 'a', 'old'] }).sightings.labelled).toMatchObject({ what: 'a' });
  expect(seen({ labels: ['old'] }).sightings).toEqual({});
  expect(seen({ labels: 'unknown' }).sightings).toEqual({});
});

test('tags that are not known say nothing, and the row is seen all the same', () => {
  const of = seen({ tags: 'unknown', pulledDaysAgo: -2 });
  expect([of.sightings, of.lastSeen]).toEqual([{ pulled: { at: onDay(2) } }, onDay(9)]);
});

test('the first of several new tags counts, and one of the very moment does not', () => {
  const tags = [
    { name: 'then', daysAgo: -1 },
    { name: 'third', daysAgo: -3 },
    { name: 'second', daysAgo: -2 },
    { name: 'unknown', daysAgo: 'unknown' as const },
  ];
  expect(seen({ tags }).sightings).toEqual({ tagged: { at: onDay(2), what: 'second' } });
});

test('an earlier sighting replaces a later one, and no later one an earlier', () => {
  const of = watchedOf();
  const absences = absencesOf(of);
  seen({ pulledDaysAgo: -5 }, of, absences);
  seen({ pulledDaysAgo: -7 }, of, absences);
  expect(of.sightings.pulled?.at).toBe(onDay(5));
  seen({ pulledDaysAgo: -3 }, of, absences);
  expect(of.sightings.pulled?.at).toBe(onDay(3));
});

test('what comes again is watched up to then, and no further', () => {
  const closed = { ...watchedOf(), closedAt: onDay(4) };
  expect(seen({ pulledDaysAgo: -4 }, closed).sightings).toEqual({});
  expect(seen({ pulledDaysAgo: -3 }, closed).sightings).toEqual({ pulled: { at: onDay(3) } });
});

test('of another row of the digest only a younger tag counts', () => {
  const of = watchedOf();
  const [absence] = absencesOf(of).rows.values();
  if (absence === undefined) throw new Error('there is one');
  const rows = new Map([[of.removal.digest, { ...absence, id: 99 }]]);
  seen({ labels: ['keep'], pulledDaysAgo: -3, tags: [{ name: 'new', daysAgo: -2 }] }, of, {
    rows,
    tags: new Map(),
  });
  expect([of.sightings, of.lastSeen]).toEqual([
    { tagged: { at: onDay(2), what: 'new' } },
    undefined,
  ]);
});

test('a pull of a signature, or of one of another time, is no pull of its image', () => {
  const of = watchedOf();
  const rows = new Map([
    [of.removal.digest, { id: 1, at: of.removal.at, as: 'accessory' as const, of }],
  ]);
  seen({ pulledDaysAgo: -3, labels: ['keep'] }, of, { rows, tags: new Map() });
  expect([of.sightings, of.lastSeen]).toEqual([{}, undefined]);
  expect(seen({ pulledDaysAgo: -1 }).sightings).toEqual({});
});

function tagSeen(tag: Pushed['tags'], of = watchedOf({ tag: 'image', undo: 'tag' })): Watched {
  const removed = new Map([['image', { at: of.removal.at, of }]]);
  return seen({ tags: tag ?? [] }, of, { rows: new Map(), tags: new Map([[1, removed]]) });
}

test('a single tag is seen as long as it is there as it was, and pulled by its own pulls only', () => {
  const own = tagSeen([{ name: 'image', pulledDaysAgo: -3 }]);
  expect([own.sightings, own.lastSeen]).toEqual([{ pulled: { at: onDay(3) } }, onDay(9)]);
  expect(tagSeen([{ name: 'image', pulledDaysAgo: -1 }]).sightings).toEqual({});
  expect(tagSeen([{ name: 'other', pulledDaysAgo: -3 }]).lastSeen).toBeUndefined();
  expect(tagSeen('unknown').lastSeen).toBeUndefined();
  // Nobody knows when the tag came here: its pull may be its own.
  const maybe = tagSeen([{ name: 'image', daysAgo: 'unknown', pulledDaysAgo: -3 }]);
  expect(maybe.sightings).toEqual({ pulled: { at: onDay(3) } });
});

test('a single tag that is pushed again closes the watch, which stays closed', () => {
  const again = tagSeen([{ name: 'image', daysAgo: -2, pulledDaysAgo: -3 }]);
  expect([again.sightings, again.closedAt, again.lastSeen]).toEqual([{}, onDay(2), undefined]);
  expect(tagSeen([{ name: 'image', daysAgo: -5 }], again).closedAt).toBe(onDay(2));
  expect(tagSeen([{ name: 'image', daysAgo: -1 }]).closedAt).toBeUndefined();
});

test('a list of now finds by digest what the facts do not show any more, and no single tag', () => {
  const images = listed({ digests: [digestOf('image')] });
  const witness = { images, at: onDay(12), isDated: true };
  const gone = watchedOf();
  const tag = watchedOf({ tag: 'image' });
  const back = { ...watchedOf(), closedAt: onDay(4) };
  const later = { ...watchedOf(), closedAt: onDay(13) };
  findUses([gone, tag, back, later], [witness]);
  expect([gone, tag, back, later].map(({ sightings }) => sightings['in-use']?.at)).toEqual([
    onDay(12),
    undefined,
    undefined,
    onDay(12),
  ]);
});

test('a tag that brought it back shows that it was wanted, and one after it came back otherwise does not', () => {
  const tagged = (closedAt: number | undefined, daysAgo: number) => {
    const of = closedAt === undefined ? watchedOf() : { ...watchedOf(), closedAt };
    return seen({ tags: [{ name: 'new', daysAgo }] }, of).sightings.tagged?.at;
  };
  expect([tagged(onDay(4), -4), tagged(onDay(4), -5), tagged(undefined, -5)]).toEqual([
    onDay(4),
    undefined,
    onDay(5),
  ]);
});

test('a child that came back with another index is not pulled for the one that went', () => {
  const of = watchedOf();
  const child = { id: 1, at: of.removal.at, as: 'child' as const, of, backAt: onDay(3) };
  const absences = (): Absences => ({
    rows: new Map([[of.removal.digest, child]]),
    tags: new Map(),
  });
  const pulledOn = (day: number) => seen({ pulledDaysAgo: -day }, of, absences()).sightings;
  expect([pulledOn(4), pulledOn(3)]).toEqual([{}, {}]);
  expect(seen({ tags: [{ name: 'new', daysAgo: -4 }] }, of, absences()).sightings).toEqual({});
  expect(pulledOn(2)).toEqual({ pulled: { at: onDay(2) } });
});
