import type { DeleteArtifact, PlannedMember, Purge, RemoveTag } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import type { Instant, Known } from '../domain/instant.ts';

/** It was deleted and pushed again; if this run may have sent that deletion, the deletion happened. */
export const pushedAgain = 'it was deleted and pushed again';

/**
 * Whether an artifact is still what was planned: the same push of the digest, the same tags where they were, the same
 * labels, times, and accessories. What is different in words, or undefined. Pure; an unknown fact is a difference.
 */
export function whatChanged(
  planned: DeleteArtifact | RemoveTag | Purge,
  now: { readonly artifact: Artifact; readonly immutableTags: readonly string[] },
): string | undefined {
  const { artifact } = now;
  if (artifact.digest !== planned.digest) return `it answers as ${artifact.digest}`;
  if (artifact.id !== planned.artifactId) return pushedAgain;
  if (artifact.tags === 'unknown') return 'its tags can’t be read';
  const tag =
    planned.kind === 'remove-tag'
      ? removalChange(planned, artifact.tags)
      : tagChange(planned.tags, artifact.tags);
  if (tag !== undefined) return tag;
  if (artifact.labels === 'unknown') return 'its labels can’t be read';
  const labels = differences(planned.labels, artifact.labels);
  if (labels !== undefined) return `label ${labels}`;
  if (artifact.pushedAt !== planned.pushedAt) return `it was pushed at another time`;
  if (artifact.pulledAt !== planned.pulledAt)
    return `it was pulled since (${inWords(artifact.pulledAt)})`;
  const concerned =
    planned.kind === 'remove-tag' ? [planned.tag] : artifact.tags.map((tag) => tag.name);
  const immutable = now.immutableTags.find((tag) => concerned.includes(tag));
  if (immutable !== undefined) return `tag ${immutable} became immutable`;
  return planned.kind === 'delete-artifact' ? accessoryChange(planned, artifact) : undefined;
}

/**
 * Whether what hangs on an artifact, and would go with it, is still what was planned: the same members, with the same
 * rows, tags, labels and pulls. What is different in words, or undefined. Pure; what was not read is a difference.
 */
export function whatChangedInFamily(
  planned: readonly PlannedMember[],
  now: readonly Member[],
): string | undefined {
  const before = new Map(planned.map((member) => [member.digest, member]));
  for (const { digest, as, artifact } of now) {
    const was = before.get(digest);
    before.delete(digest);
    if (artifact === undefined) return `its ${as} ${digest} is not there any more`;
    if (was === undefined) return `${as} ${digest} was added to what goes with it`;
    const what = memberChange(was, artifact);
    if (what !== undefined) return `of its ${as} ${digest}: ${what}`;
  }
  const [lost] = before.values();
  return lost === undefined ? undefined : `${lost.as} ${lost.digest} would not go with it any more`;
}

function memberChange(was: PlannedMember, artifact: Artifact): string | undefined {
  if (artifact.id !== was.artifactId) return pushedAgain;
  if (artifact.tags === 'unknown') return 'its tags can’t be read';
  if (artifact.labels === 'unknown') return 'its labels can’t be read';
  if (artifact.accessories === 'unknown') return 'its accessories can’t be read';
  const tag = tagChange(was.tags, artifact.tags);
  if (tag !== undefined) return tag;
  const label = differences(was.labels, artifact.labels);
  if (label !== undefined) return `label ${label}`;
  return artifact.pulledAt === was.pulledAt
    ? undefined
    : `it was pulled since (${inWords(artifact.pulledAt)})`;
}

/** The tag must be where it was, one that stays must be there, and nobody may have put another one on it since. */
function removalChange(
  { tags: [planned], stays, lastTaggedAt = 'unknown' }: RemoveTag,
  now: DeleteArtifact['tags'],
): string | undefined {
  if (stays === undefined || planned === undefined)
    return 'the plan does not say which tag stays on it';
  let own = false;
  let other = false;
  for (const { name, pushedAt } of now) {
    const was: DeleteArtifact['tags'][number] | undefined = [planned, stays].find(
      (one) => one.name === name,
    );
    if (was !== undefined && was.pushedAt !== pushedAt) return `tag ${name} was moved`;
    if (pushedAt !== 'unknown' && (lastTaggedAt === 'unknown' || pushedAt > lastTaggedAt))
      return `tag ${name} was put on it`;
    own ||= was === planned;
    other ||= was === stays;
  }
  if (!own) return `tag ${planned.name} left it`;
  return other ? undefined : `tag ${stays.name} left it`;
}

function tagChange(
  planned: DeleteArtifact['tags'],
  now: DeleteArtifact['tags'],
): string | undefined {
  const before = new Map(planned.map((tag) => [tag.name, tag.pushedAt]));
  for (const tag of now) {
    if (!before.has(tag.name)) return `tag ${tag.name} was put on it`;
    if (before.get(tag.name) !== tag.pushedAt) return `tag ${tag.name} was moved`;
    before.delete(tag.name);
  }
  const [left] = before.keys();
  return left === undefined ? undefined : `tag ${left} left it`;
}

function accessoryChange(planned: DeleteArtifact, artifact: Artifact): string | undefined {
  if (artifact.accessories === 'unknown') return 'its accessories can’t be read';
  const accessories = differences(
    planned.accessories,
    artifact.accessories.map((one) => one.digest),
  );
  return accessories === undefined ? undefined : `accessory ${accessories}`;
}

function differences(before: readonly string[], now: readonly string[]): string | undefined {
  const added = now.find((one) => !before.includes(one));
  if (added !== undefined) return `${added} was added`;
  const lost = before.find((one) => !now.includes(one));
  return lost === undefined ? undefined : `${lost} was removed`;
}

function inWords(time: Known<Instant>): string {
  return time === 'unknown' ? 'never, it says now' : new Date(time).toISOString();
}
