import type { LimitsNeeded } from './limits-needed.ts';
import type { Limits } from './limits.ts';

/** A plan of this policy over the facts of a past run. */
export interface PastPlan {
  readonly runId: string;
  /** Names of the rails that refused it. */
  readonly rails: readonly string[];
  /** The values of the limits that would have let it through. */
  readonly needed: LimitsNeeded;
}

/** The plans of a policy over past nights, oldest first. */
export interface PastPlans {
  readonly limits: Limits;
  readonly nights: readonly PastPlan[];
}
