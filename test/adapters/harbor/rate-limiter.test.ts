import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  nextPace,
  type Pace,
  rateLimiter,
  type Sample,
  startPace,
} from '../../../functions/adapters/harbor/rate-limiter.ts';

const answer = (tookMs: number, struggled = false): Sample => ({ kind: 'page', tookMs, struggled });

/** The pace after so many answers. */
function after(pace: Pace, samples: readonly Sample[]): Pace {
  let current = pace;
  for (const sample of samples) current = nextPace(current, sample);
  return current;
}

const many = (count: number, sample: Sample): Sample[] =>
  Array.from({ length: count }, () => sample);

test('calm answers raise the level one by one, never beyond the limit', () => {
  expect(after(startPace(), many(4, answer(40))).level).toBe(3);
  expect(after(startPace(), many(500, answer(40))).level).toBe(8);
  expect(after(startPace(3), many(500, answer(40))).level).toBe(3);
});

test('one answer that Harbor struggled with halves the level at once', () => {
  const fast = after(startPace(), many(500, answer(40)));
  expect(nextPace(fast, answer(40, true)).level).toBe(4);
  expect(after(fast, many(4, answer(40, true))).level).toBe(1);
});

test('latency that doubles halves the level within one round of answers', () => {
  const fast = after(startPace(), many(500, answer(40)));
  expect(after(fast, many(fast.level, answer(100))).level).toBe(4);
});

test('requests of another kind have a base line of their own', () => {
  const fast = after(startPace(), many(500, answer(5)));
  const mixed = after(fast, many(100, { kind: 'index pages', tookMs: 300, struggled: false }));
  expect(mixed.level).toBe(8);
});

test('a Harbor that became slower for good is measured by its new speed', () => {
  const fast = after(startPace(), many(500, answer(40)));
  const slower = after(fast, many(2_000, answer(100)));
  expect(slower.level).toBe(8);
});

test('the level stays between 1 and the limit whatever happens', () => {
  const sample = fc.record({
    kind: fc.constantFrom('a', 'b'),
    tookMs: fc.integer({ min: 0, max: 90_000 }),
    struggled: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.array(sample, { maxLength: 200 }),
      (max, samples) => {
        const { level } = after(startPace(max), samples);
        expect(level).toBeGreaterThanOrEqual(1);
        expect(level).toBeLessThanOrEqual(max);
      },
    ),
  );
});

test('never more tasks run at once than the level allows', async () => {
  const limiter = rateLimiter(3);
  let running = 0;
  let most = 0;
  const task = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    limiter.note(answer(10));
  };
  await Promise.all(Array.from({ length: 100 }, () => limiter.run(task)));
  expect(most).toBeLessThanOrEqual(3);
  expect(limiter.level()).toBe(3);
});
