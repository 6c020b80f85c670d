import { expect, test } from '@jest/globals';
import { counted, inBytes, inTime } from '../../functions/domain/format-numbers.ts';

test.each([
  [850, '850 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [59_900, '59.9 s'],
  [60_000, '1 min 0 s'],
  [12_340, '12.3 s'],
  [119_499, '1 min 59 s'],
  // Never 60 seconds.
  [119_700, '2 min 0 s'],
  [250_000, '4 min 10 s'],
])('%d milliseconds are %s', (ms, words) => {
  expect(inTime(ms)).toBe(words);
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [99_940, '99.9 kB'],
  [150_400, '150 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [999_950, '1 MB'],
  [12_345_678_901, '12.3 GB'],
  [5e15, '5 PB'],
  [5e18, '5,000 PB'],
])('%d bytes are said as %s', (bytes, words) => {
  expect(inBytes(bytes)).toBe(words);
});

test.each([
  [0, '0 artifacts'],
  [1, '1 artifact'],
  [1234, '1,234 artifacts'],
])('%d is counted as %s', (count, words) => {
  expect(counted(count, 'artifact')).toBe(words);
});
