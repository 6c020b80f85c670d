import { byText } from '../domain/artifact-order.ts';
import type { Digest } from '../domain/artifact.ts';
import type { Instant } from '../domain/instant.ts';
import { allowedBy, asNumber, percentPerRepositoryFrom, type Limits } from '../domain/limits.ts';
import type { Family } from '../domain/plan.ts';

/** Where `onBreach: oldestFirst` stops this run: families after it wait for the next one. */
export interface TrimCutoff {
  /** The last family that still goes; absent: none goes. */
  readonly last?: FamilyPlace;
  /** Key of the limit that was reached. */
  readonly limit: string;
}

/** A family's place in the order, oldest first. */
export interface FamilyPlace {
  readonly pushedAt: Instant;
  readonly digest: Digest;
  readonly repository: string;
}

/** Oldest first; then digest and repository, so that the order is total. */
export function oldestFirst(one: FamilyPlace, other: FamilyPlace): number {
  return (
    one.pushedAt - other.pushedAt ||
    byText(one.digest, other.digest) ||
    byText(one.repository, other.repository)
  );
}

/** Whether a family waits for the next run. */
export function isAfter(place: FamilyPlace, cutoff: TrimCutoff): boolean {
  return cutoff.last === undefined || oldestFirst(place, cutoff.last) > 0;
}

/** How many artifacts of one repository may go in one run (policy.md §6). */
export function allowedInRepository(limits: Limits, artifacts: number): number {
  if (artifacts < percentPerRepositoryFrom) return Infinity;
  return allowedBy(limits.maxDeletionsPercentPerRepository, artifacts);
}

/** The oldest families up to a number of artifacts; a family goes whole or not at all. */
export function oldestUpTo<T extends Family>(
  families: readonly T[],
  allowed: number,
): readonly T[] {
  const going: T[] = [];
  let deletions = 0;
  for (const family of families.toSorted(oldestFirst)) {
    deletions += family.deletions;
    // No younger one overtakes an older one that does not fit.
    if (deletions > allowed) break;
    going.push(family);
  }
  return going;
}

/**
 * The cutoff over all repositories (policy.md §6, `oldestFirst`), or undefined if everything is within the limits.
 * `artifacts` is the number of artifacts in scope. Memory: what `families` holds, one small record per family.
 */
export function cutoffFor(
  families: readonly Family[],
  limits: Limits,
  artifacts: number,
): TrimCutoff | undefined {
  const allowed = [
    { limit: 'maxDeletions', of: 'deletions', most: asNumber(limits.maxDeletions) },
    {
      limit: 'maxDeletionsPercent',
      of: 'deletions',
      most: allowedBy(limits.maxDeletionsPercent, artifacts),
    },
    { limit: 'maxBytes', of: 'bytes', most: asNumber(limits.maxBytes) },
  ] as const;
  const sum = { deletions: 0, bytes: 0 };
  let last: FamilyPlace | undefined;
  for (const family of families.toSorted(oldestFirst)) {
    sum.deletions += family.deletions;
    sum.bytes += family.bytes;
    const reached = allowed.find(({ of, most }) => sum[of] > most);
    if (reached !== undefined) {
      return { limit: reached.limit, ...(last === undefined ? {} : { last }) };
    }
    const { pushedAt, digest, repository } = family;
    last = { pushedAt, digest, repository };
  }
  return undefined;
}
