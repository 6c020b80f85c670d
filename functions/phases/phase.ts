import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { Survey } from '../inventory/preflight.ts';
import type { Budget, World } from '../ports.ts';
import type { HeldLease } from '../store/lease.ts';
import type { FinishedRun, ReportedRun, RunUnderWay } from '../store/run-state.ts';

/** What a phase works with; the same for every phase. */
export interface PhaseTools {
  readonly policy: Policy;
  readonly survey: Survey;
  /** The registry as this run judges it, with what was read of it so far. */
  readonly registry: RegistryFacts;
  readonly world: World;
  readonly budget: Budget;
  readonly lease: Pick<HeldLease, 'confirm'>;
  /** Milliseconds that the run may wait in all. */
  readonly waitAtMost?: number | undefined;
}

/** How a phase comes back. Which phase follows is decided by the array in run.ts, and nowhere else. */
export type PhaseEnd =
  /** The phase is done; the next one follows. */
  | { readonly kind: 'done'; readonly state: RunUnderWay }
  /** The time is up, or the run waits: the same phase goes on in a later slice. */
  | { readonly kind: 'unfinished'; readonly state: RunUnderWay }
  /** Nothing more is changed in Harbor: the report follows. */
  | { readonly kind: 'stopped'; readonly state: RunUnderWay }
  /** The report is written. */
  | { readonly kind: 'reported'; readonly state: ReportedRun | FinishedRun };

/**
 * One phase: does what it can in the time that the budget gives, and stores what it made. It may be repeated.
 * @throws RetentionError; with `harbor-unreachable` the run waits and repeats the phase
 */
export type Step = (state: RunUnderWay, tools: PhaseTools) => Promise<PhaseEnd>;

/** A row of the array in run.ts. */
export interface Phase {
  readonly name: string;
  readonly step: Step;
  /** Whether a dry run has this phase, too; the others change Harbor. */
  readonly inDryRun: boolean;
}

export const done = (state: RunUnderWay): PhaseEnd => ({ kind: 'done', state });
export const unfinished = (state: RunUnderWay): PhaseEnd => ({ kind: 'unfinished', state });
export const stopped = (state: RunUnderWay): PhaseEnd => ({ kind: 'stopped', state });
