import type { Artifact } from './artifact.ts';
import { latestKnown, type Instant, type Known } from './instant.ts';

/** The three times that rules speak of (docs/policy.md#which-time-is-meant). */
export interface Times {
  readonly pushed: Known<Instant>;
  /** Own pulls and those of children and parents; 'unknown' is no statement of disuse. */
  readonly pulled: Known<Instant>;
  /** The later of push and pull; unknown when the push is. */
  readonly active: Known<Instant>;
}

/**
 * Push time: the latest of the artifact's own and its tags'. Harbor does not move it when the same digest is
 * pushed again (docs/harbor.md#t17-push-times). If any part is unknown the whole is: the unknown one may be the latest.
 */
export function pushTime(artifact: Artifact): Known<Instant> {
  if (artifact.tags === 'unknown' || artifact.pushedAt === 'unknown') return 'unknown';
  let latest = artifact.pushedAt;
  for (const tag of artifact.tags) {
    if (tag.pushedAt === 'unknown') return 'unknown';
    if (tag.pushedAt > latest) latest = tag.pushedAt;
  }
  return latest;
}

/** Pull time as the artifact itself shows it, without children and parents. */
export function ownPullTime(artifact: Artifact): Known<Instant> {
  let latest = artifact.pulledAt;
  if (artifact.tags === 'unknown') return latest;
  for (const tag of artifact.tags) {
    if (tag.pulledAt === 'unknown') continue;
    // Harbor keeps a tag's pull time when the tag moves: then it speaks of the old digest
    // (docs/harbor.md#t15-moved-tags).
    if (tag.pushedAt !== 'unknown' && tag.pulledAt < tag.pushedAt) continue;
    if (latest === 'unknown' || tag.pulledAt > latest) latest = tag.pulledAt;
  }
  return latest;
}

/**
 * All three times; `relatives` are the listed children and parents, whose pulls are its own
 * (docs/policy.md#which-time-is-meant).
 */
export function timesOf(artifact: Artifact, relatives: readonly Artifact[]): Times {
  const pushed = pushTime(artifact);
  const own = ownPullTime(artifact);
  const pulled =
    relatives.length === 0 ? own : latestKnown([own, ...relatives.map((one) => ownPullTime(one))]);
  const active = pushed === 'unknown' ? 'unknown' : laterOf(pushed, pulled);
  return { pushed, pulled, active };
}

function laterOf(pushed: Instant, pulled: Known<Instant>): Instant {
  return pulled === 'unknown' ? pushed : Math.max(pushed, pulled);
}
