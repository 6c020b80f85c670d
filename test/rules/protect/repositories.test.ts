import { expect, test } from '@jest/globals';
import { holdOf, protecting } from './around.ts';

test('a repository is named with its project or without', () => {
  const held = (patterns: readonly string[]) =>
    holdOf(protecting('repositories', patterns), {}, { repository: 'base/os' }) !== undefined;
  expect(held(['team/base/os'])).toBe(true);
  expect(held(['base/**'])).toBe(true);
  expect(held(['team/**'])).toBe(true);
  expect(held(['other/**'])).toBe(false);
  expect(held(['base'])).toBe(false);
  expect(held([])).toBe(false);
});

test('by default no repository is held', () => {
  expect(holdOf(protecting('repositories'), {})).toBeUndefined();
});

test('the pattern stands in the reason', () => {
  expect(holdOf(protecting('repositories', ['w*']), {})?.because).toContain('"w*"');
});
