import { expect, test } from '@jest/globals';
import { inTime } from '../../functions/report/words.ts';

test.each([
  [850, '850 ms'],
  [12_340, '12.3 s'],
  [119_499, '1 min 59 s'],
  // Never 60 seconds.
  [119_700, '2 min 0 s'],
  [250_000, '4 min 10 s'],
])('%d milliseconds are %s', (ms, words) => {
  expect(inTime(ms)).toBe(words);
});
