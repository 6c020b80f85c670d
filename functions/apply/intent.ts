import type { Action } from '../domain/action.ts';
import type { Outcome } from '../domain/outcome.ts';
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
  try {
    const value: unknown = JSON.parse(text);
    return isIntent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isIntent(value: unknown): value is Intent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'batch' in value &&
    'undo' in value &&
    'actions' in value &&
    Array.isArray(value.actions)
  );
}

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
