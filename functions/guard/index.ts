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
import { ruleDrift } from './rule-drift.ts';
import { trashNotReady } from './trash-not-ready.ts';

/** Every rail; all of them are asked about every plan. */
export const rails: readonly Rail[] = [
  maxDeletions,
  maxDeletionsPercent,
  maxDeletionsPercentPerRepository,
  maxBytes,
  inventoryShrank,
  ruleDrift,
  harborReadOnly,
  clocksApart,
  harborRetentionEnabled,
  trashNotReady,
  deletionsReplicated,
  canaries,
];
