import type { Clock, Pause, Stopwatch } from '../ports.ts';

/** The machine's clock; the only line that reads it. */
export const systemClock: Clock = { now: () => Date.now() };

/** Waits for this many milliseconds. */
export const systemPause: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Nobody can set it. It stands still while the machine sleeps on most systems: whoever must know about that compares it
 * with the clock (store/lease.ts).
 */
export const systemStopwatch: Stopwatch = { elapsed: () => performance.now(), wait: systemPause };
