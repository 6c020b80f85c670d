import { byText } from '../domain/artifact-order.ts';
import type { Digest } from '../domain/artifact.ts';
import type { Instant } from '../domain/instant.ts';
import { allowedBy, asNumber, percentPerRepositoryFrom, type Limits } from '../domain/limits.ts';
import type { Family } from '../domain/plan.ts';

/** What `onBreach: oldestFirst` lets go in this run. */
export interface TrimCutoff {
  /** Key of the limit that was reached; absent: all that is not set aside goes. */
  readonly limit?: string;
  /** The last family that still goes, where a limit was reached; absent: none goes. */
  readonly last?: FamilyPlace;
  /** Artifacts in scope, which the percentage is of. */
  readonly artifacts: number;
  /** Families that exceed a limit by themselves: no later run would take them either. */
  readonly setAside: readonly SetAside[];
}

/** A family that exceeds a limit by itself, as a warning shows it. */
export interface SetAside extends Pick<Family, 'digest' | 'repository' | 'deletions' | 'bytes'> {
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

/** The limit for which a family waits for the next run, if it does. */
export function waitsFor(place: FamilyPlace, cutoff: TrimCutoff): string | undefined {
  const { limit, last } = cutoff;
  if (limit === undefined) return undefined;
  return last === undefined || oldestFirst(place, last) > 0 ? limit : undefined;
}

/** How many artifacts of one repository may go in one run (docs/policy.md#limits). */
export function allowedInRepository(limits: Limits, artifacts: number): number {
  if (artifacts < percentPerRepositoryFrom) return Infinity;
  return allowedBy(limits.maxDeletionsPercentPerRepository, artifacts);
}

/**
 * The oldest families up to a number of artifacts; a family goes whole or not at all. One that is larger than the
 * number by itself keeps no other from going.
 */
export function oldestUpTo<T extends Family>(
  families: readonly T[],
  allowed: number,
): readonly T[] {
  const going: T[] = [];
  let deletions = 0;
  for (const family of families.toSorted(oldestFirst)) {
    if (isTooLarge(family.deletions, allowed)) continue;
    deletions += family.deletions;
    // No younger one overtakes an older one that does not fit.
    if (deletions > allowed) break;
    going.push(family);
  }
  return going;
}

/** Where nothing is allowed, everything waits, and nothing is too large. */
export function isTooLarge(count: number, allowed: number): boolean {
  return allowed > 0 && count > allowed;
}

interface Allowed {
  readonly limit: string;
  readonly of: 'deletions' | 'bytes';
  readonly most: number;
}

/** The limits of a whole run; `artifacts` is the number of artifacts in scope. */
function allowedInRun(limits: Limits, artifacts: number): readonly Allowed[] {
  const { maxDeletions, maxDeletionsPercent: percent, maxBytes } = limits;
  return [
    { limit: 'maxDeletions', of: 'deletions', most: asNumber(maxDeletions) },
    { limit: 'maxDeletionsPercent', of: 'deletions', most: allowedBy(percent, artifacts) },
    { limit: 'maxBytes', of: 'bytes', most: asNumber(maxBytes) },
  ];
}

/** The limit that a family exceeds by itself, if it does. */
export function exceedsAlone(
  family: Pick<Family, 'deletions' | 'bytes'>,
  limits: Limits,
  artifacts: number,
): string | undefined {
  return allowedInRun(limits, artifacts).find(({ of, most }) => isTooLarge(family[of], most))
    ?.limit;
}

/**
 * The cutoff over all repositories (docs/policy.md#limits, `oldestFirst`), or undefined if everything is within the
 * limits. `artifacts` is the number of artifacts in scope. Memory: what `families` holds, one small record per family.
 */
export function cutoffFor(
  families: readonly Family[],
  limits: Limits,
  artifacts: number,
): TrimCutoff | undefined {
  const allowed = allowedInRun(limits, artifacts);
  const setAside: SetAside[] = [];
  const sum = { deletions: 0, bytes: 0 };
  let last: FamilyPlace | undefined;
  for (const family of families.toSorted(oldestFirst)) {
    const { pushedAt, digest, repository, deletions, bytes } = family;
    const alone = family.tooLargeFor ?? exceedsAlone(family, limits, artifacts);
    if (alone !== undefined) {
      setAside.push({ digest, repository, deletions, bytes, limit: alone });
      continue;
    }
    sum.deletions += deletions;
    sum.bytes += bytes;
    const reached = allowed.find(({ of, most }) => sum[of] > most);
    if (reached !== undefined) {
      const { limit } = reached;
      return { limit, ...(last === undefined ? {} : { last }), artifacts, setAside };
    }
    last = { pushedAt, digest, repository };
  }
  return setAside.length === 0 ? undefined : { artifacts, setAside };
}
