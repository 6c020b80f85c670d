import type { ActionId } from './action.ts';
import type { Instant } from './instant.ts';

/** Where a copy lies, what its tags are called there, until when it can be restored. */
export interface TrashCopy {
  readonly project: string;
  readonly repository: string;
  readonly tags: readonly string[];
  /** `keepFor` after the copy was made, by our clock. */
  readonly restorableUntil: Instant;
}

/**
 * Results after which all is as it should be: it was done, by us or by somebody else; it is not what was planned any more; or
 * Harbor keeps it by a rule of its own. None of them is a failure of the run.
 */
export const settledResults: ReadonlySet<string> = new Set<Result['result']>([
  'done',
  'already-gone',
  'changed',
  'protected',
]);

/** What became of one action. */
export type Outcome = { readonly action: ActionId; readonly at: Instant } & Result;

export type Result =
  /** Without a copy only with `trash: off`, for proxy caches, and for single tags. */
  | { readonly result: 'done'; readonly trash?: TrashCopy }
  /** Somebody else was faster. */
  | { readonly result: 'already-gone' }
  /** It is not what was planned any more: it stays. */
  | { readonly result: 'changed'; readonly what: string }
  /** Harbor does not let it go: an immutable tag, or an index that lists it. */
  | {
      readonly result: 'protected';
      readonly by: 'immutable-tag' | 'parent';
      readonly because: string;
    }
  | {
      readonly result: 'refused';
      readonly by: 'sign-in' | 'permission' | 'read-only' | 'quota' | 'csrf';
      readonly because: string;
    }
  /** The trash has no room. */
  | { readonly result: 'trash-full'; readonly because: string }
  /** Not deleted; what went wrong. */
  | { readonly result: 'failed'; readonly because: string }
  /** Harbor could not be asked whether it was done; if it was, the copy is there. */
  | { readonly result: 'uncertain'; readonly because: string; readonly trash?: TrashCopy }
  | { readonly result: 'not-attempted'; readonly because: string };
