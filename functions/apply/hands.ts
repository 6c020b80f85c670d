import type { Result } from '../domain/outcome.ts';
import { RetentionError } from '../errors.ts';
import type { Clock, HarborInspector, HarborWriter, Pause, WriteAnswer } from '../ports.ts';
import type { Fenced } from './fence.ts';

/** All that applying touches. */
export interface Hands {
  readonly harbor: HarborInspector & Fenced<HarborWriter>;
  readonly clock: Clock;
  readonly pause: Pause;
}

/** How often something that Harbor rolled back, or did not answer, is tried in all. */
export const tries = 4;

/**
 * Before the second, third and fourth try, in milliseconds: a deadlock is over after one second
 * (docs/harbor.md#t49-deadlocks).
 */
export const pauses: readonly number[] = [1_000, 3_000, 10_000];

/** The pause before try number `attempt` (2, 3, …). */
export function pauseBefore(attempt: number): number {
  return pauses[attempt - 2] ?? pauses.at(-1) ?? 0;
}

/** What a write came to; undefined: Harbor rolled it back or its answer was lost, so look, and try again. */
export function endOf(answer: WriteAnswer): Result | undefined {
  switch (answer.kind) {
    case 'done':
      return { result: 'done' };
    case 'missing':
      return { result: 'already-gone' };
    case 'protected':
      return { result: 'protected', by: answer.by, because: answer.because };
    case 'denied':
      return refused(answer);
    case 'rolled-back':
    case 'lost':
      return undefined;
    case 'conflict':
      return { result: 'failed', because: 'Harbor answered 409' };
    case 'unexpected':
      return { result: 'failed', because: answer.because };
  }
}

/** A denial as a result; what concerns the credential or the whole Harbor stops the run (see apply-project.ts). */
export function refused(answer: WriteAnswer & { readonly kind: 'denied' }): Result {
  return { result: 'refused', by: answer.by, because: answer.because };
}

/** Whether Harbor failed us. A lost lease, a store that is gone and faults of ours are not Harbor's, and stop the run. */
export function isOfHarbor(error: unknown): error is RetentionError {
  return error instanceof RetentionError && error.code.startsWith('harbor-');
}

/** A failed look: nothing is known, so nothing is done. @throws what is not Harbor's */
export function unseen(error: unknown): Result {
  if (!isOfHarbor(error)) throw error;
  const because = error.message;
  if (error.code === 'harbor-not-signed-in') return { result: 'refused', by: 'sign-in', because };
  if (error.code === 'harbor-denied') return { result: 'refused', by: 'permission', because };
  return { result: 'failed', because };
}

/** It may have been done, and what is seen now does not tell. What stops the run, the next action meets. */
export function uncertain(seen: Result): Result & { readonly result: 'uncertain' } {
  const what = 'what' in seen ? seen.what : seen.result;
  return { result: 'uncertain', because: 'because' in seen ? seen.because : what };
}
