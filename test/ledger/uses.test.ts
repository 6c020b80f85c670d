import { describe, expect, test } from '@jest/globals';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { mostBytes, usesOf } from '../../functions/ledger/uses.ts';

const artifact = (digest: string, more: Partial<Artifact> = {}): Artifact => ({
  id: 1,
  digest,
  type: 'IMAGE',
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  size: 100,
  pushedAt: 0,
  pulledAt: 'unknown',
  tags: [{ name: digest, pushedAt: 0, pulledAt: 'unknown' }],
  labels: [],
  children: [],
  accessories: [],
  ...more,
});
const untagged = { tags: [] } as const;

/** Digests that go, in order. */
const going = (artifacts: readonly Artifact[], ...deleted: readonly string[]): string[] =>
  usesOf(artifacts, new Set(deleted))
    .filter(({ goes }) => goes)
    .map(({ digest }) => digest)
    .toSorted();

const cap = (artifacts: readonly Artifact[], digest: string): number | undefined =>
  usesOf(artifacts, new Set()).find((one) => one.digest === digest)?.cap;

describe('what goes with what is deleted', () => {
  test('children go with their last index, tagged ones stay, listed or not', () => {
    const artifacts = [
      artifact('index', { children: ['a', 'b', 'tagged', 'unlisted'], size: 500 }),
      artifact('other', { children: ['b'], size: 150 }),
      artifact('a', untagged),
      artifact('b', untagged),
      artifact('tagged'),
    ];
    expect(going(artifacts, 'index')).toEqual(['a', 'index', 'unlisted']);
    expect(going(artifacts, 'index', 'other')).toEqual(['a', 'b', 'index', 'other', 'unlisted']);
    expect(going(artifacts)).toEqual([]);
  });

  test('accessories go with their subject, also those of children', () => {
    const signature = { type: 'signature.cosign', size: 4 };
    const artifacts = [
      artifact('index', { children: ['a'], accessories: [{ digest: 'sig', ...signature }] }),
      artifact('a', { ...untagged, accessories: [{ digest: 'sig-a', ...signature }] }),
      artifact('kept', { accessories: [{ digest: 'sig-k', ...signature }] }),
    ];
    expect(going(artifacts, 'index')).toEqual(['a', 'index', 'sig', 'sig-a']);
    expect(cap(artifacts, 'sig')).toBe(4);
    expect(mostBytes(artifacts, new Set(['index']))).toBe(108);
  });

  test('what has unknown tags, no index in the list, or an index that stays, stays', () => {
    const artifacts = [
      artifact('index', { children: ['doubtful', 'shared'] }),
      artifact('keeps', { children: ['shared'] }),
      artifact('doubtful', { tags: 'unknown' }),
      artifact('shared', untagged),
      artifact('alone', untagged),
    ];
    expect(going(artifacts, 'index')).toEqual(['index']);
  });

  test('artifacts that list each other in a circle stay unless one of them is deleted', () => {
    const artifacts = [
      artifact('a', { ...untagged, children: ['b'] }),
      artifact('b', { ...untagged, children: ['a'] }),
    ];
    expect(going(artifacts)).toEqual([]);
  });
});

test('the bound of an index is what its listed children leave; an unlisted child may have all of that', () => {
  const artifacts = [
    artifact('index', { children: ['a', 'unlisted'], size: 500 }),
    artifact('small', { children: ['unlisted'], size: 300 }),
    artifact('a', { ...untagged, size: 120 }),
  ];
  expect(['index', 'a', 'unlisted'].map((digest) => cap(artifacts, digest))).toEqual([
    380, 120, 300,
  ]);
});
