import type { Artifact, Digest } from './domain/artifact.ts';
import type { Member } from './domain/family.ts';
import type { Instant, Known } from './domain/instant.ts';
import type { HarborFacts, ImmutableRule, Replication } from './domain/registry.ts';
import type { RepositoryHead } from './domain/repository.ts';
import type { Place } from './domain/trash.ts';

/** A project as the list of projects shows it. */
export interface ProjectHead {
  readonly name: string;
  readonly id: number;
  readonly isPublic: Known<boolean>;
  readonly isProxyCache: boolean;
  readonly repositoryCount: number;
  /** Id of Harbor's own retention policy on this project, if it has one. */
  readonly retentionId: string | undefined;
  /** Whatever is pushed or copied into it is scanned. */
  readonly scansOnPush: boolean;
}

/**
 * In bytes; a hard limit of -1 is none. Counts each blob once, and falls right after a deletion
 * (docs/harbor.md#quotas).
 */
export interface Quota {
  readonly hard: number;
  readonly used: number;
}

/** Which artifacts a listing is to hold; of one project, of some of its repositories, or of one. */
export interface ArtifactScope {
  /** Called with every page as it comes, with the number of artifacts that it lists. Only for a status line. */
  readonly onPage?: (artifacts: number) => void;
  readonly project: string;
  readonly projectId: number;
  /** In ascending order of id. */
  readonly repositories: readonly RepositoryHead[];
  /** Untagged children of indexes as well (`base=*`). */
  readonly withChildren: boolean;
  /**
   * Without `withChildren`: an untagged child that was pulled since comes as `hidden`. Where Harbor's search by pull time
   * is not there, or answers what can't be right, all children are listed as with `withChildren`.
   */
  readonly pulledSince?: Instant;
  /** Confirm empty tag lists by a second read; otherwise they are 'unknown'. */
  readonly confirmUntagged: boolean;
  /** Labels that would save an artifact: where Harbor's search shows one that the row lacks, labels are 'unknown'. */
  readonly confirmLabels?: readonly string[];
  /** Where Harbor has a project-wide list: over a range of ids (the default), over named ids, or a list for each. */
  readonly by?: 'range' | 'ids' | 'repository';
  /** A repository whose list turns out to hold more is incomplete, and not kept in memory. */
  readonly maxArtifacts?: number;
  /** What all of them together may weigh in memory, in artifacts (domain/bounds.ts). */
  readonly maxWeight?: number;
}

/** All artifacts of one repository, or why they are not provably all. */
export type ArtifactListing =
  | {
      readonly kind: 'complete';
      readonly head: RepositoryHead;
      readonly artifacts: readonly Artifact[];
      /** Untagged children that are not listed: those that were pulled since `pulledSince`, perhaps others. */
      readonly hidden?: readonly Artifact[];
    }
  | {
      readonly kind: 'incomplete';
      readonly head: RepositoryHead;
      readonly artifacts: readonly Artifact[];
      readonly because: string;
    };

/** How many requests were sent, and how few would have done. */
export interface RequestCount {
  readonly sent: number;
  /** Sent again after a failure; part of `sent`. */
  readonly retried: number;
  readonly lowerBound: number;
  /** Sum of the time that answers took, in milliseconds. */
  readonly waitedMs: number;
}

/** One artifact as it is now. */
export type ArtifactNow =
  | {
      readonly kind: 'there';
      readonly artifact: Artifact;
      /** Tags that Harbor says are immutable. */
      readonly immutableTags: readonly string[];
    }
  /** Harbor names the artifact as missing, perhaps with its repository or project. */
  | { readonly kind: 'gone' };

/**
 * Members of families as they are now; in as few requests as can be. One that is not in the answer is not known.
 * `untagged`: how many untagged artifacts the repository has, children included, where that is known; a list of all of
 * them may take fewer requests.
 * @throws RetentionError harbor-…
 */
export type ReadMembers = (
  place: Place,
  members: readonly Pick<Member, 'digest' | 'as'>[],
  untagged?: number,
) => Promise<ReadonlyMap<Digest, ArtifactNow>>;

/**
 * Reads Harbor. Every method asks for every flag it needs, checks every row against what was asked,
 * and throws a RetentionError (harbor-…) rather than return less than it was asked for.
 */
export interface HarborReader {
  /** Who we are and whether Harbor knows us. @throws harbor-not-signed-in, harbor-too-old, harbor-unreachable */
  identify(): Promise<HarborFacts>;
  /** Its address, in the one form that records and memories know it by; asks Harbor nothing. */
  address(): Promise<string>;
  listProjects(): Promise<readonly ProjectHead[]>;
  /**
   * All repositories of all projects that this identity may read, by project name, in ascending order of id; of each
   * project no more than `most` says.
   */
  listRepositories(
    projects: readonly ProjectHead[],
    most?: (project: string) => number,
  ): Promise<readonly RepositoryHead[]>;
  /** 'unknown' if they could not be read or understood. */
  readImmutableRules(project: ProjectHead): Promise<Known<readonly ImmutableRule[]>>;
  readHarborRetention(project: ProjectHead): Promise<Known<'none' | 'enabled' | 'disabled'>>;
  /** 'unknown' without the permission. */
  readReplications(): Promise<Known<readonly Replication[]>>;
  /** When this account expires; 'unknown' without the permission to list robots. */
  readOwnExpiry(): Promise<Known<Instant | 'never'>>;
  /** Whether labels can be confirmed by Harbor's search, where it has one; false without the permission. */
  confirmsLabels(project: ProjectHead): Promise<Known<boolean>>;
  /** Who has claimed a trash project: the descriptions of its labels of that name; 'unknown' if they can't be read. */
  readClaims(project: Pick<ProjectHead, 'id'>): Promise<Known<readonly string[]>>;
  /** What a project may hold and holds, in bytes; 'unknown' without the permission. */
  readQuota(project: ProjectHead): Promise<Known<Quota>>;
  /**
   * One listing per repository of the scope, in any order; never throws for a single repository.
   * @throws RetentionError harbor-unreachable once nothing answers any more
   */
  listArtifacts(scope: ArtifactScope): AsyncIterable<ArtifactListing>;
  /** Finds what no list shows and a deletion would take along. */
  readMembers: ReadMembers;
  requests(): RequestCount;
}
