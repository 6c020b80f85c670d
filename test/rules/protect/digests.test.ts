import { describe, expect, test } from '@jest/globals';
import { readEntry } from '../../../functions/domain/image-list.ts';
import { configured } from '../../../functions/rules/protect/index.ts';
import { builder, day, digestOf } from '../../support/builder.ts';
import { listed } from '../../support/listed.ts';
import { holdOf, protecting } from './around.ts';

const listedDigests = listed({ digests: [digestOf('a')] });
const written = (value: unknown) => configured.digests.schema.parse(value).written;

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
  expect(hold).toEqual({
    unknown: 'listed digests',
    because: expect.stringContaining('list of digests'),
  });
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

describe('a list is read from', () => {
  test.each<readonly [unknown, unknown]>([
    [
      { file: 'a.txt', freshWithin: '2d' },
      { kind: 'file', path: 'a.txt', freshWithin: 2 * day },
    ],
    [
      { s3: 's3://my.bucket-1/path/to/list' },
      { kind: 's3', bucket: 'my.bucket-1', key: 'path/to/list' },
    ],
    [
      { s3: { bucket: 'my-bucket', key: 'k' }, freshWithin: '2d' },
      { kind: 's3', bucket: 'my-bucket', key: 'k', freshWithin: 2 * day },
    ],
    [{ s3: 's3://abc/k' }, { kind: 's3', bucket: 'abc', key: 'k' }],
  ])('%j', (value, list) => {
    expect(written(value)).toStrictEqual({ inline: [], lists: [list] });
  });

  test.each<readonly [unknown, string]>([
    [{ s3: 'xs3://my-bucket/key' }, 'bucket'],
    [{ s3: 's3://my-bucket/' }, 'bucket'],
    [{ s3: 's3://my-bucket' }, 'bucket'],
    [{ s3: 's3://ab/key' }, 'bucket'],
    [{ s3: 's3://My_Bucket/key' }, 'bucket'],
    [{ s3: `s3://${'a'.repeat(64)}/key` }, 'bucket'],
    [{ s3: { bucket: '', key: 'k' } }, 'bucket'],
    [{ s3: { bucket: 'my-bucket', key: '' } }, 'key'],
    [{ s3: { bucket: 'my-bucket' } }, 'key'],
    [{ s3: { bucket: 5, key: 'k' } }, 'bucket'],
    [{ s3: { bucket: 'my-bucket', key: 'k', region: 'x' } }, 'region'],
    [{ file: 'a', freshWithin: 'soon' }, 'freshWithin'],
    [{ file: '' }, 'path'],
    [{ file: 5 }, 'path'],
    [{}, 'file'],
    [5, 'digests or images'],
  ])('not %j, and the message shows what is allowed', (value, word) => {
    const read = configured.digests.schema.safeParse(value);
    expect(read.success).toBe(false);
    expect(JSON.stringify(read.error?.issues)).toContain(word);
  });
});

describe('an entry of the policy', () => {
  const hex = 'a'.repeat(64);
  test.each([`sha256:${hex}`, 'team/web:v1', 'team/*:stable', 'team/web'])('%s', (entry) => {
    expect(written([entry]).inline).toEqual([entry]);
  });

  test.each<readonly [unknown]>([
    [`sha256:${hex}a`],
    [`sha256:${hex.slice(1)}`],
    [`sha256:${hex.slice(1)}G`],
    [`xsha256:${hex}`],
    [`sha256:team/web`],
    ['web'],
    [''],
    [5],
    ['team/web{a:v1'],
  ])('not %j, and the message shows what is allowed', (entry) => {
    const read = configured.digests.schema.safeParse([digestOf('a'), entry]);
    expect(read.success).toBe(false);
    expect(JSON.stringify(read.error?.issues)).toContain('project/repository:tag');
  });
});

test('of an entry that names no image the message says why', () => {
  const entry = 'team/web{a:v1';
  const read = readEntry(entry);
  if (!('problem' in read)) throw new Error('it is understood');
  const issues = JSON.stringify(configured.digests.schema.safeParse([entry]).error?.issues);
  expect(issues).toContain('"code":"custom"');
  expect(issues).toContain(JSON.stringify(read.problem).slice(1, -1));
});

describe('an image of the policy holds what bears its name', () => {
  test.each<readonly [string, boolean]>([
    ['team/web:v1', true],
    ['team/w*:v*', true],
    ['team/web:v2', false],
    ['team/api:v1', false],
    ['other/web:v1', false],
  ])('%s', (entry, isHeld) => {
    const hold = holdOf(protecting('digests', [entry]), { tags: ['v1'] });
    expect(hold !== undefined).toBe(isHeld);
  });

  test('beside a list elsewhere, which holds as well', () => {
    const registry = { listedDigests };
    const own = protecting('digests', ['team/web:v1']);
    expect(holdOf(own, { tags: ['v1'], digest: digestOf('b') }, { registry })).toBeDefined();
    expect(holdOf(own, { tags: ['v2'], digest: digestOf('a') }, { registry })).toBeDefined();
    expect(holdOf(own, { tags: ['v2'], digest: digestOf('b') }, { registry })).toBeUndefined();
  });
});
