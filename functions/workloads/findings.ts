import type { MissingWorkloads, WorkloadUse } from '../domain/workload-list.ts';

/** What a collector found, and what it could not list. */
export interface Findings {
  readonly uses: readonly WorkloadUse[];
  readonly missing: readonly MissingWorkloads[];
}

/** Entries of `missing` that a list names; the others are counted. */
const mostNamed = 100;

/**
 * Collects findings. Uses of the same image in the same role become one, so that 5,000 pods are a few hundred lines; and
 * of what is missing for several reasons one is named.
 */
export interface FindingsBook {
  readonly add: (found: Partial<Findings>) => void;
  /** In an order that does not depend on the order in which things were found. */
  readonly findings: () => Findings;
}

interface Gathered {
  readonly use: Omit<WorkloadUse, 'by'>;
  readonly by: Set<string>;
}

export function newFindingsBook(): FindingsBook {
  const uses = new Map<string, Gathered>();
  const missing = new Map<string, MissingWorkloads>();
  return {
    add: (found) => {
      for (const { by, ...use } of found.uses ?? []) {
        const key = JSON.stringify([use.image, use.digest, use.role]);
        const known = uses.get(key) ?? { use, by: new Set() };
        known.by.add(by);
        uses.set(key, known);
      }
      for (const one of found.missing ?? []) {
        const key = JSON.stringify([one.what, one.remedy]);
        const known = missing.get(key);
        if (known === undefined || one.because < known.because) missing.set(key, one);
      }
    },
    findings: () => ({
      uses: sorted(uses).map(({ use, by }) => ({ ...use, by: inWords(by) })),
      missing: bounded(sorted(missing)),
    }),
  };
}

function sorted<T>(entries: ReadonlyMap<string, T>): readonly T[] {
  return [...entries]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, value]) => value);
}

function inWords(by: ReadonlySet<string>): string {
  const [first = '', ...others] = [...by].toSorted();
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function bounded(missing: readonly MissingWorkloads[]): readonly MissingWorkloads[] {
  if (missing.length <= mostNamed) return missing;
  const named = missing.slice(0, mostNamed);
  const rest = {
    what: `${missing.length - mostNamed} more`,
    because: 'there is no room for them here',
    remedy: 'Do what the others say, and let the collector run again.',
  };
  return [...named, rest];
}
