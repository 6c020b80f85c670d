import type { Occasion } from '../notice.ts';
import { drift } from './drift.ts';
import { failed } from './failed.ts';
import { firstCondemned } from './first-condemned.ts';
import { inUseNearlyOld } from './in-use-nearly-old.ts';
import { inUseUnreadable } from './in-use-unreadable.ts';
import { pushNotHealed } from './push-not-healed.ts';
import { notCarriedOut } from './not-carried-out.ts';
import { robotExpires } from './robot-expires.ts';
import { rolloutHalted } from './rollout-halted.ts';
import { refused } from './refused.ts';
import { trashNearlyFull } from './trash-nearly-full.ts';
import { weeklySummary } from './weekly-summary.ts';

/** Every occasion for a notice, worst first. */
export const occasions: readonly Occasion[] = [
  failed,
  pushNotHealed,
  refused,
  drift,
  rolloutHalted,
  notCarriedOut,
  inUseUnreadable,
  inUseNearlyOld,
  trashNearlyFull,
  robotExpires,
  firstCondemned,
  weeklySummary,
];
