import * as z from 'zod';
import type { Action } from '../domain/action.ts';
import type { Beginning, HealingSoFar } from '../domain/healing.ts';
import type { Outcome } from '../domain/outcome.ts';
import { stateKeys } from '../domain/store-keys.ts';
import type { Undo } from '../domain/trash.ts';
import { anyFields, anyList, document, withFields } from './document.ts';
import { storedAction } from './planned-actions.ts';

/** What is about to be done, stored before it is done. */
export interface Intent {
  /** Its record has the same name. */
  readonly batch: string;
  readonly undo: Undo;
  readonly actions: readonly Action[];
}

/** A batch that is about to be done. Intents of other phases, which restore nothing, count as absent. */
export const intents = document(
  (runId: string, batch: string) => stateKeys(runId).intent(batch),
  withFields<Intent>()({ batch: z.string(), undo: anyFields, actions: z.array(storedAction) }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no intent' },
);

/** That deletions in a project began. An older version stored neither the Harbor nor the last sign of life. */
export const beginnings = document(
  (runId: string, work: string) => stateKeys(runId).began(work),
  withFields<Beginning>()({
    project: z.string(),
    at: z.number(),
    harbor: z.string().optional().catch(undefined),
    lastAt: z.number().optional().catch(undefined),
  }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no beginning of deletions' },
);

/** How far the healing after deletions is. Without it, it begins again: it may be repeated. */
export const healingsSoFar = document(
  (runId: string, work: string) => stateKeys(runId).healing(work),
  withFields<HealingSoFar>()({ lastId: z.number(), relinked: anyList, problems: anyList }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no healing under way' },
);

/**
 * What a run that was cut off may have done, and recorded nothing of: a restore tries it, and finds in Harbor whether it
 * happened. Where a copy would lie it does not say: that follows from project, repository and policy.
 */
export function mayHaveHappened({
  actions,
}: Intent): readonly { readonly action: Action; readonly outcome: Outcome }[] {
  return actions.map((action) => ({
    action,
    outcome: {
      action: action.id,
      at: 0,
      result: 'uncertain',
      because: 'the run was cut off while it did this',
    },
  }));
}
