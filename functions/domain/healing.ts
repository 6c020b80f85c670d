import type { Digest } from '../domain/artifact.ts';
import type { Instant } from '../domain/instant.ts';

/** An artifact that a run deleted, or may have, or one of which it removed tags. */
export interface Deleted {
  readonly repository: string;
  readonly digest: Digest;
  /** The tags that went. */
  readonly tags: readonly string[];
  /** The artifact itself went. */
  readonly whole: boolean;
}

/** What deletions in one project may have done to those who pushed there, and what was done about it. */
export interface Healing {
  readonly version: 1;
  readonly project: string;
  readonly since: Instant;
  /** Manifests that were put again: their blobs are linked to the project for certain. */
  readonly relinked: readonly { readonly repository: string; readonly digest: Digest }[];
  /** Tags that were lost and are back. */
  readonly tags: readonly {
    readonly repository: string;
    readonly tag: string;
    readonly digest: Digest;
  }[];
  /** Layers that the next garbage collection may take, each with what to do: none is started meanwhile. */
  readonly problems: readonly HealingProblem[];
  /** What a person should know, or do, and no collection makes worse: tags that may be missing. */
  readonly told?: readonly HealingProblem[];
  /** Harbor's audit log could not be read. It would show which tags others lost. */
  readonly logUnread?: true;
}

export interface HealingProblem {
  readonly on: string;
  readonly message: string;
  readonly remedy: string;
}

export interface ToHeal {
  readonly project: string;
  /** The run whose deletions they were, for the command that undoes one. */
  readonly runId: string;
  /** Before the first deletion and after the last; by our clock, which may be some minutes apart from Harbor's. */
  readonly since: Instant;
  readonly until: Instant;
  readonly deleted: readonly Deleted[];
}

/** How far the healing of a project is, so that the next slice continues it. Plain JSON. */
export interface HealingSoFar {
  /** Row id of the last pushed artifact that was looked at. */
  readonly lastId: number;
  readonly relinked: Healing['relinked'];
  readonly problems: Healing['problems'];
}

/** A project in which a run began to delete; stored before the first deletion, and again with every batch. */
export interface Beginning {
  readonly project: string;
  readonly at: Instant;
  /** Address of the Harbor; what an older version stored has none. */
  readonly harbor?: string;
  /** The last sign of life; what an older version stored has none. */
  readonly lastAt?: Instant;
}
