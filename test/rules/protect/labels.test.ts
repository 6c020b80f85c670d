import { expect, test } from '@jest/globals';
import { holdOf, protecting } from './around.ts';

test('the label keep holds by default; another does not', () => {
  expect(holdOf(protecting('labels'), { labels: ['a', 'keep'] })?.because).toBe(
    'it has the label keep',
  );
  expect(holdOf(protecting('labels'), { labels: ['keeper'] })).toBeUndefined();
  expect(holdOf(protecting('labels'), { labels: [] })).toBeUndefined();
});

test('the policy names its own labels, or none', () => {
  expect(holdOf(protecting('labels', ['legal']), { labels: ['legal'] })).toBeDefined();
  expect(holdOf(protecting('labels', ['legal']), { labels: ['keep'] })).toBeUndefined();
  expect(holdOf(protecting('labels', []), { labels: 'unknown' })).toBeUndefined();
});

test('labels that were not read hold (docs/harbor.md#t8-flags)', () => {
  expect(holdOf(protecting('labels'), { labels: 'unknown' })).toMatchObject({ unknown: 'labels' });
});
