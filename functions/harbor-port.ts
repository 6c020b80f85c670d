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

/** In bytes; a hard limit of -1 is none. Counts each blob once, and falls right after a deletion (harbor.md §15). */
export interface Quota {
  readonly hard: number;
  readonly used: number;
}

/** Which artifacts a listing is to hold; of one project, of some of its repositories, or of one. */
export interface ArtifactScope {
  readonly project: string;
  readonly projectId: number;
  /** In ascending order of id. */
  readonly repositories: readonly RepositoryHead[];
  /** Untagged children of indexes as well (`base=*`). */
  readonly withChildren: boolean;
  /** Confirm empty tag lists by a second read; otherwise they are 'unknown'. */
  readonly confirmUntagged: boolean;
  /** Labels that would save an artifact: where Harbor's search shows one that the row lacks, labels are 'unknown'. */
  readonly confirmLabels?: readonly string[];
  /** Where Harbor has a project-wide list: over a range of ids (the default), over named ids, or a list for each. */
  readonly by?: 'range' | 'ids' | 'repository';
  /** A repository whose list turns out to hold more is incomplete, and not kept in memory. */
  readonly maxArtifacts?: number;
}

/** All artifacts of one repository, or why they are not provably all. */
export type ArtifactListing =
  | {
      readonly kind: 'complete';
      readonly head: RepositoryHead;
      readonly artifacts: readonly Artifact[];
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

/**
 * Reads Harbor. Every method asks for every flag it needs, checks every row against what was asked,
 * and throws a RetentionError (harbor-…) rather than return less than it was asked for.
 */
export interface HarborReader {
  /** Who we are and whether Harbor knows us. @throws harbor-not-signed-in, harbor-too-old, harbor-unreachable */
  identify(): Promise<HarborFacts>;
  listProjects(): Promise<readonly ProjectHead[]>;
  /** All repositories of all projects that this identity may read, by project name, in ascending order of id. */
  listRepositories(projects: readonly ProjectHead[]): Promise<readonly RepositoryHead[]>;
  /** 'unknown' if they could not be read or understood. */
  readImmutableRules(project: ProjectHead): Promise<Known<readonly ImmutableRule[]>>;
  readHarborRetention(project: ProjectHead): Promise<Known<'none' | 'enabled' | 'disabled'>>;
  /** 'unknown' without the permission. */
  readReplications(): Promise<Known<readonly Replication[]>>;
  /** Whether labels can be confirmed by Harbor's search, where it has one; false without the permission. */
  confirmsLabels(project: ProjectHead): Promise<Known<boolean>>;
  /** What a project may hold and holds, in bytes; 'unknown' without the permission. */
  readQuota(project: ProjectHead): Promise<Known<Quota>>;
  /**
   * One listing per repository of the scope, in any order; never throws for a single repository.
   * @throws RetentionError harbor-unreachable once nothing answers any more
   */
  listArtifacts(scope: ArtifactScope): AsyncIterable<ArtifactListing>;
  requests(): RequestCount;
}

/** One artifact as it is now. */
export type ArtifactNow =
  | {
      readonly kind: 'there';
      readonly artifact: Artifact;
      /** Tags that Harbor says are immutable. */
      readonly immutableTags: readonly string[];
    }
  /** Harbor names the artifact as missing, and was asked whether it knows the repository. */
  | { readonly kind: 'gone'; readonly repository: 'there' | 'gone' };

/** Reads single things just before and after they are changed. @throws RetentionError harbor-… for all but clear answers */
export interface HarborInspector {
  readArtifact(place: Place, digest: Digest): Promise<ArtifactNow>;
  /** Members of families as they are now, each as `readArtifact` would answer; in as few requests as can be. */
  readMembers(
    place: Place,
    members: readonly Pick<Member, 'digest' | 'as'>[],
  ): Promise<ReadonlyMap<Digest, ArtifactNow>>;
  /** The digest that a tag points to, or undefined if the repository has no such tag. */
  readTag(place: Place, tag: string): Promise<Digest | undefined>;
  /** Whether a list of untagged artifacts shows this one: its empty tag list is then no fault (harbor.md T48). */
  isUntagged(
    place: Place,
    artifact: { readonly id: number; readonly digest: Digest },
  ): Promise<boolean>;
  /** Ids of the labels that artifacts of a project may bear, by name: its own before the global ones. */
  readLabels(projectId: number): Promise<ReadonlyMap<string, number>>;
  /** The exact bytes of a manifest, read so that it is no pull (harbor.md §10.2); undefined if it is gone. */
  readManifest(place: Place, digest: Digest): Promise<Manifest | undefined>;
  /** What an artifact is made of, read in the same way; never throws for a single artifact. */
  readBlobs(place: Place, digest: Digest): Promise<ManifestBlobs>;
  /** Tags by the registry's own list, which also shows what Harbor's lists hide; 'unknown' without the permission. */
  listRegistryTags(place: Place): Promise<Known<readonly string[]>>;
  /** A repository as it is now; undefined if there is none. */
  readRepository(head: RepositoryHead): Promise<RepositoryHead | undefined>;
  /** Everything pushed into a project since, children included. */
  listPushedSince(
    place: { readonly project: string; readonly repository?: string },
    since: Instant,
  ): Promise<readonly PushedArtifact[]>;
}

/** A manifest as it is stored; its text hashes to its digest. */
export interface Manifest {
  readonly mediaType: string;
  readonly text: string;
}

/** A blob that a manifest names, or the manifest itself. */
export interface BlobFact {
  readonly digest: Digest;
  readonly bytes: number;
}

export type ManifestBlobs =
  /** Each blob once, the manifest itself first; without layers that Harbor does not store. */
  | { readonly kind: 'read'; readonly blobs: readonly BlobFact[] }
  | { readonly kind: 'gone' }
  /** The robot may not pull from this project. */
  | { readonly kind: 'denied'; readonly because: string }
  /** A policy of the project keeps this image from being pulled. */
  | { readonly kind: 'blocked'; readonly because: string }
  /** It is no manifest that can be understood. */
  | { readonly kind: 'unusable'; readonly because: string };

export interface PushedArtifact {
  readonly repository: string;
  readonly artifact: Artifact;
}

/** What Harbor answered to a write; every answer has its kind. */
export type WriteAnswer =
  | { readonly kind: 'done' }
  /** 404 that names the object. */
  | { readonly kind: 'missing'; readonly because: string }
  /** 409: it is there already. */
  | { readonly kind: 'conflict' }
  /** 412: an immutable tag, or a parent that still lists it (harbor.md T27). */
  | {
      readonly kind: 'protected';
      readonly by: 'immutable-tag' | 'parent';
      readonly because: string;
    }
  /** 401 and 403 (harbor.md T28). */
  | {
      readonly kind: 'denied';
      readonly by: 'sign-in' | 'permission' | 'read-only' | 'quota' | 'csrf';
      readonly because: string;
    }
  /** 429, 500: nothing was done; may be tried again after a look (harbor.md §20.2). */
  | { readonly kind: 'rolled-back'; readonly because: string }
  /** No answer, or a proxy's 502–504: Harbor may have done it (harbor.md T36). */
  | { readonly kind: 'lost'; readonly because: string }
  | { readonly kind: 'unexpected'; readonly because: string };

/** Changes Harbor; each call is sent once. It never throws for an answer, whatever it is. */
export interface HarborWriter {
  /** Copies with children, accessories and tags; tags that the destination has elsewhere would move (harbor.md T41). */
  copyArtifact(from: Place & { readonly digest: Digest }, to: Place): Promise<WriteAnswer>;
  /** By digest only (harbor.md T6, T36). */
  deleteArtifact(place: Place, digest: Digest): Promise<WriteAnswer>;
  /** Never moves a tag. */
  createTag(place: Place & { readonly digest: Digest }, tag: string): Promise<WriteAnswer>;
  /** There is no conditional form: look first (harbor.md T25). */
  deleteRepository(place: Place): Promise<WriteAnswer>;
  addLabel(place: Place & { readonly digest: Digest }, labelId: number): Promise<WriteAnswer>;
  /** Puts a manifest again by its digest: restores the project's links to its blobs, moves no tag (harbor.md §20.2). */
  putManifest(place: Place & { readonly digest: Digest }, manifest: Manifest): Promise<WriteAnswer>;
  /** Only while the tag is on this digest. */
  removeTag(place: Place & { readonly digest: Digest }, tag: string): Promise<WriteAnswer>;
}

/** One garbage collection of Harbor's (harbor.md §12). */
export interface Collection {
  readonly id: number;
  /** Harbor's word; `Success`, `Error` and `Stopped` are final. */
  readonly status: string;
  readonly isFinal: boolean;
  readonly isManual: boolean;
  readonly createdAt: Known<Instant>;
  readonly dryRun: boolean;
  /** It takes untagged artifacts, instance-wide and of any age. */
  readonly deletesUntagged: boolean;
  /** In bytes, blobs and manifests; undefined until Harbor has written them, a while apart from the status. */
  readonly result:
    { readonly freedBytes: number; readonly blobs: number; readonly manifests: number } | undefined;
}

/** Harbor's garbage collection. @throws RetentionError harbor-…; harbor-denied names the missing permission */
export interface HarborGarbage {
  /** The newest few, newest first. */
  listCollections(): Promise<readonly Collection[]>;
  readCollection(id: number): Promise<Collection>;
  /** Always without untagged deletion. Its id, or why it was not started, or undefined if the answer was lost. */
  startCollection(how: {
    readonly dryRun: boolean;
    readonly workers: number;
  }): Promise<
    | { readonly kind: 'started'; readonly id: number }
    | { readonly kind: 'refused'; readonly because: string }
    | { readonly kind: 'lost' }
  >;
}

/** A Harbor: read by everybody, looked at closely and changed by `apply` and `restore` alone. */
export type Harbor = HarborReader & HarborInspector & HarborWriter & HarborGarbage;
