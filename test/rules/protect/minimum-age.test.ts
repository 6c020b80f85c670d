import { expect, test } from '@jest/globals';
import { day, hour, now } from '../../support/builder.ts';
import { holdOf, protecting } from './around.ts';

test('nothing younger than a day goes; exactly a day is still held', () => {
  const held = (hours: number) =>
    holdOf(protecting('minimumAge'), { daysAgo: hours / 24 }) !== undefined;
  expect([23, 24, 24.001, 48].map(held)).toEqual([true, true, false, false]);
});

test('a tag that moved here makes it young again', () => {
  const pushed = { daysAgo: 300, tags: [{ name: 'a', daysAgo: 0.5 }] };
  expect(holdOf(protecting('minimumAge'), pushed)).toBeDefined();
});

test('an unknown push time holds (E10)', () => {
  expect(holdOf(protecting('minimumAge'), { daysAgo: 'unknown' })).toMatchObject({
    unknown: 'push time',
  });
});

test('the margin is when the rules begin to judge it', () => {
  expect(holdOf(protecting('minimumAge', '12h'), { daysAgo: 0.25 })).toEqual({
    because: 'it was pushed less than 12 h ago',
    margin: { kind: 'time', by: 'pushed', since: now - day / 4, goesAt: now + 6 * hour + 1 },
  });
});
