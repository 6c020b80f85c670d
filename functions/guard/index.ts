import { canaries } from './canaries.ts';
import { clocksApart } from './clocks-apart.ts';
import { deletionsReplicated } from './deletions-replicated.ts';
import { harborReadOnly } from './harbor-read-only.ts';
import { harborRetentionEnabled } from './harbor-retention-enabled.ts';
import { inventoryShrank } from './inventory-shrank.ts';
import { maxBytes } from './max-bytes.ts';
import { maxDeletionsPercentPerRepository } from './max-deletions-percent-per-repository.ts';
import { maxDeletionsPercent } from './max-deletions-percent.ts';
import { maxDeletions } from './max-deletions.ts';
import type { Rail } from './rail.ts';
import { rolloutHalted } from './rollout-halted.ts';
import { ruleDrift } from './rule-drift.ts';
import { trashNotReady } from './trash-not-ready.ts';

/** Rails that hold a plan to the policy's limits. */
export const limitRails: readonly Rail[] = [
  maxDeletions,
  maxDeletionsPercent,
  maxDeletionsPercentPerRepository,
  maxBytes,
];

/** Rails whose refusals halt a roll-out until somebody acknowledges them, or a later run is let through. */
export const haltingRails: ReadonlySet<string> = new Set([ruleDrift.name, rolloutHalted.name]);

/** Every rail; all of them are asked about every plan. */
export const rails: readonly Rail[] = [
  ...limitRails,
  inventoryShrank,
  ruleDrift,
  rolloutHalted,
  harborReadOnly,
  clocksApart,
  harborRetentionEnabled,
  trashNotReady,
  deletionsReplicated,
  canaries,
];
