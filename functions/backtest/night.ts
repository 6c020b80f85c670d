import type { LimitsNeeded } from '../domain/limits-needed.ts';
import type { Instant } from '../domain/instant.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { UseWitness } from './find-regrets.ts';
import type { Amount } from '../domain/amount.ts';

/** A stored run, as a backtest judges it. */
export interface Night {
  readonly takenAt: Instant;
  /** As one policy sees the registry: its own lists, its own trash. */
  readonly registry: RegistryFacts;
  /** What workloads used at the time. */
  readonly witnesses: readonly UseWitness[];
  /** Artifacts that the run before it really deleted, as far as its end says: no shrinkage. */
  readonly reallyDeleted: number;
}

/** What became of a night under one policy. Bytes are sums of artifact sizes. */
export interface NightResult {
  /** What was listed before the night's own deletions, without untagged children of indexes. */
  readonly listed: Amount;
  /** What the plan would delete. */
  readonly planned: Amount;
  readonly plannedTags: number;
  /** What `onBreach: oldestFirst` put off. */
  readonly deferred: number;
  /** What went: the plan, or nothing if a rail refused it. */
  readonly gone: Amount;
  readonly goneTags: number;
  /** What was purged from the trash, and what lay there after the night. */
  readonly purged: Amount;
  readonly trash: Amount;
  /** Artifacts that stayed because a fact was not known. */
  readonly unknown: number;
  /** Repositories that were not read whole. */
  readonly unplannable: number;
  readonly refusals: readonly Refusal[];
  /** Rules whose drift a person would have acknowledged; absent where nobody does. */
  readonly acknowledged?: readonly string[];
  readonly limitsNeeded: LimitsNeeded;
}
