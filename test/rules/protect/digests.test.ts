import { expect, test } from '@jest/globals';
import { configured } from '../../../functions/rules/protect/index.ts';
import { builder, digestOf } from '../../support/builder.ts';
import { listed } from '../../support/listed.ts';
import { holdOf, protecting } from './around.ts';

const listedDigests = listed({ digests: [digestOf('a')] });

test('a digest from the policy or from a list holds', () => {
  expect(holdOf(protecting('digests', [digestOf('a')]), {})?.because).toContain('list of digests');
  expect(
    holdOf(protecting('digests', { file: 'keep.txt' }), {}, { registry: { listedDigests } }),
  ).toBeDefined();
  expect(holdOf(protecting('digests', [digestOf('b')]), {})).toBeUndefined();
  expect(holdOf(protecting('digests'), {})).toBeUndefined();
});

test('a list that could not be read holds everything', () => {
  const hold = holdOf(
    protecting('digests', { file: 'keep.txt' }),
    {},
    {
      registry: { listedDigests: 'unknown' },
    },
  );
  expect(hold).toMatchObject({ unknown: 'listed digests' });
});

test('an index is held for the digest of an untagged child at any depth, or of an accessory', () => {
  const artifacts = builder()
    .index('inner', ['leaf'], { tags: [] })
    .index('outer', ['inner'])
    .push('signed', { accessories: ['sig'] })
    .artifacts();
  const [inner, outer, signed] = artifacts;
  if (!inner || !outer || !signed) throw new Error('incomplete');
  const leaf = protecting('digests', [digestOf('leaf')]);
  expect(holdOf(leaf, inner, { artifacts })).toBeDefined();
  expect(holdOf(leaf, outer, { artifacts })).toBeDefined();
  expect(holdOf(leaf, signed, { artifacts })).toBeUndefined();
  expect(holdOf(protecting('digests', [digestOf('sig')]), signed, { artifacts })).toBeDefined();
});

test('what is written says where the digests are', () => {
  const written = (value: unknown) => configured.digests.schema.parse(value).written;
  expect(written([digestOf('a')])).toEqual({ inline: [digestOf('a')], lists: [] });
  expect(written({ file: 'a.txt' })).toEqual({
    inline: [],
    lists: [{ kind: 'file', path: 'a.txt' }],
  });
  expect(written({ s3: 's3://my-bucket/path/to/list' })).toEqual({
    inline: [],
    lists: [{ kind: 's3', bucket: 'my-bucket', key: 'path/to/list' }],
  });
  expect(written(undefined)).toEqual({ inline: [], lists: [] });
});

test.each([
  ['sha256:xyz'],
  [{ s3: 'my-bucket/key' }],
  [{ file: '' }],
  [{ file: 'a', s3: 's3://b/c' }],
  [5],
])('%j is no list of digests', (value) => {
  const schema = configured.digests.schema;
  expect(schema.safeParse(typeof value === 'string' ? [value] : value).success).toBe(false);
});
