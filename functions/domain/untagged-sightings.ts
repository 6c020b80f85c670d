import type { Artifact, Digest } from './artifact.ts';
import { day } from './duration.ts';
import type { Instant, Known } from './instant.ts';
import type { CompleteRepository, RepositoryFacts } from './repository.ts';
import type { UntaggedSince } from './run-history.ts';

/** Harbor's row and its digest together: what is deleted and pushed again is another artifact, and was not seen yet. */
export type SightedRow = string;

/** Since when the artifacts of one repository are seen without a tag. */
export type UntaggedSightings = Readonly<Record<SightedRow, Instant>>;

const rowOf = ({ id, digest }: Pick<Artifact, 'id' | 'digest'>): SightedRow => `${id} ${digest}`;

/** After a longer gap nobody knows whether an artifact had a tag meanwhile. Runs may be a week apart. */
const longestGap = 8 * day;

/**
 * What earlier runs noted of a repository, if they saw it recently enough; undefined: nothing is known.
 * @param seenAt when a run last saw the whole repository
 */
export function recentSightings(
  noted: UntaggedSightings | undefined,
  seenAt: Instant | undefined,
  now: Instant,
): UntaggedSightings | undefined {
  return seenAt !== undefined && now - seenAt <= longestGap ? noted : undefined;
}

/** What was noted before, by digest, of what is there now. */
export function untaggedSince(
  facts: RepositoryFacts,
  before: UntaggedSightings | undefined,
): Known<UntaggedSince> {
  if (before === undefined || facts.kind !== 'complete') return 'unknown';
  const since = new Map<Digest, Instant>();
  for (const artifact of facts.artifacts) {
    const at = before[rowOf(artifact)];
    if (at !== undefined) since.set(artifact.digest, at);
  }
  return since;
}

/** What this run notes for the next one. */
export function untaggedIn(
  { artifacts }: CompleteRepository,
  before: UntaggedSightings | undefined,
  now: Instant,
): UntaggedSightings {
  const seen: Record<SightedRow, Instant> = {};
  for (const artifact of artifacts) {
    if (artifact.tags === 'unknown' || artifact.tags.length > 0) continue;
    const row = rowOf(artifact);
    seen[row] = Math.min(before?.[row] ?? now, now);
  }
  return seen;
}
