import type { Pause } from '../ports.ts';

/** How often something that Harbor rolled back, or did not answer, is tried in all. */
export const tries = 4;

/**
 * Before the second, third and fourth try, in milliseconds: a deadlock is over after one second
 * (docs/harbor.md#t49-deadlocks).
 */
export const pauses: readonly number[] = [1_000, 3_000, 10_000];

/** The numbers of the tries, from 1 on, with a pause before each but the first. Whoever has an answer leaves the loop. */
export async function* retries(pause: Pause): AsyncGenerator<number, void, undefined> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    if (attempt > 1) await pause(pauses[attempt - 2] ?? pauses.at(-1) ?? 0);
    yield attempt;
  }
}
