import type { Clock } from '../ports.ts';

/** The machine's clock; the only line that reads it. */
export const systemClock: Clock = { now: () => Date.now() };
