import type { Instant } from './instant.ts';
import type { SeenRegrets } from './regret.ts';

/** One run's numbers, as later runs compare with them. */
export interface RunEntry {
  readonly runId: string;
  readonly at: Instant;
  readonly policyHash: string;
  readonly mode: 'dry-run' | 'apply';
  readonly projects: number;
  readonly repositories: number;
  readonly artifacts: number;
  readonly bytes: number;
  /** What the run really took away: its own deletions are not shrinkage. */
  readonly deletedArtifacts: number;
  readonly deletedRepositories: number;
  /** Planned deletions per rule, those that wait for a roll-out included. */
  readonly plannedByRule: Readonly<Record<string, number>>;
  /** Refused runs say nothing of what is usual. Entries of older versions lack this and what follows. */
  readonly end?: 'finished' | 'refused';
  /** Fingerprints of refusals that a person acknowledged as this run was started. */
  readonly acknowledged?: readonly string[];
  /** Artifacts that Harbor counted in repositories that were not judged, beyond those in `artifacts`. */
  readonly unread?: number;
  /** Milliseconds that copies in the trash were promised to stay, by an armed run. */
  readonly keepFor?: number;
  readonly condemnedArtifacts?: number;
  readonly condemnedBytes?: number;
  readonly deletedBytes?: number;
  /** Copies in the trash when the run looked. */
  readonly trashArtifacts?: number;
  readonly trashBytes?: number;
  /**
   * What halts a roll-out: fingerprints of the refusals by drift and by regrets, `unknown` for one that can't be
   * acknowledged. Absent: none.
   */
  readonly halts?: readonly string[];
  /** Keys of the regrets that this run saw. */
  readonly regrets?: SeenRegrets;
  /** What Harbor's garbage collection freed, by its own figures; absent where none ended. */
  readonly freedBytes?: number;
}

/**
 * Whether a run says that a roll-out is halted, or that it is not. One that was refused for something else says neither.
 */
export function decidesHalt({ halts, end }: Pick<RunEntry, 'halts' | 'end'>): boolean {
  return halts !== undefined || end !== 'refused';
}

/** The last runs, oldest first. */
export interface RunHistory {
  readonly runs: readonly RunEntry[];
}

/**
 * Since when runs have seen an artifact without a tag, by digest; per repository (docs/policy.md#untagged-artifacts).
 */
export type UntaggedSince = ReadonlyMap<string, Instant>;
