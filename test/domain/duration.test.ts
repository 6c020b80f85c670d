import { expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from '../../functions/domain/duration.ts';

const hour = 3_600_000;

test.each([
  ['1h', hour],
  ['36h', 36 * hour],
  ['30d', 720 * hour],
  ['8w', 8 * 168 * hour],
  ['3650d', 3650 * 24 * hour],
  ['012d', 288 * hour],
])('%s is a duration', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  '',
  '30',
  'd',
  '0d',
  '0h',
  '59m',
  '1.5d',
  '-1d',
  '+1d',
  ' 1d',
  '1d ',
  '1 d',
  '1D',
  '1y',
  '3 months',
  '1d12h',
  '3651d',
  '522w',
  '87601h',
  '999999999999d',
  '1e3d',
  '٣d',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [0, '0 min'],
  [-5, '0 min'],
  [12 * 60_000 + 59_999, '12 min'],
  [hour, '1 h'],
  [23.99 * hour, '23 h'],
  [24 * hour, '1 d'],
  [27 * hour, '1 d 3 h'],
  [7 * 24 * hour + 5 * hour, '7 d'],
  [45 * 24 * hour, '45 d'],
])('%d ms is said as %s', (duration, words) => {
  expect(formatDuration(duration)).toBe(words);
});
