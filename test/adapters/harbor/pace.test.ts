import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  nextPace,
  type Pace,
  type Sample,
  startPace,
} from '../../../functions/adapters/harbor/pace.ts';
import { createRandom } from '../../sandbox/harbor/index.ts';

const answer = (tookMs: number, struggled = false): Sample => ({ kind: 'page', tookMs, struggled });

/** The pace after so many answers. */
function after(pace: Pace, samples: readonly Sample[]): Pace {
  let current = pace;
  for (const sample of samples) current = nextPace(current, sample);
  return current;
}

const many = (count: number, sample: Sample): Sample[] =>
  Array.from({ length: count }, () => sample);

const fast = after(startPace(), many(500, answer(40)));

test('answers that do not get slower raise the level one by one, never beyond the limit', () => {
  expect(after(startPace(), many(6, answer(40))).level).toBe(2);
  expect(fast.level).toBe(8);
  expect(after(startPace(3), many(500, answer(40))).level).toBe(3);
});

test('one answer that Harbor struggled with halves the level at once', () => {
  expect(nextPace(fast, answer(40, true)).level).toBe(4);
  expect(after(fast, many(4, answer(40, true))).level).toBe(1);
});

test('latency that doubles halves the level within one round of answers', () => {
  expect(after(fast, many(fast.level, answer(80))).level).toBe(4);
});

test('a few slow answers halve the level, and quick ones after them bring it back', () => {
  const slow = after(fast, many(4, answer(80)));
  expect([slow.level, slow.suspicion?.from]).toEqual([4, 8]);
  const cleared = after(slow, many(4, answer(40)));
  expect([cleared.level, cleared.suspicion]).toEqual([8, undefined]);
});

test('answers that stay slow at half the level are believed, and the level rises again only after a while', () => {
  const slow = after(fast, many(8 + 4, answer(80)));
  expect([slow.level, slow.suspicion, Object.keys(slow.kinds)]).toEqual([4, undefined, []]);
  expect(after(slow, many(16, answer(80))).level).toBe(4);
});

test('what waits for longer than is usual counts before it is answered', () => {
  const quick = { ...answer(40), waitingMs: [40, 41, 39] };
  expect(nextPace(fast, quick).suspicion).toBeUndefined();
  const waiting = { ...answer(40), waitingMs: [120, 130, 140] };
  expect(nextPace(fast, waiting).suspicion?.from).toBe(8);
});

test('after each time that Harbor struggles the level stays down for twice as many answers', () => {
  let pace = fast;
  const waits = [64, 128, 256].map((usual) => {
    pace = nextPace(pace, answer(40, true));
    const { level } = pace;
    let waited = 0;
    for (; pace.level <= level && waited < 1_000; waited += 1) pace = nextPace(pace, answer(40));
    return waited >= usual && waited < usual + 24 ? usual : waited;
  });
  expect(waits).toEqual([64, 128, 256]);
});

test('requests of another kind have latencies of their own', () => {
  const mixed = after(
    fast,
    Array.from({ length: 200 }, (_, index) => ({
      kind: index % 2 === 0 ? 'page' : 'manifest',
      tookMs: index % 2 === 0 ? 40 : 300,
      struggled: false,
    })),
  );
  expect(mixed.level).toBeGreaterThanOrEqual(7);
});

test('a Harbor that became slower for good is measured by its new speed', () => {
  expect(after(fast, many(2_000, answer(100))).level).toBe(8);
});

test('requests that follow one another prove nothing about more at once', () => {
  const alone = after(startPace(), many(500, { ...answer(40), underWay: 1 }));
  expect(alone.level).toBe(2);
});

test('the level stays between 1 and the limit whatever happens', () => {
  const sample = fc.record({
    kind: fc.constantFrom('a', 'b'),
    tookMs: fc.integer({ min: 0, max: 90_000 }),
    struggled: fc.boolean(),
    underWay: fc.integer({ min: 1, max: 8 }),
    waitingMs: fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 7 }),
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

interface Server {
  /** Requests that it works on at once; the others wait. */
  readonly workers: number;
  /** What one takes at a moment, in ms. */
  readonly serviceMs: (at: number) => number;
}

interface Simulated {
  readonly levels: readonly { readonly at: number; readonly level: number }[];
  /** Answers by time. */
  readonly answers: readonly number[];
}

interface Flight {
  readonly begun: number;
  readonly ends: number;
}

/** A queue with so many workers, kept busy by a client that follows its pace; time is a number. */
function simulate(server: Server, untilMs: number, fixed?: number): Simulated {
  let pace = startPace();
  const level = (): number => fixed ?? pace.level;
  const free = Array.from({ length: server.workers }, () => 0);
  const flights: Flight[] = [];
  const levels: { at: number; level: number }[] = [];
  const answers: number[] = [];
  let at = 0;
  const begin = (): void => {
    free.sort((a, b) => a - b);
    const starts = Math.max(at, free.shift() ?? at);
    const ends = starts + server.serviceMs(starts);
    free.push(ends);
    flights.push({ begun: at, ends });
  };
  while (at < untilMs) {
    while (flights.length < level()) begin();
    flights.sort((a, b) => a.ends - b.ends);
    const next = flights.shift();
    if (next === undefined) break;
    at = next.ends;
    answers.push(at);
    const sample = { kind: 'page', tookMs: at - next.begun, struggled: false };
    const waitingMs = flights.map(({ begun }) => at - begun);
    pace = nextPace(pace, { ...sample, underWay: flights.length + 1, waitingMs });
    levels.push({ at, level: pace.level });
  }
  return { levels, answers };
}

const between = ({ answers }: Simulated, from: number, to: number): number =>
  answers.filter((at) => at > from && at <= to).length;

/** The level that was held longest, by answers, within a span. */
function usualLevel({ levels }: Simulated, from: number, to: number): number {
  const counts = new Map<number, number>();
  for (const { at, level } of levels)
    if (at > from && at <= to) counts.set(level, (counts.get(level) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

describe('beside a server that works on so many requests at once', () => {
  for (const workers of [1, 2, 3, 4, 6]) {
    test(`${workers}: the level is found where throughput stops growing`, () => {
      const server: Server = { workers, serviceMs: () => 50 };
      const found = simulate(server, 30_000);
      expect(usualLevel(found, 10_000, 30_000)).toBe(workers);
      const best = between(simulate(server, 30_000, 8), 10_000, 30_000);
      expect(between(found, 10_000, 30_000)).toBeGreaterThanOrEqual(best * 0.97);
    });

    test(`${workers}, with answers that take from half to one and a half times as long: the same, nearly`, () => {
      const random = createRandom(workers);
      const server: Server = { workers, serviceMs: () => 25 + random() * 50 };
      const found = simulate(server, 60_000);
      const best = between(simulate(server, 60_000, 8), 10_000, 60_000);
      expect(between(found, 10_000, 60_000)).toBeGreaterThanOrEqual(best * 0.95);
      const held = found.levels.filter(({ at }) => at > 10_000).map(({ level }) => level);
      const average = held.reduce((sum, level) => sum + level, 0) / held.length;
      expect(average).toBeLessThanOrEqual(2 * workers + 1);
    });

    test(`${workers}: when latency doubles, half as many are under way within a second`, () => {
      const doubled = 20_000;
      const server: Server = { workers, serviceMs: (at) => (at < doubled ? 50 : 100) };
      const { levels } = simulate(server, 25_000);
      const before = levels.findLast(({ at }) => at <= doubled)?.level ?? 0;
      const back = levels.find(
        ({ at, level }) => at > doubled && level <= Math.max(1, Math.floor(before / 2)),
      );
      expect((back?.at ?? Infinity) - doubled).toBeLessThanOrEqual(1_000);
    });
  }
});
