import type { Result } from '../domain/outcome.ts';
import { RetentionError } from '../errors.ts';
import type { WriteAnswer } from '../ports.ts';

/** The result of a write. Undefined means that Harbor rolled it back or that its answer was lost: look, and try again. */
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

/** The result of a write that may have been done, where what is seen now does not show whether it was. */
export function uncertain(seen: Result): Result & { readonly result: 'uncertain' } {
  const what = 'what' in seen ? seen.what : seen.result;
  return { result: 'uncertain', because: 'because' in seen ? seen.because : what };
}
