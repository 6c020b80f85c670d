import type { NightResult } from '../backtest/night.ts';
import type { Watched } from '../backtest/removal.ts';
import type { Amount } from '../domain/amount.ts';
import type { Duration, Instant } from '../domain/instant.ts';

/** One policy after its backtest. */
export interface BacktestedPolicy {
  readonly name: string;
  /** Hex SHA-256 of its text. */
  readonly hash: string;
  readonly trash: { readonly keepFor: Duration } | 'off';
  readonly nights: readonly NightResult[];
  readonly watched: readonly Watched[];
}

/** A night as it really was. */
export interface RealNight {
  readonly runId: string;
  readonly takenAt: Instant;
  readonly listed: Amount;
  readonly trash?: Amount;
  readonly deleted: number;
}

export interface Backtested {
  readonly harbor: string;
  readonly nights: readonly RealNight[];
  readonly candidate: BacktestedPolicy;
  readonly inForce?: BacktestedPolicy;
  readonly passedOver: readonly { readonly runId: string; readonly because: string }[];
  readonly notes: readonly string[];
}
