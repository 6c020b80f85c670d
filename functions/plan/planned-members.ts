import type { DeleteArtifact, PlannedMember } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import { knownOf } from '../domain/instant.ts';

/** What goes with an artifact, as an action names it. What was not read is in no plan: what it hangs on then stays. */
export function plannedMembers(members: readonly Member[]): readonly PlannedMember[] {
  return members.flatMap(({ digest, as, artifact }) => {
    if (artifact === undefined) return [];
    const { id: artifactId, pulledAt } = artifact;
    const labels = knownOf(artifact.labels);
    return [{ digest, as, artifactId, tags: plannedTags(artifact), labels, pulledAt }];
  });
}

/** The tags of an artifact, as an action names them. */
export function plannedTags({ tags }: Artifact): DeleteArtifact['tags'] {
  return knownOf(tags).map(({ name, pushedAt }) => ({ name, pushedAt }));
}
