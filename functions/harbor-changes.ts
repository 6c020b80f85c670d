import type { Artifact, Digest } from './domain/artifact.ts';
import type { Instant, Known } from './domain/instant.ts';
import type { RepositoryHead } from './domain/repository.ts';
import type { Place } from './domain/trash.ts';
import type { ArtifactNow, HarborReader, ReadMembers } from './harbor-port.ts';
import type { HarborRetentionPort } from './harbor-retention-port.ts';

/**
 * Reads single things just before and after they are changed. @throws RetentionError harbor-… for all but clear
 * answers
 */
export interface HarborInspector {
  readArtifact(place: Place, digest: Digest): Promise<ArtifactNow>;
  readMembers: ReadMembers;
  /** The digest that a tag points to, or undefined if the repository has no such tag. */
  readTag(place: Place, tag: string): Promise<Digest | undefined>;
  /**
   * Whether a list of untagged artifacts shows this one: its empty tag list is then no fault
   * (docs/harbor.md#t48-torn-rows).
   */
  isUntagged(
    place: Place,
    artifact: { readonly id: number; readonly digest: Digest },
  ): Promise<boolean>;
  /** Ids of the labels that artifacts of a project may bear, by name: its own before the global ones. */
  readLabels(projectId: number): Promise<ReadonlyMap<string, number>>;
  /**
   * Labels of the project itself, not the global ones: one of them may claim it for a deployment
   * (docs/harbor.md#t51-labels-are-claims).
   */
  readProjectLabels(projectId: number): Promise<readonly ProjectLabel[]>;
  /**
   * The exact bytes of a manifest, read so that it is no pull (docs/harbor.md#reading-manifests); undefined if it is
   * gone.
   */
  readManifest(place: Place, digest: Digest): Promise<Manifest | undefined>;
  /** What an artifact is made of, read in the same way; never throws for a single artifact. */
  readBlobs(place: Place, digest: Digest): Promise<ManifestBlobs>;
  /** Tags by the registry's own list, which also shows what Harbor's lists hide; 'unknown' without the permission. */
  listRegistryTags(place: Place): Promise<Known<readonly string[]>>;
  /** A repository as it is now; undefined if there is none. */
  readRepository(head: RepositoryHead): Promise<RepositoryHead | undefined>;
  /** Everything pushed into a project since, and until an instant if one is given; children included. */
  listPushedSince(
    place: { readonly project: string; readonly repository?: string },
    since: Instant,
    until?: Instant,
  ): Promise<readonly PushedArtifact[]>;
  /**
   * Who pushed, tagged and untagged what in a project between two instants, by Harbor's audit log, oldest first;
   * 'unknown' without the permission, or if it is not provably whole; 'unsupported' before Harbor 2.13. An empty log
   * proves nothing: it may be switched off.
   */
  readLog(
    project: string,
    span: { readonly since: Instant; readonly until: Instant },
  ): Promise<Log>;
}

export type Log = Known<readonly LogEntry[]> | 'unsupported';

/** One line of Harbor's audit log, of those that speak of tags (docs/harbor.md#t50-what-a-push-named). */
export type LogEntry = {
  readonly repository: string;
  readonly at: Instant;
  /** By the account that we use ourselves. */
  readonly isOurs: boolean;
} & (
  | { readonly kind: 'push'; readonly digest: Digest; readonly tag?: string }
  | { readonly kind: 'artifact-deleted'; readonly digest: Digest }
  /** By the call that creates or removes a tag; which digest it was on, Harbor does not say. */
  | { readonly kind: 'tag-created' | 'tag-deleted'; readonly tag: string }
);

export interface ProjectLabel {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** When it was made, as Harbor writes it; empty if it does not say. */
  readonly madeAt: string;
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

/** A project by name, and by the id that labels refer to. */
export interface ClaimedProject {
  readonly project: string;
  readonly id: number;
}

/** What Harbor answered to a write; every answer has its kind. */
export type WriteAnswer =
  | { readonly kind: 'done' }
  /** 404 that names the object. */
  | { readonly kind: 'missing'; readonly because: string }
  /** 409: it is there already. */
  | { readonly kind: 'conflict' }
  /** 412: an immutable tag, or a parent that still lists it (docs/harbor.md#t27-two-meanings-of-412). */
  | {
      readonly kind: 'protected';
      readonly by: 'immutable-tag' | 'parent';
      readonly because: string;
    }
  /** 401 and 403 (docs/harbor.md#t28-four-meanings-of-403). */
  | {
      readonly kind: 'denied';
      readonly by: 'sign-in' | 'permission' | 'read-only' | 'quota' | 'csrf';
      readonly because: string;
    }
  /**
   * 429, 500, or not sent at all: nothing was done; may be tried again after a look
   * (docs/harbor.md#t36-lost-answers).
   */
  | { readonly kind: 'rolled-back'; readonly because: string }
  /**
   * No answer, or one that is not Harbor's for certain, whatever its status: Harbor may have done it
   * (docs/harbor.md#t36-lost-answers).
   */
  | { readonly kind: 'lost'; readonly because: string }
  | { readonly kind: 'unexpected'; readonly because: string };

/**
 * Changes Harbor; each call is sent once, and is over within two minutes, whatever it waits for
 * (domain/write-time.ts). It never throws for an answer, whatever it is.
 */
export interface HarborWriter {
  /**
   * Copies with children, accessories and tags; tags that the destination has elsewhere would move
   * (docs/harbor.md#t41-copying-moves-tags).
   */
  copyArtifact(from: Place & { readonly digest: Digest }, to: Place): Promise<WriteAnswer>;
  /** By digest only (docs/harbor.md#t6-by-tag-means-by-artifact, T36). */
  deleteArtifact(place: Place, digest: Digest): Promise<WriteAnswer>;
  /** Never moves a tag. */
  createTag(place: Place & { readonly digest: Digest }, tag: string): Promise<WriteAnswer>;
  /**
   * Claims a project for whoever is described; 'conflict' if it is claimed already
   * (docs/harbor.md#t51-labels-are-claims).
   */
  claimProject(place: ClaimedProject, description: string): Promise<WriteAnswer>;
  /** There is no conditional form: look first (docs/harbor.md#t25-no-only-if-empty). */
  deleteRepository(place: Place): Promise<WriteAnswer>;
  addLabel(place: Place & { readonly digest: Digest }, labelId: number): Promise<WriteAnswer>;
  /**
   * Puts a manifest again by its digest: restores the project's links to its blobs, moves no tag
   * (docs/harbor.md#t40-layers-that-get-lost).
   */
  putManifest(place: Place & { readonly digest: Digest }, manifest: Manifest): Promise<WriteAnswer>;
  /** Only while the tag is on this digest. */
  removeTag(place: Place & { readonly digest: Digest }, tag: string): Promise<WriteAnswer>;
}

/** One garbage collection of Harbor's (docs/harbor.md#garbage-collection). */
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
  /**
   * Whether single ones may be read, asked with the id of any, or 0 where there was none yet. @throws harbor-denied
   * if not
   */
  confirmReadable(id: number): Promise<void>;
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

/** Reads what artifacts are made of, for the ledger of blobs: nothing of it is a pull, nothing changes. */
export type ManifestReader = Pick<HarborInspector, 'readArtifact' | 'readBlobs'>;

/**
 * What only an armed run or a restore gets. The writer here is bare: the engine sends nothing through it before
 * it has put the lease in front of it (apply/fence.ts).
 */
export interface Changes {
  readonly inspector: HarborInspector;
  readonly writer: HarborWriter;
  readonly garbage: HarborGarbage;
}

/** A Harbor as the adapters connect to it. A driver gives its run only the parts that the run may use. */
export interface Harbor {
  readonly reader: HarborReader;
  readonly manifests: ManifestReader;
  readonly changes: Changes;
}

/** A Harbor for the command line, which also compares with Harbor's own retention and moves away from it. */
export interface ConnectedHarbor extends Harbor {
  readonly retention: HarborRetentionPort;
}
