import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { byText, newestFirst } from '../../functions/domain/artifact-order.ts';
import { parseBytes } from '../../functions/domain/bytes.ts';
import {
  ancestorsOf,
  descendantsOf,
  graphOf,
  isPresent,
  isUntaggedChild,
  relativesOf,
} from '../../functions/domain/graph.ts';
import { sha256Base64, sha256Hex } from '../../functions/domain/hash.ts';
import {
  formatInstant,
  knownOf,
  knownOr,
  latestKnown,
  parseInstant,
} from '../../functions/domain/instant.ts';
import { allowedBy, asNumber } from '../../functions/domain/limits.ts';
import { goesAtOf, type Margin, type SimpleMargin } from '../../functions/domain/reason.ts';
import { accessorySubject, subjectsOf } from '../../functions/domain/subject.ts';
import { artifactOf, builder, digestOf } from '../support/builder.ts';

test('the newest comes first, equal times by digest, unknown times before all', () => {
  const entries = [
    { digest: 'b', at: 1 },
    { digest: 'a', at: 1 },
    { digest: 'c', at: 2 },
    { digest: 'e', at: 'unknown' as const },
    { digest: 'd', at: 'unknown' as const },
  ];
  expect(entries.toSorted(newestFirst).map(({ digest }) => digest)).toEqual([
    'd',
    'e',
    'c',
    'a',
    'b',
  ]);
});

test('whichever of two is asked first, the order is the same', () => {
  const entry = fc.record({
    digest: fc.constantFrom('a', 'b'),
    at: fc.constantFrom(1, 2, 'unknown' as const),
  });
  fc.assert(
    fc.property(entry, entry, (one, other) => {
      expect(newestFirst(one, other) + newestFirst(other, one)).toBe(0);
      const isSame = one.digest === other.digest && one.at === other.at;
      expect(newestFirst(one, other) === 0).toBe(isSame);
    }),
  );
});

test('texts are ordered by code units, whatever the locale', () => {
  expect(['b', 'a', 'B', 'ä', 'a'].toSorted(byText)).toEqual(['B', 'a', 'a', 'b', 'ä']);
});

test.each([
  ['0B', 0],
  ['500GB', 500e9],
  ['20GiB', 20 * 2 ** 30],
  ['1TB', 1e12],
  ['3kB', 3000],
])('%s is a number of bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each([
  '',
  '5',
  'GB',
  '5 GB',
  '5gb',
  '1.5GB',
  '-1GB',
  '99999999TB',
  '5PB',
  '5GB ',
  '5GB1',
  'x5GB',
])('%j is no number of bytes', (text) => {
  expect(parseBytes(text)).toBeUndefined();
});

test.each([
  ['0001-01-01T00:00:00.000Z', 'unknown'],
  ['1970-01-01T00:00:00Z', 'unknown'],
  ['1999-12-31T23:59:59.999Z', 'unknown'],
  ['2000-01-01T00:00:00.000Z', 946_684_800_000],
  ['2024-05-01T12:00:05.123+02:00', 1_714_557_605_123],
  ['soon', 'unknown'],
  ['', 'unknown'],
])('the time %j is read as %s (docs/harbor.md#t13-the-year-1)', (text, expected) => {
  expect(parseInstant(text)).toBe(expected);
});

test('the latest of known times is known if any is', () => {
  expect(latestKnown(['unknown', 5, 9, 'unknown', 7])).toBe(9);
  expect(latestKnown(['unknown'])).toBe('unknown');
  expect(latestKnown([])).toBe('unknown');
  expect(formatInstant(0)).toBe('1970-01-01T00:00:00.000Z');
});

test('percentages are rounded down; 0 is zero, unlimited is no limit (E30)', () => {
  expect(allowedBy(20, 19)).toBe(3);
  expect(allowedBy(0, 1000)).toBe(0);
  expect(allowedBy('unlimited', 3)).toBe(Infinity);
  expect(asNumber(0)).toBe(0);
  expect(asNumber('unlimited')).toBe(Infinity);
});

test('the subjects of an artifact are its tags, or itself without tags, or nothing that is known', () => {
  expect(subjectsOf(artifactOf('a', 1, { tags: ['x', 'y'] }))).toEqual(['x', 'y']);
  expect(subjectsOf(artifactOf('a', 1, { tags: [] }))).toEqual([null]);
  expect(subjectsOf(artifactOf('a', 1, { tags: 'unknown' }))).toEqual([]);
});

test.each([
  [`sha256-${'a'.repeat(64)}`, `sha256:${'a'.repeat(64)}`],
  [`sha256-${'0'.repeat(64)}.sig`, `sha256:${'0'.repeat(64)}`],
  [`sha256-${'0'.repeat(64)}.att`, `sha256:${'0'.repeat(64)}`],
  [`sha256-${'0'.repeat(64)}.sbom`, `sha256:${'0'.repeat(64)}`],
  [`sha256-${'0'.repeat(64)}.other`, undefined],
  [`sha256-${'0'.repeat(63)}.sig`, undefined],
  [`sha256-${'A'.repeat(64)}.sig`, undefined],
  [`xsha256-${'0'.repeat(64)}.sig`, undefined],
  [`sha256-${'0'.repeat(64)}.sigx`, undefined],
  ['latest', undefined],
])('the tag %s is about %s (docs/harbor.md#t23-tags-of-signatures)', (tag, subject) => {
  expect(accessorySubject(tag)).toBe(subject);
});

test('a graph knows parents, listed or unlisted children, and linked accessories', () => {
  const artifacts = builder()
    .untagged('amd64')
    .index('inner', ['amd64', 'arm64'])
    .index('outer', ['inner'], { accessories: ['sig'] })
    .push('plain')
    .artifacts();
  const [amd64, inner, outer, plain] = artifacts;
  const graph = graphOf(artifacts);
  if (!amd64 || !inner || !outer || !plain) throw new Error('incomplete');
  expect(isUntaggedChild(graph, amd64)).toBe(true);
  expect(isUntaggedChild(graph, inner)).toBe(false);
  expect(isUntaggedChild(graph, plain)).toBe(false);
  expect([...descendantsOf(graph, outer)].toSorted()).toEqual(
    [digestOf('inner'), digestOf('amd64'), digestOf('arm64')].toSorted(),
  );
  expect(ancestorsOf(graph, digestOf('arm64'))).toEqual(new Set([1, 2]));
  expect(relativesOf(graph, inner)).toEqual(expect.arrayContaining([amd64, outer]));
  expect(relativesOf(graph, plain)).toEqual([]);
  for (const name of ['amd64', 'arm64', 'sig', 'plain']) {
    expect(isPresent(graph, digestOf(name))).toBe(true);
  }
  expect(isPresent(graph, digestOf('other'))).toBe(false);
});

test('damaged data with circles ends', () => {
  const artifacts = builder().index('a', ['b', 'b', 'a']).index('b', ['a']).artifacts();
  const graph = graphOf(artifacts);
  const [a] = artifacts;
  if (!a) throw new Error('incomplete');
  expect(graph.parents.get(digestOf('b'))).toEqual([0]);
  expect([...descendantsOf(graph, a)]).toEqual([digestOf('b')]);
  expect([...ancestorsOf(graph, a.digest)]).toEqual([1]);
});

test('a hash is that of the text in UTF-8', () => {
  const hex = '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c';
  expect(sha256Hex('é')).toBe(hex);
  expect(sha256Base64('é')).toBe(Buffer.from(hex, 'hex').toString('base64'));
});

test('of what is not known nothing is known, and a time has a stand-in for an order', () => {
  expect([knownOf('unknown'), knownOf([1, 2])]).toEqual([[], [1, 2]]);
  expect([knownOr('unknown', 7), knownOr(5, 7)]).toEqual([7, 5]);
});

const ages = (...goesAt: readonly number[]) =>
  goesAt.map((at) => ({ kind: 'time', by: 'pushed', since: 0, goesAt: at }) as const);
const place = { kind: 'rank', by: 'pushed', rank: 1, of: 1 } as const;
const all = (...margins: readonly SimpleMargin[]): Margin => ({
  kind: 'all',
  parts: margins.map((margin) => ({ condition: 'part', holds: true, margin })),
});

test('time ends a keep when its age is over; of conditions that hold together with the first; a place never', () => {
  expect(ages(9).map(goesAtOf)).toEqual([9]);
  expect(goesAtOf(place)).toBeUndefined();
  expect(goesAtOf(all(place, place))).toBeUndefined();
  expect(goesAtOf(all(...ages(9, 5, 7), place))).toBe(5);
});
