import type { Amount } from '../domain/amount.ts';
import type { Duration, Instant } from '../domain/instant.ts';
import type { Limits } from '../domain/limits.ts';
import { asNumber } from '../domain/limits.ts';
import type { PurgeTotals } from '../domain/plan.ts';

export const nothing: Amount = { artifacts: 0, bytes: 0 };

/** The trash of a backtest: what went into it, and what its nights purged. */
export interface SimulatedTrash {
  /** What is due at this moment, within the limits of a run; undefined without a trash. */
  due(now: Instant): PurgeTotals | undefined;
  put(at: Instant, sizes: readonly number[]): void;
  /** Purges what `due` answered for the same moment. */
  purge(now: Instant): Amount;
  holds(): Amount;
}

interface Copy {
  readonly at: Instant;
  readonly size: number;
}

/** Copies leave in the order in which they came, once they have lain there for longer than `keepFor`. */
export function simulatedTrash(
  trash: { readonly project: string; readonly keepFor: Duration } | 'off',
  limits: Limits,
): SimulatedTrash {
  let copies: readonly Copy[] = [];

  const going = (now: Instant): readonly Copy[] => {
    if (trash === 'off') return [];
    const old = copies.filter(({ at }) => now - at > trash.keepFor);
    return limits.onBreach === 'refuse' ? old : withinLimits(old, limits);
  };

  return {
    due: (now) => {
      if (trash === 'off') return undefined;
      const { artifacts: deletions, bytes: deletionBytes } = sumOf(going(now));
      const all = sumOf(copies);
      const old = sumOf(copies.filter(({ at }) => now - at > trash.keepFor));
      return {
        project: trash.project,
        deletions,
        deletionBytes,
        deferred: old.artifacts - deletions,
        waiting: all.artifacts - old.artifacts,
        waitingBytes: all.bytes - old.bytes,
        actions: [],
      };
    },
    put: (at, sizes) => {
      if (trash !== 'off') copies = [...copies, ...sizes.map((size) => ({ at, size }))];
    },
    purge: (now) => {
      const gone = new Set(going(now));
      copies = copies.filter((copy) => !gone.has(copy));
      return sumOf([...gone]);
    },
    holds: () => sumOf(copies),
  };
}

/** As a run trims its purges (plan/trim-purges.ts): one copy larger than the limit keeps no other from going. */
function withinLimits(old: readonly Copy[], limits: Limits): readonly Copy[] {
  const most = { count: asNumber(limits.maxDeletions), bytes: asNumber(limits.maxBytes) };
  const going: Copy[] = [];
  let bytes = 0;
  for (const copy of old) {
    if (most.bytes > 0 && copy.size > most.bytes) continue;
    bytes += copy.size;
    if (going.length + 1 > most.count || bytes > most.bytes) break;
    going.push(copy);
  }
  return going;
}

function sumOf(copies: readonly Copy[]): Amount {
  let bytes = 0;
  for (const { size } of copies) bytes += size;
  return { artifacts: copies.length, bytes };
}
