import { expect, test } from '@jest/globals';
import type { Absence, Absences } from '../../functions/backtest/absences.ts';
import { factsWithout } from '../../functions/backtest/facts-without.ts';
import { findReturns } from '../../functions/backtest/find-returns.ts';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { type Builder, builder, digestOf } from '../support/builder.ts';
import { onDay } from '../support/past-nights.ts';

/** Rows that went on day 1, by name: each a removal of its own. */
function goneOf(rows: Readonly<Record<string, { id: number; as?: Absence['as'] }>>): Absences {
  const entries = Object.entries(rows).map(([name, { id, as = 'head' }]): [string, Absence] => {
    const removal = {
      repository: 'team/web',
      digest: digestOf(name),
      artifactId: id,
      night: 0,
      at: onDay(1),
      rule: 'rule',
      tags: [name],
      labels: [],
      size: 1,
      undo: 'trash',
    } as const;
    return [digestOf(name), { id, at: onDay(1), as, of: { removal, sightings: {} } }];
  });
  return { rows: new Map(entries), tags: new Map() };
}

/** When each of these came back, in days; undefined: it did not. */
function backOn(facts: RepositoryFacts, absences: Absences, names: readonly string[]): unknown {
  findReturns(facts, absences, onDay(9));
  return names.map((name) => {
    const at = absences.rows.get(digestOf(name))?.backAt;
    return at === undefined ? undefined : (at - onDay(0)) / 86_400_000;
  });
}

const push = (more: Parameters<Builder['push']>[1]): RepositoryFacts =>
  builder().push('image', more).repository();

test.each<[string, RepositoryFacts, number | undefined]>([
  ['nothing new', push({}), undefined],
  ['a tag of before', push({ tags: [{ name: 'x', daysAgo: 0 }] }), undefined],
  ['a tag of the very moment', push({ tags: [{ name: 'x', daysAgo: -1 }] }), undefined],
  ['a tag of an unknown moment', push({ tags: [{ name: 'x', daysAgo: 'unknown' }] }), undefined],
  ['tags that are not known', push({ tags: 'unknown' }), undefined],
  ['a younger tag', push({ tags: [{ name: 'x', daysAgo: -2 }] }), 2],
  [
    'two younger tags',
    push({
      tags: [
        { name: 'x', daysAgo: -4 },
        { name: 'y', daysAgo: -3 },
      ],
    }),
    3,
  ],
  ['a younger push', push({ daysAgo: -2, tags: [] }), 2],
  ['a pull', push({ pulledDaysAgo: -3 }), undefined],
])('%s', (_, facts, day) => {
  expect(backOn(facts, goneOf({ image: { id: 1 } }), ['image'])).toEqual([day]);
});

test('another row came again, whatever its clock says', () => {
  const absences = goneOf({ image: { id: 7 } });
  findReturns(push({}), absences, onDay(9));
  const [absence] = absences.rows.values();
  expect(absence?.backAt).toBe(onDay(1) + 1);
  expect(absence?.of.closedAt).toBe(onDay(1) + 1);
});

test('what a new index lists came with its push, at any depth, and with the earliest of two', () => {
  const facts = builder()
    .push('leaf')
    .index('middle', ['leaf'])
    .index('late', ['middle'], { daysAgo: -5 })
    .index('early', ['leaf'], { daysAgo: -3 })
    .repository();
  const gone = goneOf({ leaf: { id: 1 }, middle: { id: 2 } });
  expect(backOn(facts, gone, ['leaf', 'middle'])).toEqual([3, 5]);
  expect([...gone.rows.values()].map(({ of }) => of.closedAt)).toEqual([onDay(3), onDay(5)]);
});

test('what hangs on something that came again came with it, though it is no removal of its own', () => {
  const facts = builder()
    .index('index', ['child'], {
      accessories: ['signature'],
      tags: [{ name: 'again', daysAgo: -4 }],
    })
    .hidden('child')
    .hidden('signature')
    .repository();
  const gone = goneOf({
    index: { id: 1 },
    child: { id: 1_001, as: 'child' },
    signature: { id: 1_002, as: 'accessory' },
  });
  expect(backOn(facts, gone, ['index', 'child', 'signature'])).toEqual([4, 4, 4]);
  const closed = [...gone.rows.values()].map(({ of }) => of.closedAt);
  expect(closed).toEqual([onDay(4), undefined, undefined]);
});

test('what something lists that was there before is there since that night at the latest', () => {
  const facts = builder().index('index', ['child']).hidden('child').repository();
  expect(backOn(facts, goneOf({ child: { id: 1_001 } }), ['child'])).toEqual([9]);
});

test('what hangs on something that is still gone stays gone', () => {
  const facts = builder().index('index', ['child']).hidden('child').repository();
  const gone = goneOf({ index: { id: 1 }, child: { id: 1_001 } });
  expect(backOn(facts, gone, ['index', 'child'])).toEqual([undefined, undefined]);
});

test('what came again once stays so, as it came', () => {
  const gone = goneOf({ image: { id: 1 } });
  expect(backOn(push({ tags: [{ name: 'x', daysAgo: -4 }] }), gone, ['image'])).toEqual([4]);
  expect(backOn(push({ tags: [{ name: 'x', daysAgo: -2 }] }), gone, ['image'])).toEqual([4]);
  expect(backOn(push({}), gone, ['image'])).toEqual([4]);
});

test('facts without what went count fewer, and show what came again as a new push', () => {
  const facts = builder()
    .push('gone', { pulledDaysAgo: -3 })
    .push('back', { pulledDaysAgo: 0, tags: ['old', { name: 'new', daysAgo: -2 }] })
    .push('pulled', { pulledDaysAgo: -4, tags: ['old', { name: 'newer', daysAgo: -3 }] })
    .push('other')
    .repository();
  const absences = goneOf({
    gone: { id: 1 },
    back: { id: 2 },
    pulled: { id: 3 },
    other: { id: 99 },
  });
  const real = { ...facts, head: { ...facts.head, artifactCount: 4 } };
  findReturns(real, absences, onDay(9));
  const left = factsWithout(real, absences);
  if (left.kind !== 'complete') throw new Error('it is complete');
  expect(left.head.artifactCount).toBe(3);
  expect(
    left.artifacts.map(({ pushedAt, pulledAt, tags }) => [
      pushedAt,
      pulledAt,
      tags === 'unknown' ? tags : tags.map(({ name }) => name),
    ]),
  ).toEqual([
    [onDay(2), 'unknown', ['new']],
    [onDay(3), onDay(4), ['newer']],
    [onDay(-100), 'unknown', ['other']],
  ]);
  expect(factsWithout(facts, { rows: new Map(), tags: new Map() })).toBe(facts);
});

test('an untagged child that went is not counted apart, and a torn list keeps what it has', () => {
  const facts = builder().index('index', ['child']).untagged('child').push('young').repository();
  const gone = goneOf({ index: { id: 1 }, child: { id: 2, as: 'child' } });
  const real = { ...facts, head: { ...facts.head, artifactCount: 2 } };
  expect(factsWithout(real, gone).head.artifactCount).toBe(1);
  const torn: RepositoryFacts = {
    kind: 'unplannable',
    head: { ...facts.head, artifactCount: 0 },
    seen: facts.artifacts,
    because: 'torn',
  };
  const left = factsWithout(torn, gone);
  expect([left.head.artifactCount, left.kind === 'unplannable' && left.seen.length]).toEqual([
    0, 1,
  ]);
});

test('a single tag is missing until it is pushed again', () => {
  const at = onDay(1);
  const of = [...goneOf({ image: { id: 1 } }).rows.values()][0]?.of;
  if (of === undefined) throw new Error('there is one');
  const removed = new Map(['a', 'b', 'c'].map((name) => [name, { at, of }]));
  const absences = { rows: new Map(), tags: new Map([[1, removed]]) };
  const tags = ['a', { name: 'b', daysAgo: -2 }, { name: 'c', daysAgo: 'unknown' as const }, 'd'];
  const left = factsWithout(push({ tags }), absences);
  const [image] = left.kind === 'complete' ? left.artifacts : [];
  expect(image?.tags).toMatchObject([{ name: 'b' }, { name: 'd' }]);
  const unknown = push({ tags: 'unknown' });
  const kept = factsWithout(unknown, absences);
  expect(kept.kind === 'complete' && kept.artifacts[0]?.tags).toBe('unknown');
});
