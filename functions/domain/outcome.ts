import type { ActionId } from './action.ts';
import type { Instant } from './instant.ts';

/** Where a copy lies, what its tags are called there, until when it can be restored. */
export interface TrashPlace {
  readonly project: string;
  readonly repository: string;
  readonly tags: readonly string[];
  readonly restorableUntil: Instant;
}

/** What became of one action. */
export type Outcome = { readonly action: ActionId } & (
  | { readonly result: 'done'; readonly at: Instant; readonly trash?: TrashPlace }
  | { readonly result: 'already-gone' | 'protected' | 'uncertain' }
  | { readonly result: 'changed'; readonly what: string }
  | { readonly result: 'failed'; readonly code: string; readonly because: string }
  | { readonly result: 'not-attempted'; readonly because: 'denied' | 'stopped' | 'out-of-time' }
);
