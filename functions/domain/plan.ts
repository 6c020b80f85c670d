import type { Action } from './action.ts';
import type { Digest } from './artifact.ts';
import type { Instant, Known } from './instant.ts';
import type { PlannedRollOut } from './roll-out.ts';
import type { Verdict } from './verdict.ts';

/** Counts over a scope; bytes are sums of artifact sizes: shared layers count each time. */
export interface Totals {
  readonly projects: number;
  readonly repositories: number;
  readonly unplannable: number;
  /** Artifacts seen, without untagged children of indexes and linked accessories. */
  readonly artifacts: number;
  readonly bytes: number;
  /** Artifacts with an action that deletes them. */
  readonly deletions: number;
  readonly deletionBytes: number;
  /** Tags with an action that removes them from an artifact that stays. */
  readonly tagRemovals: number;
  /** Deletions put off by `onBreach: oldestFirst`. */
  readonly deferred: number;
  /** Artifacts that Harbor counts in repositories that were not judged, beyond those seen. */
  readonly unread?: number;
  /** What waits for the roll-out; absent where nothing does. */
  readonly waiting?: Waiting;
}

/** What is condemned and waits for the roll-out: artifacts, their bytes, and single tags. */
export interface Waiting {
  readonly artifacts: number;
  readonly bytes: number;
  readonly tags: number;
}

/** The same, of one repository. */
export interface RepositoryTotals {
  readonly project: string;
  readonly repository: string;
  /** Set if it was not judged. */
  readonly unplannable?: string;
  /** Artifacts that Harbor counts in it beyond those seen; only if it was not judged. */
  readonly unread?: number;
  readonly artifacts: number;
  readonly bytes: number;
  readonly deletions: number;
  readonly deletionBytes: number;
  readonly tagRemovals: number;
  readonly deferred: number;
  /** Harbor's row id of the repository. */
  readonly repositoryId: number;
  readonly tags: number;
  readonly pullCount: number;
  readonly createdAt: Known<Instant>;
  readonly updatedAt: Known<Instant>;
  /** Set if ten or more artifacts were all pushed within one minute: a migration, so that their order means nothing. */
  readonly pushedAtOnce?: true;
  /** A person allowed it to go whole: the percentage per repository does not count. */
  readonly approved?: boolean;
  readonly waiting?: Waiting;
}

/** What one rule did; an artifact may be selected by several rules, and is deleted for one primary rule. */
export interface RuleTotals {
  readonly rule: string;
  /** Artifacts with at least one subject that the rule selects. */
  readonly selected: number;
  /** How many of these are kept in the end, for whatever reason. */
  readonly kept: number;
  /** Deleted with this rule as the primary reason. */
  readonly deletions: number;
  readonly deletionBytes: number;
  readonly tagRemovals: number;
  readonly waiting?: Waiting;
}

/** How many artifacts a rule condemns: what goes, and what waits for the roll-out. */
export function plannedBy({ deletions, waiting }: RuleTotals): number {
  return deletions + (waiting?.artifacts ?? 0);
}

/** How many artifacts each reason decided, e.g. `{ code: 'held', by: 'minimumAge', artifacts: 12 }`. */
export interface ReasonTotals {
  readonly code: string;
  /** Protection key, rule or condition, where the reason has one. */
  readonly by?: string;
  readonly artifacts: number;
  readonly bytes: number;
}

/** One repository in, one out; written before the next is read. */
export interface RepositoryPlan {
  readonly project: string;
  readonly repository: string;
  /** Exactly one per artifact, in the order of the facts. */
  readonly verdicts: readonly Verdict[];
  /** Parents before children, accessory tags right after their subject. */
  readonly actions: readonly Action[];
  readonly totals: RepositoryTotals;
  readonly rules: readonly RuleTotals[];
  readonly reasons: readonly ReasonTotals[];
  /** Canaries of the policy that this repository holds, and what becomes of them. */
  readonly canaries: readonly CanarySighting[];
  /** With `onBreach: oldestFirst`: what may be put off, before a cutoff is known; else empty. */
  readonly families: readonly Family[];
  /** Why it is judged by the rules only, although it is on an approved list. */
  readonly approvalRefused?: string;
}

/**
 * Artifacts that go together or not at all: an index with its children and accessories. Reported only with
 * `onBreach: oldestFirst`, where limits put families off.
 */
export interface Family {
  /** The latest push time among its members. */
  readonly pushedAt: Instant;
  /** The first digest among its members. */
  readonly digest: Digest;
  /** `project/repository`. */
  readonly repository: string;
  /** Artifacts with an action, and their bytes. */
  readonly deletions: number;
  readonly bytes: number;
  /** The limit of its repository that it exceeds by itself. */
  readonly tooLargeFor?: string;
}

/** A `mustStay` reference that was seen. */
export interface CanarySighting {
  /** `project/repository:tag` as the policy writes it. */
  readonly reference: string;
  readonly digest: Digest;
  readonly fate: Verdict['fate'];
}

/** Where a part of the actions lies in the run store. */
export interface ActionPart {
  readonly key: string;
  readonly actions: number;
  /** Hex SHA-256 of the part's uncompressed text. */
  readonly sha256: string;
}

/** What of the trash is due, and what waits. */
export interface PurgeTotals {
  readonly project: string;
  /** Due, and within the limits of this run. */
  readonly deletions: number;
  readonly deletionBytes: number;
  /** Due, but put off by `onBreach: oldestFirst`. */
  readonly deferred: number;
  /** Not due yet, or not ours. */
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly actions: readonly ActionPart[];
}

/** The empty repositories that `repositories.removeEmpty` has removed in this run. */
export interface EmptyTotals {
  readonly repositories: readonly { readonly project: string; readonly repository: string }[];
  /** Empty ones beyond what one run may remove. */
  readonly deferred: number;
  /** Empty ones to which the roll-out has not come yet. */
  readonly waiting?: number;
  readonly actions: readonly ActionPart[];
}

/** What would go some days later, besides what goes now, if nothing else happened until then. */
export interface LookAhead {
  readonly days: number;
  readonly deletions: number;
  /** An upper bound of what deleting frees. */
  readonly bytes: number;
  readonly rules: readonly {
    readonly rule: string;
    readonly deletions: number;
    readonly bytes: number;
  }[];
  /** `project/repository`, those with the most deletions. */
  readonly repositories: readonly {
    readonly repository: string;
    readonly deletions: number;
    readonly bytes: number;
  }[];
}

/** What guard rules on: sums and what will be done, not a million verdicts. Plain JSON. */
export interface Plan {
  /** Hex SHA-256 over policy, facts and time. */
  readonly id: string;
  readonly madeAt: Instant;
  readonly policyHash: string;
  readonly population: Totals;
  readonly repositories: readonly RepositoryTotals[];
  readonly rules: readonly RuleTotals[];
  readonly reasons: readonly ReasonTotals[];
  readonly canaries: readonly CanarySighting[];
  readonly actions: readonly ActionPart[];
  /** Absent with `trash: off`, or if the trash is not ready. */
  readonly purge?: PurgeTotals;
  /** Absent where the policy removes none. */
  readonly empty?: EmptyTotals;
  /** Absent where the policy holds everywhere at once. */
  readonly rollOut?: PlannedRollOut;
}
