import type { Artifact, Digest } from '../domain/artifact.ts';
import { formerTag } from '../domain/trash.ts';
import type { ArtifactNow } from '../ports.ts';
import { bearsOwnTag, type RestoreItem } from './restore-item.ts';

/** What Harbor shows of an item now. */
export interface RestoreFacts {
  readonly original: ArtifactNow;
  readonly copy: ArtifactNow | undefined;
  /** Where each of the item's tags points now; undefined: nowhere. */
  readonly tagsNow: ReadonlyMap<string, Digest | undefined>;
}

/** What would be done for an item, and what can't be. */
export interface RestoreStep {
  readonly item: RestoreItem;
  /** `nothing`: it is neither there nor in the trash, and the run did not take it. */
  readonly fate: 'restore' | 'complete' | 'lost' | 'nothing';
  /** It must be copied back; otherwise it is there already. */
  readonly copies: boolean;
  readonly createTags: readonly string[];
  /** Tags that point elsewhere by now: never moved. */
  readonly taken: readonly { readonly tag: string; readonly by: Digest }[];
  readonly addLabels: readonly string[];
  /** In words: what does not come back. */
  readonly notes: readonly string[];
}

/** What is to be done for one item. Pure; where it is not clear, nothing is moved or lost. */
export function planRestore(item: RestoreItem, facts: RestoreFacts): RestoreStep {
  const { original } = facts;
  const copy = facts.copy?.kind === 'there' ? facts.copy.artifact : undefined;
  const isThere = original.kind === 'there';
  const taken = item.tags.flatMap((tag) => {
    const by = facts.tagsNow.get(tag);
    return by === undefined || by === item.digest ? [] : [{ tag, by }];
  });
  const createTags = item.tags.filter((tag) => facts.tagsNow.get(tag) === undefined);
  const labelsNow =
    isThere && original.artifact.labels !== 'unknown' ? original.artifact.labels : [];
  const addLabels = item.labels.filter((label) => !labelsNow.includes(label));
  const step = { item, copies: !isThere, createTags, taken, addLabels };
  const none = { ...step, copies: false, createTags: [], addLabels: [] };
  if (!isThere && (copy === undefined || (item.proof === 'trash' && !bearsOwnTag(copy)))) {
    const fate = item.mayBeGone ? 'lost' : 'nothing';
    return { ...none, fate, notes: [whyLost(item, copy)] };
  }
  const neverLeft = isThere && item.kind === 'artifact' && isSame(original.artifact, item, copy);
  // Whatever has happened to its tags since is others' doing, or none at all.
  if (neverLeft) return { ...none, fate: 'complete', notes: item.isUncertain ? [mayGoYet] : [] };
  const isFinished = item.kind === 'tag' || copy === undefined || isMarked(copy);
  const isClean = isThere && !mayBearTrashTag(original.artifact, item);
  const isComplete = isClean && createTags.length === 0 && addLabels.length === 0 && isFinished;
  return {
    ...step,
    fate: isComplete ? 'complete' : 'restore',
    notes: notesOn(item, taken, !isThere),
  };
}

function isSame(original: Artifact, item: RestoreItem, copy: Artifact | undefined): boolean {
  if (item.artifactId !== undefined) return original.id === item.artifactId;
  const { pushedAt } = original;
  const copiedAt = copy?.pushedAt ?? 'unknown';
  return pushedAt !== 'unknown' && copiedAt !== 'unknown' && pushedAt < copiedAt;
}

const mayGoYet =
  'it is in its place, but the answer to its deletion was lost: Harbor, or a proxy before it, may still carry the deletion out. Restore it again in an hour to be certain';

/**
 * Whether a name of the trash stands on it in its place, or may stand there: from a restore that was cut off, or from a copy whose answer
 * was lost and which Harbor made once more after the restore.
 */
function mayBearTrashTag({ digest, tags }: Artifact, item: RestoreItem): boolean {
  return (
    item.kind === 'artifact' &&
    (tags === 'unknown' ||
      tags.some(
        ({ name }) => !item.tags.includes(name) && formerTag(digest, name).kind !== 'foreign',
      ))
  );
}

/** The tag that a restore puts on a copy when everything of it is back. */
function isMarked({ digest, tags }: Artifact): boolean {
  return tags !== 'unknown' && tags.some(({ name }) => formerTag(digest, name).kind === 'restored');
}

function whyLost(item: RestoreItem, copy: Artifact | undefined): string {
  if (item.kind === 'tag') return 'the artifact that bore the tag is gone';
  if (copy !== undefined)
    return 'what lies at its place in the trash bears no tag of the trash’s form, and no plan proves that it is its copy';
  return item.trash === undefined
    ? 'it was deleted without a copy'
    : `${item.trash.project} has no copy of it: it was deleted without one, into another trash, or the copy was purged`;
}

/** What is said of a tag that points elsewhere by now. */
export function takenNote({ tag, by }: RestoreStep['taken'][number]): string {
  return `tag ${tag} points to ${by} by now and is not moved`;
}

function notesOn(
  item: RestoreItem,
  taken: RestoreStep['taken'],
  copies: boolean,
): readonly string[] {
  const unproven = item.proof === 'trash' && item.artifactId !== undefined;
  return [
    ...taken.map(takenNote),
    ...item.unnamed.map((name) => `the full name of ${name} is only in the run's record`),
    ...(unproven ? ['the run’s plan does not prove its record: labels do not come back'] : []),
    ...(copies ? ['its push time becomes now, its pull time is not known any more'] : []),
  ];
}
