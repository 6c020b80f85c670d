import type { Digest } from './artifact.ts';
import type { ListedImages } from './image-list.ts';
import type { Instant, Known } from './instant.ts';

/** What Harbor says of itself (docs/harbor.md#fields). */
export interface HarborFacts {
  /** Base URL without path and credentials, as configured. */
  readonly url: string;
  /** As Harbor writes it, e.g. `v2.15.2-0a1b2c3d`. */
  readonly version: string;
  /** Harbor's own clock when ours showed `measuredAt`. */
  readonly currentTime: Known<Instant>;
  readonly measuredAt: Instant;
  readonly readOnly: Known<boolean>;
}

/** One of Harbor's tag immutability rules, as far as evaluating it needs (docs/harbor.md#immutability-rules). */
export interface ImmutableRule {
  readonly id: number;
  readonly disabled: boolean;
  readonly tagDecoration: 'matches' | 'excludes';
  readonly tagPattern: string;
  readonly repositoryDecoration: 'repoMatches' | 'repoExcludes';
  readonly repositoryPattern: string;
}

export interface ProjectFacts {
  readonly name: string;
  readonly id: number;
  readonly isPublic: Known<boolean>;
  readonly isProxyCache: boolean;
  readonly repositoryCount: number;
  /** 'unknown': could not be read or understood; then the whole project is held (docs/messages.md#protections). */
  readonly immutableRules: Known<readonly ImmutableRule[]>;
  /** Harbor's own retention on this project (docs/harbor.md#t39-two-who-delete). */
  readonly harborRetention: Known<'none' | 'enabled' | 'disabled'>;
}

/** An enabled replication rule that sends away what lies in this Harbor, with the source patterns it names. */
export interface Replication {
  readonly name: string;
  /**
   * It repeats deletions elsewhere, which only a rule that answers events does
   * (docs/harbor.md#t29-replicated-deletions).
   */
  readonly deletes: boolean;
  /** Harbor's name filters, doublestar on `project/repository`; empty: everything. */
  readonly nameFilters: readonly string[];
}

/** What workloads use, from all sources together. */
export interface InUseFacts extends ListedImages {
  /**
   * Sources whose answer is not known; without a scope it is the whole registry that is held (docs/policy.md#lists).
   */
  readonly unreadable: readonly {
    readonly source: string;
    readonly scope?: string;
    readonly because: string;
    /** What to do about it. */
    readonly remedy?: string;
  }[];
}

/** Harbor's own trash project as preflight found it; problems stop what needs the trash. */
export interface TrashFacts {
  readonly project: string;
  /** What is wrong, and what to do; empty: ready. */
  readonly problems: readonly { readonly found: string; readonly remedy: string }[];
  /** Bytes; absent without a quota, or if it can't be read. */
  readonly quota?: { readonly hard: number; readonly used: number };
}

/** Small; complete before the first repository is judged. */
export interface RegistryFacts {
  /** The one clock reading of the run. */
  readonly takenAt: Instant;
  readonly harbor: HarborFacts;
  readonly projects: readonly ProjectFacts[];
  readonly replications: Known<readonly Replication[]>;
  readonly inUse: InUseFacts;
  /** What `protect.digests` names, lists from files and S3 included; 'unknown' holds everything. */
  readonly listedDigests: Known<ListedImages>;
  /**
   * Subjects of signature tags that lie in another repository than the tag; 'unknown' where not all of the registry was
   * read. Absent: no rule may delete orphans, so nobody looked.
   */
  readonly subjectsElsewhere?: Known<ReadonlySet<Digest>>;
  readonly pullSignal: 'live' | 'lost' | 'clustered';
  readonly trash?: TrashFacts;
}
