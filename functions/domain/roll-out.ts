import type { Instant } from './instant.ts';
import type { FoundRegrets } from './regret.ts';

/** How far the roll-out of a policy is: decided once per run, and the same in all its slices. Plain JSON. */
export interface RollOut {
  readonly startedAt: Instant;
  /** `over` after `startedAt`: the first instant at which all repositories may be deleted in. */
  readonly endsAt: Instant;
  /** Nothing goes before it begins; then a tenth of the repositories goes first. */
  readonly phase: 'before' | 'first' | 'all';
  /** The repository that goes first where none of those in scope lies in the tenth; `project/repository`. */
  readonly standIn?: string;
  /** No run has seen this policy before, and its roll-out is over already. */
  readonly isLate?: true;
  /** The run whose refusal keeps the roll-out in its first tenth, though its time is over. */
  readonly heldBy?: string;
}

/** The repositories that a policy is rolled out over. */
export interface RollOutScope {
  /** Repositories that some rule selects. */
  readonly inScope: number;
  /** How many of them go first. */
  readonly first: number;
  /** The first of these by name, `project/repository`; a report shows no more. */
  readonly names: readonly string[];
}

/** A roll-out as a plan shows it. */
export interface PlannedRollOut extends RollOut, RollOutScope {
  /** What was missed since it began. Absent: nobody could look, or nothing was deleted yet. */
  readonly regrets?: FoundRegrets;
}
