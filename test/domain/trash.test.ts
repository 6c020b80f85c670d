import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  formerTag,
  markerTag,
  originOf,
  restoredTag,
  trashPlace,
  trashProjectOf,
  trashTag,
  trashTags,
} from '../../functions/domain/trash.ts';
import { digestOf } from '../support/builder.ts';

const digest = digestOf('one');
const prefix = digest.slice(7, 19);
const legal = /^\w[\w.-]{0,127}$/;

test.each([
  [1, 'tag'],
  [115, 'tag'],
  [116, 'shortened'],
  [128, 'shortened'],
])(
  'a tag of %i characters is a legal one in the trash, too, and can be told: %s',
  (length, kind) => {
    const tag = 'v'.repeat(length);
    const trashed = trashTag(digest, tag);
    expect(trashed).toMatch(legal);
    expect(trashed.startsWith(`${prefix}.`)).toBe(true);
    expect(formerTag(digest, trashed)).toEqual(kind === 'tag' ? { kind, name: tag } : { kind });
    if (kind === 'tag') expect(trashed).toBe(`${prefix}.${tag}`);
    // As much of the name as there is room for, so that people know it again.
    else expect(trashed).toHaveLength(128);
  },
);

test('tags that begin alike are never taken for one another, however long', () => {
  const tags = fc.stringMatching(/^[ab]{1,3}$/).map((end) => `${'v'.repeat(120)}${end}`);
  fc.assert(
    fc.property(tags, tags, (one, other) => {
      expect(trashTag(digest, one) === trashTag(digest, other)).toBe(one === other);
    }),
  );
});

test('every artifact bears a tag in the trash, also one that had none', () => {
  expect(trashTags(digest, ['a', 'b'])).toEqual([`${prefix}.a`, `${prefix}.b`]);
  expect(trashTags(digest, [])).toEqual([`${prefix}.`]);
  expect(formerTag(digest, `${prefix}.`)).toEqual({ kind: 'untagged' });
});

test.each<[string, string, object]>([
  ['a mark that it was trashed again', markerTag(digest, '20261121T033000Z-1'), { kind: 'marker' }],
  ['a mark that it was restored', restoredTag(digest), { kind: 'restored' }],
  ['a tag of another digest', trashTag(digestOf('other'), 'v1'), { kind: 'foreign' }],
  ['a tag that somebody made', 'v1', { kind: 'foreign' }],
  ['one that only begins alike', `${prefix}v1`, { kind: 'foreign' }],
  ['one that ends like a mark', `${prefix}.v1..`, { kind: 'tag', name: 'v1..' }],
])('%s is told from what a tag was called', (_, tag, expected) => {
  expect(formerTag(digest, tag)).toEqual(expected);
});

const placed = (length: number) => {
  const place = { project: 'team', repository: 'r'.repeat(length - 'trash/team/'.length) };
  return { place, trashed: trashPlace('trash', place) };
};

test('a copy lies under the name of its repository, as long as Harbor lets it', () => {
  const { place, trashed } = placed(230);
  expect(trashed).toEqual({ project: 'trash', repository: `team/${place.repository}` });
  expect(originOf(trashed)).toEqual(place);
  const nested = { project: 'team', repository: 'a/b/c' };
  expect(originOf(trashPlace('trash', nested))).toEqual(nested);
});

test('where the name is too long, it lies where only that name leads, and does not say whose it is', () => {
  const { trashed } = placed(231);
  expect(trashed.repository.length).toBeLessThan(60);
  expect(trashed.repository).not.toBe(placed(232).trashed.repository);
  expect(originOf(trashed)).toBe('unknown');
});

test.each(['nothing', '/nothing'])(
  'what lies at %s of the trash came from nowhere',
  (repository) => {
    expect(originOf({ project: 'trash', repository })).toBe('unknown');
    expect(originOf({ project: 'trash', repository: 'a/b' })).toEqual({
      project: 'a',
      repository: 'b',
    });
  },
);

test('a policy has a trash project, or none', () => {
  expect(trashProjectOf({ trash: { project: 'bin', keepFor: 1 } })).toBe('bin');
  expect(trashProjectOf({ trash: 'off' })).toBeUndefined();
});
