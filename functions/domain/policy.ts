import type { Digest } from './artifact.ts';
import type { Duration } from './instant.ts';
import type { Limits } from './limits.ts';

/** A list of digests kept outside the policy, one per line. */
export type DigestListSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string };

/** One source of images that workloads use, as configured; `kind` is the name in the registry of sources. */
export interface InUseConfig {
  readonly kind: string;
  readonly scope?: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What the run must read for this policy, and may leave unread otherwise. */
export interface PolicyNeeds {
  /** Some rule has a pull condition: the pull times of untagged children count too (policy.md §3). */
  readonly pullTimes: boolean;
  /** Some rule says `untagged: true`: empty tag lists must be confirmed (harbor.md T9). */
  readonly untagged: boolean;
  /** Some rule says `untaggedWithin`: the memory of earlier runs is read. */
  readonly untaggedMemory: boolean;
}

/** The parts of a checked policy that rooms other than `rules` and `plan` read; bound rules and protections extend it. */
export interface PolicyFrame {
  /** Hex SHA-256 of the text. */
  readonly hash: string;
  readonly ruleNames: readonly string[];
  readonly needs: PolicyNeeds;
  readonly limits: Limits;
  readonly keepAtLeast: number;
  /** `project/repository:tag` that must be seen and stay. */
  readonly canaries: readonly string[];
  readonly proxyCache: 'keep' | 'include';
  readonly digests: readonly Digest[];
  readonly digestLists: readonly DigestListSource[];
  readonly inUse: readonly InUseConfig[];
  readonly acknowledgeHarborRetention: boolean;
  readonly acknowledgeReplication: boolean;
  readonly trash: { readonly project: string; readonly keepFor: Duration } | 'off';
  readonly garbageCollection: {
    readonly mode: 'off' | 'preview' | 'run';
    readonly workers: number;
  };
  /** Whether some rule's project patterns select this project. */
  readonly inScope: (project: string) => boolean;
}
