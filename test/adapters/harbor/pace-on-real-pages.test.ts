import { describe, expect, test } from '@jest/globals';
import {
  backOffsMs,
  hasRealPages,
  pagesByLevel,
  pagesByUnderWay,
  shareOfBest,
} from '../../bench/real-pages.ts';

if (!hasRealPages)
  console.warn('SKIPPED: no pages at ../shared/pages, so the pace is not held to a real Harbor');

const seeds = 200;
const drawings = [
  ['by how many were under way', pagesByUnderWay],
  ['by how many were allowed', pagesByLevel],
] as const;

(hasRealPages ? describe : describe['skip']).each(drawings)(
  'on pages as a real Harbor served them, drawn %s',
  (_, pagesOf) => {
    test('the pace reaches nine tenths of what the best fixed number at once does', () => {
      expect(shareOfBest(pagesOf(), seeds)).toBeGreaterThanOrEqual(0.9);
    });

    test('it halves within a second, mostly, when they take twice as long', () => {
      const delays = backOffsMs(pagesOf(), seeds);
      expect(delays[Math.floor(seeds / 2)]).toBeLessThanOrEqual(500);
      expect(delays.filter((ms) => ms <= 1_000).length).toBeGreaterThanOrEqual(0.8 * seeds);
    });
  },
);
