/** A weight for `low` ≤ x < `high`. */
export interface RankingFactor {
  readonly weight: number;
  readonly range: { readonly low: number; readonly high: number };
}

export interface RankingMeasure {
  readonly base: number;
  readonly factors: readonly RankingFactor[];
}

/** How repositories are ranked, with the keys of harbor-go-client's rp.yaml (docs/arming.md#whole-repositories). */
export interface Ranking {
  /** Days since the last update. */
  readonly update_time: RankingMeasure;
  /** Pulls. */
  readonly pull_count: RankingMeasure;
  /** Tags. */
  readonly tags_count: RankingMeasure;
}
