import type { Artifact, Digest } from './artifact.ts';
import type { Times } from './artifact-times.ts';
import type { Graph } from './graph.ts';
import type { Mirrors } from './image-list.ts';
import type { Duration, Instant, Known } from './instant.ts';
import type { Limits } from './limits.ts';
import type { ListedUse } from './listed-use.ts';
import type { GroupPattern } from './pattern.ts';
import type { Ranking } from './ranking.ts';
import type { Margin } from './reason.ts';
import type { ProjectFacts, RegistryFacts } from './registry.ts';
import type { Subject } from './subject.ts';
import type { WrittenName } from './written-name.ts';

/** A list of digests kept outside the policy, one per line. */
export type DigestListSource = (
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
) & {
  /** An older list is not believed. */
  readonly freshWithin?: Duration;
};

/** One source of images that workloads use, as configured; `kind` is the name in the registry of sources. */
export interface InUseConfig {
  readonly kind: string;
  readonly scope?: string;
  readonly freshWithin?: Duration;
  readonly mirrors?: Mirrors;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What the run must read for this policy, and may leave unread otherwise. */
export interface PolicyNeeds {
  /**
   * Some rule has a pull condition: the pull times of untagged children count too
   * (docs/policy.md#which-time-is-meant).
   */
  readonly pullTimes: boolean;
  /** How far back pulls matter to the rules that can reach a project; 'ever' where all of them rank artifacts. */
  readonly pullsWithin: (project: string) => Duration | 'ever';
  /** Some rule says `untagged: true`: empty tag lists must be confirmed (docs/harbor.md#t9-empty-tag-lists). */
  readonly untagged: boolean;
  /** Labels that save what bears them: an artifact without them must be proven to have none of them. */
  readonly labels: readonly string[];
  /** Some rule says `untaggedWithin`: the memory of earlier runs is read. */
  readonly untaggedMemory: boolean;
  /** Some rule names signature tags literally, so that orphans may go: their subjects are looked for everywhere. */
  readonly subjects: boolean;
}

/**
 * The parts of a checked policy that rooms other than `rules` and `plan` read; bound rules and protections extend it.
 */
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
  /** Entries of lists, as written. */
  readonly digests: readonly string[];
  readonly mirrors: Mirrors;
  readonly digestLists: readonly DigestListSource[];
  readonly inUse: readonly InUseConfig[];
  readonly acknowledgeHarborRetention: boolean;
  readonly acknowledgeReplication: boolean;
  readonly trash: { readonly project: string; readonly keepFor: Duration } | 'off';
  readonly garbageCollection: {
    readonly mode: 'off' | 'preview' | 'run';
    readonly workers: number;
  };
  /** docs/arming.md#whole-repositories. */
  readonly repositories: {
    readonly ranking?: Ranking;
    readonly removeEmpty?: { readonly olderThan: Duration };
  };
  /** Whether some rule's project patterns select this project. */
  readonly inScope: (project: string) => boolean;
  /** Absent: the policy holds everywhere at once (docs/policy.md#roll-out). */
  readonly rollout?: { readonly startedAt: Instant; readonly over: Duration };
}

/** Which subjects a rule speaks about, before `insteadOf` (docs/policy.md#a-rule). */
export interface Selector {
  readonly inProject: (project: string) => boolean;
  /** The name without the project. */
  readonly inRepository: (repository: string) => boolean;
  /** Absent: the rule is about artifacts without tags. */
  readonly hasTag?: (tag: string) => boolean;
  /** Whether a pattern that begins with `sha256-` names this tag (docs/policy.md#indexes-and-signatures). */
  readonly namesAccessory: (tag: string) => boolean;
  /** Absent: all types. */
  readonly types?: ReadonlySet<string>;
  /** Absent: the rule does not ask. */
  readonly hasMediaType?: (mediaType: string) => boolean;
  /** Absent: the rule does not ask. */
  readonly hasArtifactType?: (artifactType: string) => boolean;
  readonly labels: {
    readonly all: readonly string[];
    readonly any: readonly string[];
    readonly none: readonly string[];
  };
}

/** One artifact among those that a rule may keep or let go. */
export interface PoolMember {
  readonly digest: Digest;
  readonly pushed: Known<Instant>;
  readonly pulled: Known<Instant>;
  readonly active: Known<Instant>;
  /** Since when runs have seen it without a tag; only asked of untagged ones. */
  readonly untaggedSince: Known<Instant>;
  /** The subjects that the rule selects, each with its group; one group named '' unless `groupBy` says otherwise. */
  readonly selected: readonly { readonly subject: Subject; readonly group: string }[];
}

/** What a keep condition says of one member of the pool. */
export type Finding =
  | { readonly says: 'keeps' | 'lets-go'; readonly margin: Margin }
  | { readonly says: 'unknown'; readonly fact: string; readonly because: string }
  | { readonly says: 'signal-lost' | 'not-governed' };

/** What a condition may know besides the pool. */
export interface Moment {
  readonly now: Instant;
  readonly pullSignal: RegistryFacts['pullSignal'];
}

/** A keep condition with its parameter: see `rules/keep-condition.ts` for what it owes. */
export interface BoundCondition {
  readonly key: string;
  readonly kind: 'age' | 'count';
  /** Counts only: among all of the pool, or among what the rule's ages do not keep. */
  readonly counts: 'all' | 'remaining';
  readonly needs: readonly ConditionNeed[];
  /** How far back it looks at pulls; absent on a condition that needs pull times: as far as any are known. */
  readonly pullsWithin?: Duration;
  /** One finding for each member, in the order of the members. */
  readonly judge: (members: readonly PoolMember[], moment: Moment) => readonly Finding[];
  /** The conditions that it puts together, if it is `all`. */
  readonly parts?: readonly BoundCondition[];
  /** Why the condition does not govern a tag at all; undefined: it does. Absent: it governs all. */
  readonly doesNotGovern?: (tag: string) => string | undefined;
}

/** What a condition rests on: pull times, the memory of earlier runs, or the rule selecting tags or untagged. */
export type ConditionNeed = 'pull-times' | 'untagged-memory' | 'tags' | 'untagged';

/** Why a protection holds an artifact. */
export interface Hold {
  readonly because: string;
  /** The fact that is not known, if that is why. */
  readonly unknown?: string;
  readonly margin?: Margin;
  /** Who uses it, if a list that says so is why. */
  readonly use?: ListedUse;
}

/** What a protection may look at besides the artifact. */
export interface Surroundings {
  readonly now: Instant;
  readonly registry: RegistryFacts;
  /** Undefined if the survey did not list the project: then what it says is unknown. */
  readonly project: ProjectFacts | undefined;
  readonly projectName: string;
  /** Without the project. */
  readonly repository: string;
  readonly graph: Graph;
}

/** An artifact as protections see it. */
export interface TimedArtifact {
  readonly artifact: Artifact;
  readonly times: Times;
}

/** What a protection says of one repository: nothing, all of it, or it depends on the artifact. */
export type RepositoryHold =
  | undefined
  | { readonly all: Hold }
  | {
      readonly each: (timed: TimedArtifact) => Hold | undefined;
      /** Judges something of which only the digest is known. Absent: a digest says nothing to this protection. */
      readonly named?: (digest: Digest) => Hold | undefined;
    };

/** A protection with its parameter: see `rules/protection.ts` for what it owes. */
export interface BoundProtection {
  readonly key: string;
  /** Asked once per repository. */
  readonly inRepository: (around: Surroundings) => RepositoryHold;
}

export interface Rule {
  readonly name: string;
  readonly select: Selector;
  /** Empty only if the policy says `keep: none`. */
  readonly keep: readonly BoundCondition[];
  readonly groupBy?: GroupPattern;
  /** May also remove single tags from an artifact that stays. */
  readonly untag: boolean;
  /** Rules that do not select what this one selects. */
  readonly insteadOf: readonly string[];
}

/** A checked policy, ready to judge. */
export interface Policy extends PolicyFrame {
  /** Every pattern and name that it has written, to report which of them matched nothing. */
  readonly writtenNames: readonly WrittenName[];
  readonly rules: readonly Rule[];
  /** The configured ones, and after them those that are always on. */
  readonly protections: readonly BoundProtection[];
}
