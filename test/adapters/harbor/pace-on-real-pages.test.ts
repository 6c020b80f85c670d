import { describe, expect, test } from '@jest/globals';
import { backOffMs, hasRealPages, realPages, shareOfBest } from '../../bench/real-pages.ts';

if (!hasRealPages)
  console.warn('SKIPPED: no pages at ../shared/pages, so the pace is not held to a real Harbor');

(hasRealPages ? describe : describe['skip'])('on pages as a real Harbor served them', () => {
  const pages = hasRealPages ? realPages() : new Map<number, readonly number[]>();

  test('the pace reaches nine tenths of what the best fixed number at once does', () => {
    expect(shareOfBest(pages, 100)).toBeGreaterThanOrEqual(0.9);
  });

  test('it halves within a second, at the median, when they take twice as long', () => {
    expect(backOffMs(pages, 100)).toBeLessThanOrEqual(1_000);
  });
});
