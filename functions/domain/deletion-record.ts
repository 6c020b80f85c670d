import type { Action } from './action.ts';
import type { Outcome } from './outcome.ts';

/** An action and what became of it: a line of a run's records, and all that a restore needs to know. */
export interface DeletionRecord {
  /** Raised when an older restore could not read it. */
  readonly version: 1;
  readonly action: Action;
  readonly outcome: Outcome;
}
