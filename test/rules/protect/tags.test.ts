import { expect, test } from '@jest/globals';
import { holdOf, protecting } from './around.ts';

test('latest holds unless the policy says otherwise; not-latest does not (E29)', () => {
  expect(holdOf(protecting('tags'), { tags: ['v1', 'latest'] })?.because).toContain('latest');
  expect(holdOf(protecting('tags'), { tags: ['not-latest', 'latest-1'] })).toBeUndefined();
  expect(holdOf(protecting('tags', []), { tags: ['latest'] })).toBeUndefined();
});

test('a pattern holds what it names', () => {
  const tags = protecting('tags', ['release-*', '/v\\d+/']);
  expect(holdOf(tags, { tags: ['release-1'] })?.because).toContain('"release-*"');
  expect(holdOf(tags, { tags: ['v12'] })).toBeDefined();
  expect(holdOf(tags, { tags: ['v12-rc'] })).toBeUndefined();
  expect(holdOf(tags, { tags: [] })).toBeUndefined();
});

test('unknown tags hold', () => {
  expect(holdOf(protecting('tags'), { tags: 'unknown' })).toMatchObject({ unknown: 'tags' });
});
