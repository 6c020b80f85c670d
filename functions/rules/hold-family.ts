import { timesOf } from '../domain/artifact-times.ts';
import type { Member } from '../domain/family.ts';
import type { Hold, RepositoryHold, TimedArtifact } from '../domain/policy.ts';

/** Why an artifact is held: for itself, or for something that would go with it. */
export interface FamilyHold {
  readonly hold: Hold;
  readonly member?: Member;
}

/**
 * What a protection says of an artifact and of all that deleting it would take along
 * (docs/policy.md#what-goes-along): a label, a listed digest, a use, a protected or immutable tag of any of them
 * holds the artifact. A hold that is known comes before one that rests on something unknown.
 */
export function holdOnFamily(
  { each, named }: Extract<RepositoryHold, { readonly each: unknown }>,
  timed: TimedArtifact,
  members: readonly Member[],
): FamilyHold | undefined {
  const own = each(timed);
  if (own !== undefined) return { hold: own };
  let unknown: FamilyHold | undefined;
  for (const member of members) {
    const { artifact, digest } = member;
    const hold =
      artifact === undefined ? named?.(digest) : each({ artifact, times: timesOf(artifact, []) });
    if (hold === undefined) continue;
    if (hold.unknown === undefined) return { hold, member };
    unknown ??= { hold, member };
  }
  return unknown;
}
