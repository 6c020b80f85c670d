import type { Action } from '../domain/action.ts';
import type { Outcome } from '../domain/outcome.ts';
import { trashPlace, trashTags } from '../domain/trash.ts';
import type { Undo } from './hands.ts';

/** What is about to be done, stored before it is done. */
export interface Intent {
  /** Its record has the same name. */
  readonly batch: string;
  readonly undo: Undo;
  readonly actions: readonly Action[];
}

export function intentText(intent: Intent): string {
  return JSON.stringify(intent);
}

/** The reverse; undefined for the intents of other phases, which restore nothing. */
export function readIntent(text: string): Intent | undefined {
  const value: unknown = JSON.parse(text);
  return isIntent(value) ? value : undefined;
}

function isIntent(value: unknown): value is Intent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'batch' in value &&
    'undo' in value &&
    'actions' in value
  );
}

/**
 * What a run that was cut off may have done, and recorded nothing of: a restore tries it, and finds in Harbor whether it
 * happened.
 */
export function mayHaveHappened({
  undo,
  actions,
}: Intent): readonly { readonly action: Action; readonly outcome: Outcome }[] {
  return actions.map((action) => ({
    action,
    outcome: {
      action: action.id,
      at: 0,
      result: 'uncertain',
      because: 'the run was cut off while it did this',
      ...(undo.kind === 'trash' && action.kind === 'delete-artifact'
        ? {
            trash: {
              ...trashPlace(undo.project, action),
              tags: trashTags(
                action.digest,
                action.tags.map((tag) => tag.name),
              ),
              restorableUntil: 0,
            },
          }
        : {}),
    },
  }));
}
