import type { Artifact, Tag } from './artifact.ts';
import { type Instant, type Known, knownOf, latestKnown } from './instant.ts';

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
  if (artifact.tags === 'unknown') return 'unknown';
  const times = [artifact.pushedAt, ...artifact.tags.map((tag) => tag.pushedAt)];
  return times.includes('unknown') ? 'unknown' : latestKnown(times);
}

/**
 * Whose pull a tag's pull time is. Harbor keeps the time when the tag moves: then it speaks of the digest before
 * (docs/harbor.md#t15-moved-tags). 'unknown' where nobody knows when the tag came to this digest.
 */
function whosePull({ pulledAt, pushedAt }: Tag): 'own' | 'of the digest before' | 'unknown' {
  if (pulledAt === 'unknown' || pushedAt === 'unknown') return 'unknown';
  return pulledAt < pushedAt ? 'of the digest before' : 'own';
}

/**
 * Pull time as the artifact itself shows it, without children and parents. A pull that may be its own counts: then the
 * artifact is rather kept.
 */
export function ownPullTime(artifact: Artifact): Known<Instant> {
  return latestPull(artifact, (tag) => whosePull(tag) !== 'of the digest before');
}

/**
 * The same, of pulls that are its own for certain. Whether Harbor records pulls at all is judged by these: without them
 * rules on pulls keep everything.
 */
export function certainPullTime(artifact: Artifact): Known<Instant> {
  return latestPull(artifact, (tag) => whosePull(tag) === 'own');
}

function latestPull(
  { pulledAt, tags }: Artifact,
  isCounted: (tag: Tag) => boolean,
): Known<Instant> {
  const ofTags = knownOf(tags).filter(isCounted);
  return latestKnown([pulledAt, ...ofTags.map((tag) => tag.pulledAt)]);
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
