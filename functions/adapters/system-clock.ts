import type { Clock, Pause } from '../ports.ts';

/** The machine's clock; the only line that reads it. */
export const systemClock: Clock = { now: () => Date.now() };

/** Waits for so many milliseconds. */
export const systemPause: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
