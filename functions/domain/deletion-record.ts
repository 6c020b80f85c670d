import type { Action } from './action.ts';
import type { Outcome } from './outcome.ts';

/** An action and what became of it: a line of a run's records, and all that a restore needs to know. */
export interface DeletionRecord {
  readonly action: Action;
  readonly outcome: Outcome;
}
