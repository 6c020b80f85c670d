import { sha256Hex } from './hash.ts';

/** A sign that somebody missed what was deleted: its copy in the trash was pulled, was restored, or is in use by a list. */
export interface Regret {
  /** Names the sign: the same copy missed in another way, or after another deletion, has another key. 16 hex digits. */
  readonly key: string;
  /** The copy, `project/repository@digest` in the trash. */
  readonly copy: string;
  /** What was seen, as the end of a sentence about the copy. */
  readonly because: string;
}

/** What a run found of regrets in the trash. Plain JSON. */
export interface FoundRegrets {
  /** In the order of their copies. Beyond a bound the rest stands as one. */
  readonly seen: readonly Regret[];
  /** How many there are, those that stand as one counted. */
  readonly count: number;
  /** What could not be looked at, and why. */
  readonly unknown: readonly string[];
}

/** Keys of regrets, as later runs need them. */
export interface SeenRegrets {
  /** Those that nobody had acknowledged before the run. */
  readonly open: readonly string[];
  /** Those that somebody had. */
  readonly acknowledged: readonly string[];
}

/** What later runs know of a run: its regrets, and what was acknowledged as it was started. */
export interface RememberedRegrets {
  readonly acknowledged?: readonly string[];
  readonly regrets?: SeenRegrets;
}

/** Names exactly these regrets, in whatever order they come. 12 hex digits. */
export function fingerprintOfRegrets(keys: readonly string[]): string {
  return sha256Hex(JSON.stringify(['rollout-halted', ...keys.toSorted()])).slice(0, 12);
}

/**
 * Which of the regrets nobody had acknowledged before this run, and which somebody had. A person acknowledges by the
 * fingerprint of what a run showed as open: what comes later is open again, and what is gone is missed by nobody. Pure.
 */
export function sortRegrets(
  regrets: readonly Regret[],
  runs: readonly RememberedRegrets[],
  acknowledged: readonly string[],
): SeenRegrets {
  const said = new Set([...acknowledged, ...runs.flatMap((run) => run.acknowledged ?? [])]);
  const known = new Set(
    runs.flatMap(({ regrets: earlier }) => {
      if (earlier === undefined) return [];
      const isSaid = said.has(fingerprintOfRegrets(earlier.open));
      return isSaid ? [...earlier.open, ...earlier.acknowledged] : earlier.acknowledged;
    }),
  );
  const keys = regrets.map(({ key }) => key);
  return {
    open: keys.filter((key) => !known.has(key)),
    acknowledged: keys.filter((key) => known.has(key)),
  };
}
