import type { Instant } from './domain/instant.ts';
import type { DigestListSource } from './domain/policy.ts';
import type { Changes, ManifestReader } from './harbor-changes.ts';
import type { HarborReader } from './harbor-port.ts';
import type { DigestListReader, InUseRegistry } from './list-port.ts';
import type { Notice, NoticeWishes } from './notices/notice.ts';

export type * from './harbor-changes.ts';
export type * from './harbor-port.ts';
export type * from './harbor-retention-port.ts';
export type * from './list-port.ts';

/** Reads the time; nobody else does. */
export interface Clock {
  now(): Instant;
}

/** Measures how much time has passed, which no change of a clock alters. */
export interface Stopwatch {
  /** Milliseconds since a fixed moment of this process; never falls. */
  elapsed(): number;
  /** Waits for this many milliseconds. */
  wait(ms: number): Promise<void>;
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

/** Waits; tests do not. */
export type Pause = (ms: number) => Promise<void>;

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
  /** Shown in messages: `s3://bucket/prefix` or a folder. */
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
  readonly phase:
    'preflight' | 'inventory' | 'plan' | 'guard' | 'ledger' | 'apply' | 'report' | 'wait';
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

/** Tells people of a run. */
export interface Notifier {
  readonly wishes: NoticeWishes;
  /** @throws whatever kept the message from being sent */
  publish(notice: Notice): Promise<void>;
}

/** All that a run asks of the world. */
export interface World {
  /** Different for every process: two containers may have the same process id, and two machines the same name. */
  readonly identity: string;
  readonly harbor: HarborReader;
  /** Absent: a dry run, which can't change anything. */
  readonly changes?: Changes;
  /** Reads manifests for the ledger of blobs. */
  readonly manifests?: ManifestReader;
  /** How long a lease has been held is measured by it, never by a clock. */
  readonly stopwatch: Stopwatch;
  readonly pause: Pause;
  readonly store: RunStore;
  readonly policy: PolicySource;
  readonly clock: Clock;
  /** Real time, where `clock` is that of a saved inventory. Leases and signs of life follow it. */
  readonly wallClock?: Clock;
  readonly telemetry: Telemetry;
  /** Absent: no notice is sent. */
  readonly notifier?: Notifier;
  readonly inUse: InUseRegistry;
  readonly readDigestList: DigestListReader;
  /** Requests that a run may spend on reading manifests, for the ledger of blobs; absent: there is none. */
  readonly ledger?: { readonly maxRequests: number };
  /** A larger repository is not planned; absent: any size. */
  readonly maxArtifactsPerRepository?: number;
}

/** Asked between pieces of work: is there time for one more? */
export interface Budget {
  hasTime(): boolean;
  /** Nobody continues after this slice: the lease is free at its end. */
  endsForGood?(): boolean;
}

/** What to run. Made from event and deployment (config/run-request.ts), or from the command line. */
export interface RunRequest {
  /** From the scheduled time, never from chance; sorts by time: `2026-11-21T033000Z`. */
  readonly runId: string;
  readonly mode: 'dry-run' | 'apply';
  /** One command, or one durable execution: whoever else comes with the same run id is refused. */
  readonly owner: string;
  /**
   * Without it, the first armed run under a policy that no run has seen yet stays dry
   * (docs/arming.md#6-arm-the-deployment).
   */
  readonly applyNewPolicy?: boolean;
  /** Reads everything again; otherwise facts of the run before may do for what no rule selects (inventory/reuse.ts). */
  readonly fresh?: boolean;
  /**
   * Where a list of repositories lies that a person allowed to go whole; never from the schedule only
   * (docs/arming.md#whole-repositories).
   */
  readonly approved?: DigestListSource;
  /** A dry run judges as if it were this instant, with the facts of now. */
  readonly judgeAt?: Instant;
  /** A dry run judges the whole policy, as if its roll-out were over. */
  readonly wholePolicy?: boolean;
  /** Fingerprint of the plan that a person has seen, or its beginning: another plan is not carried out. */
  readonly onlyPlan?: string;
  /** Fingerprints of refusals that a person has looked at and lets pass (guard/rule-drift.ts). */
  readonly acknowledge?: readonly string[];
  /** Milliseconds that the run may wait for Harbor in all: read-only, or collecting garbage. Default: three hours. */
  readonly waitAtMost?: number;
}

/** Nothing can be done before something happens in Harbor; a driver that can, waits without paying for it. */
export interface Wait {
  readonly seconds: number;
  readonly until: Instant;
  /** In words: "Waits for …". */
  readonly for: string;
}

/** What a slice comes back with; small enough for a durable step. */
export type SliceEnd =
  | {
      readonly done: false;
      readonly progress: Progress;
      readonly wait?: Wait;
      /** All that is left is to see what garbage collection frees. */
      readonly isReported?: boolean;
      /** Another owner has reported it, with its figures. */
      readonly isRepeated?: boolean;
    }
  | {
      readonly done: true;
      readonly end: 'finished' | 'refused' | 'failed';
      readonly reportKey: string;
      readonly summary: RunSummary;
      /** Another owner has reported it, or ended it too: then its end, and its figures, were told. */
      readonly isReported?: boolean;
      readonly isRepeated?: boolean;
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
  /** From here on absent in the answer of a run that an older version ended. */
  readonly deletedBytes?: number;
  readonly purged?: number;
  /** Copies that lay in the trash before the run, and their bytes; absent without a trash. */
  readonly trashWaiting?: number;
  readonly trashWaitingBytes?: number;
  /** By garbage collection, if it ended in time and gave a figure. */
  readonly freedBytes?: number;
  /** Requests sent to Harbor, in all slices. */
  readonly requests?: number;
  /** Milliseconds from request to answer, on average. */
  readonly harborLatencyMs?: number;
  readonly slices?: number;
  /** From the first moment of the run to its report, waits included; milliseconds. */
  readonly durationMs?: number;
}

/** `runSlice` of run.ts: goes on where the run's state in the store says, until done or out of time. */
export type RunSlice = (request: RunRequest, world: World, budget: Budget) => Promise<SliceEnd>;
