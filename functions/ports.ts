import type { Artifact, Digest } from './domain/artifact.ts';
import type { Instant, Known } from './domain/instant.ts';
import type { DigestListSource, InUseConfig } from './domain/policy.ts';
import type {
  DeletingReplication,
  HarborFacts,
  ImmutableRule,
  InUseFacts,
} from './domain/registry.ts';
import type { RepositoryHead } from './domain/repository.ts';
import type { Place } from './domain/trash.ts';

/** Reads the time; nobody else does. */
export interface Clock {
  now(): Instant;
}

/** Where the policy's text comes from. */
export interface PolicySource {
  /** @throws RetentionError policy-unreadable */
  load(): Promise<PolicyText>;
}

export interface PolicyText {
  readonly text: string;
  /** File name or S3 address, for messages. */
  readonly name: string;
  /** Version id of the S3 object, where there is one. */
  readonly version?: string;
}

/** A project as the list of projects shows it. */
export interface ProjectHead {
  readonly name: string;
  readonly id: number;
  readonly isPublic: Known<boolean>;
  readonly isProxyCache: boolean;
  readonly repositoryCount: number;
  /** Id of Harbor's own retention policy on this project, if it has one. */
  readonly retentionId: string | undefined;
}

/** Which artifacts a listing is to hold; of one project, of some of its repositories, or of one. */
export interface ArtifactScope {
  readonly project: string;
  readonly projectId: number;
  /** In ascending order of id. With the project-wide list: a run of ids without gaps in scope. */
  readonly repositories: readonly RepositoryHead[];
  /** Untagged children of indexes as well (`base=*`). */
  readonly withChildren: boolean;
  /** Confirm empty tag lists by a second read; otherwise they are 'unknown'. */
  readonly confirmUntagged: boolean;
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
  readDeletingReplications(): Promise<Known<readonly DeletingReplication[]>>;
  /** One listing per repository of the scope, in any order; never throws for a single repository. */
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
  /** The digest that a tag points to, or undefined if the repository has no such tag. */
  readTag(place: Place, tag: string): Promise<Digest | undefined>;
  /** Whether a list of untagged artifacts shows this one: its empty tag list is then no fault (harbor.md T48). */
  isUntagged(
    place: Place,
    artifact: { readonly id: number; readonly digest: Digest },
  ): Promise<boolean>;
  /** Everything pushed into a project since, children included. */
  listPushedSince(
    place: { readonly project: string; readonly repository?: string },
    since: Instant,
  ): Promise<readonly PushedArtifact[]>;
}

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
  /** Only while the tag is on this digest. */
  removeTag(place: Place & { readonly digest: Digest }, tag: string): Promise<WriteAnswer>;
}

/** Waits; tests do not. */
export type Pause = (ms: number) => Promise<void>;

/** A source of what workloads use; it answers, or says that it can't: a failed page is never an empty list. */
export interface InUseSource {
  readonly kind: string;
  read(): Promise<InUseFacts>;
}

/** Which sources there are, and how to open one that a policy names. */
export interface InUseRegistry {
  readonly kinds: readonly string[];
  readonly open: (config: InUseConfig) => InUseSource;
}

/** Reads a list of digests kept outside the policy. @throws RetentionError */
export type DigestListReader = (source: DigestListSource) => Promise<string>;

/** A finished part of newline-delimited JSON. */
export interface PartInfo {
  readonly key: string;
  readonly lines: number;
  /** Bytes as stored, compressed. */
  readonly bytes: number;
  /** Hex SHA-256 of the uncompressed text. */
  readonly sha256: string;
}

/** Writes one gzipped NDJSON object; it exists only after `close`. */
export interface PartWriter {
  write(line: string): Promise<void>;
  close(): Promise<PartInfo>;
}

/**
 * Where state, facts and reports lie (S3, or a folder). Keys are relative, with `/`.
 * What was written is there for every later read. @throws RetentionError store-unreachable, store-denied
 */
export interface RunStore {
  /** For messages: `s3://bucket/prefix` or a folder. */
  readonly address: string;
  /** Undefined if there is none. */
  read(key: string): Promise<StoredText | undefined>;
  write(key: string, text: string, contentType?: string): Promise<void>;
  /** False if it exists already (conditional write). */
  create(key: string, text: string): Promise<boolean>;
  /** False if it is no longer the version named by `etag`. */
  replace(key: string, text: string, etag: string): Promise<boolean>;
  remove(key: string): Promise<void>;
  list(prefix: string): Promise<readonly string[]>;
  /** Gzipped NDJSON; the key ends in `.ndjson.gz`. Writing it again replaces it. */
  openPart(key: string): PartWriter;
  /** The lines of a part, in order. @throws RetentionError state-invalid if it is missing or damaged */
  readPart(key: string): AsyncIterable<string>;
}

export interface StoredText {
  readonly text: string;
  readonly etag: string;
}

/** How far a run is; for a status line, a log line and a metric. */
export interface Progress {
  readonly phase: 'preflight' | 'inventory' | 'plan' | 'guard' | 'apply' | 'report';
  /** Artifacts, or actions in `apply`. */
  readonly done: number;
  readonly of: number | undefined;
  readonly what: string;
}

export type MetricUnit = 'Count' | 'Bytes' | 'Milliseconds';

/** Logs, metrics and progress. Messages are constant, data stands beside them, secrets never. */
export interface Telemetry {
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  warn(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
  metric(name: string, value: number, unit: MetricUnit): void;
  progress(progress: Progress): void;
}

/** All that a run asks of the world. */
export interface World {
  readonly harbor: HarborReader;
  readonly store: RunStore;
  readonly policy: PolicySource;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly inUse: InUseRegistry;
  readonly readDigestList: DigestListReader;
}

/** Asked between pieces of work: is there time for one more? */
export interface Budget {
  hasTime(): boolean;
}

/** What to run. Made from event and deployment (config/run-request.ts), or from the command line. */
export interface RunRequest {
  /** From the scheduled time, never from chance; sorts by time: `2026-11-21T033000Z`. */
  readonly runId: string;
  readonly mode: 'dry-run' | 'apply';
}

/** What a slice comes back with; small enough for a durable step. */
export type SliceEnd =
  | { readonly done: false; readonly progress: Progress }
  | {
      readonly done: true;
      readonly end: 'finished' | 'refused' | 'failed';
      readonly reportKey: string;
      readonly summary: RunSummary;
    };

export interface RunSummary {
  readonly runId: string;
  readonly mode: 'dry-run' | 'apply';
  readonly artifacts: number;
  readonly condemned: number;
  readonly condemnedBytes: number;
  readonly deleted: number;
  readonly refusals: number;
  readonly warnings: number;
  readonly unplannable: number;
}

/** `runSlice` of run.ts: goes on where the run's state in the store says, until done or out of time. */
export type RunSlice = (request: RunRequest, world: World, budget: Budget) => Promise<SliceEnd>;
