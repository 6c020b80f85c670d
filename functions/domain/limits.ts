/** A limit that is a number; 0 is zero, no limit is written `unlimited`. */
export type Limit = number | 'unlimited';

/** docs/policy.md#limits. */
export interface Limits {
  readonly maxDeletions: Limit;
  /** The share of all artifacts in scope; rounded down. */
  readonly maxDeletionsPercent: Limit;
  /** Repositories of fewer than 10 artifacts are exempt; rounded down. */
  readonly maxDeletionsPercentPerRepository: Limit;
  /** Sum of artifact sizes, in bytes. */
  readonly maxBytes: Limit;
  readonly onBreach: 'refuse' | 'oldestFirst';
}

/** Repositories with fewer artifacts are exempt from the percentage per repository. */
export const percentPerRepositoryFrom = 10;

/** How many of `population` a percentage allows, rounded down; Infinity for `unlimited`. */
export function allowedBy(percent: Limit, population: number): number {
  return percent === 'unlimited' ? Infinity : Math.floor((percent * population) / 100);
}

/** The limit as a number; Infinity for `unlimited`. */
export function asNumber(limit: Limit): number {
  return limit === 'unlimited' ? Infinity : limit;
}
