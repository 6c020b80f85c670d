import type { Digest } from '../domain/artifact.ts';
import type { Instant } from '../domain/instant.ts';
import type { Watched } from './removal.ts';

/** A row that a backtest has taken, and that the facts of later nights still show. */
export interface Absence {
  /** Harbor's row: a digest that was deleted and pushed again has another one, and was not taken. */
  readonly id: number;
  readonly at: Instant;
  /** Whether the removal names it, or it hangs on what the removal names. */
  readonly as: 'head' | 'child' | 'accessory';
  readonly of: Watched;
  /** When it came again: since then it is there, with the tags that it got since it went. */
  backAt?: Instant;
}

/** A single tag that a backtest has removed from an artifact that stays. */
export interface RemovedTag {
  readonly at: Instant;
  readonly of: Watched;
}

/** What is missing from the later facts of one repository. */
export interface Absences {
  readonly rows: Map<Digest, Absence>;
  /** Single tags, by row and name: the same name on another artifact is another tag. */
  readonly tags: Map<number, Map<string, RemovedTag>>;
}

export function noAbsences(): Absences {
  return { rows: new Map(), tags: new Map() };
}
