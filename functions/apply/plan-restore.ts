import type { Artifact, Digest } from '../domain/artifact.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Believed } from '../domain/deletion-record.ts';
import { formerTag, originOf, type Place, trashPlace } from '../domain/trash.ts';
import type { ArtifactNow } from '../ports.ts';

/** One thing to be put back: an artifact out of the trash, or a single tag. */
export interface RestoreItem {
  readonly kind: 'artifact' | 'tag';
  readonly place: Place;
  readonly digest: Digest;
  /** Names that it had, as far as they are known. */
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  /**
   * Where its copy lies, if there is one; it follows from project, repository and policy only. A removed tag has
   * none.
   */
  readonly trash?: Place;
  /** Shortened names in the trash, whose full form only a record had. */
  readonly unnamed: readonly string[];
  /**
   * `plan`: the run's own sealed plan holds it. `trash`: only the copy can say that it is one of ours, and what it was
   * called: without a tag of the trash's form for its own digest it is not touched.
   */
  readonly proof: 'plan' | 'trash';
  /** Harbor's row of the original, if it never left its place. */
  readonly artifactId?: number;
  /** Whether the run may have deleted it: then it is a loss if nothing is left of it. */
  readonly mayBeGone: boolean;
  /** Whether Harbor may still carry out its deletion, whose answer was lost. */
  readonly isUncertain: boolean;
}

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

/** Which records are meant by `--only`: `project/repository[:tag|@digest]`; none: all. */
export type Only = (
  place: Place,
  artifact: { readonly digest: Digest; readonly tags: readonly string[] },
) => boolean;

/** Outcomes after which a tag that is missing may be the run's doing. */
const mayHaveUntagged: ReadonlySet<Outcome['result']> = new Set(['done', 'uncertain', 'failed']);
const mayHaveDeleted: ReadonlySet<Outcome['result']> = new Set(['done', 'uncertain']);

/**
 * What a run did, or may have done, that can be put back, whatever its outcome says: Harbor shows whether the
 * original is there. Where a copy lies is not believed of any file: it follows from project, repository and the
 * policy's trash. Purged copies and deleted repositories are not among it. Pure.
 */
export function itemsOf(
  records: Iterable<Believed>,
  { only, trash }: { readonly only: Only; readonly trash: string | undefined },
): readonly RestoreItem[] {
  const items = new Map<string, RestoreItem>();
  for (const { action, outcome, proof } of records) {
    if (action.kind !== 'delete-artifact' && action.kind !== 'remove-tag') continue;
    const isTag = action.kind === 'remove-tag';
    // A single tag has no copy that could prove anything.
    if (isTag && (!mayHaveUntagged.has(outcome.result) || proof === 'trash')) continue;
    const { project, repository, digest, artifactId } = action;
    const place = { project, repository };
    const tags = isTag ? [action.tag] : action.tags.map((tag) => tag.name);
    if (!only(place, { digest, tags })) continue;
    items.set(action.id, {
      kind: isTag ? 'tag' : 'artifact',
      place,
      digest,
      tags: proof === 'plan' ? tags : [],
      labels: isTag || proof === 'trash' ? [] : action.labels,
      ...(isTag || trash === undefined ? {} : { trash: trashPlace(trash, place) }),
      unnamed: [],
      proof,
      artifactId,
      mayBeGone: mayHaveDeleted.has(outcome.result),
      isUncertain: outcome.result === 'uncertain',
    });
  }
  return [...items.values()];
}

/** The same, planned from the trash only, for the case that the record is lost. Labels are then not known. Pure. */
export function itemsInTrash(
  trashed: { readonly place: Place; readonly artifacts: readonly Artifact[] },
  only: Only,
  named: readonly Place[] = [],
): readonly RestoreItem[] {
  const origin = originOf(trashed.place);
  const place =
    origin === 'unknown'
      ? named.find(
          (one) => trashPlace(trashed.place.project, one).repository === trashed.place.repository,
        )
      : origin;
  if (place === undefined) return [];
  return trashed.artifacts.flatMap((artifact) => {
    if (!bearsOwnTag(artifact)) return [];
    const { digest } = artifact;
    const { tags, unnamed } = formerNames(artifact);
    if (!only(place, { digest, tags })) return [];
    const item: RestoreItem = {
      kind: 'artifact',
      place,
      digest,
      tags,
      labels: [],
      trash: trashed.place,
      unnamed,
      proof: 'trash',
      mayBeGone: true,
      isUncertain: false,
    };
    return [item];
  });
}

/** What an artifact in the trash was called before, as far as its tags say. */
export function formerNames({ digest, tags }: Artifact): {
  readonly tags: readonly string[];
  readonly unnamed: readonly string[];
} {
  const known = tags === 'unknown' ? [] : tags;
  const former = known.map(({ name }) => ({ name, former: formerTag(digest, name) }));
  return {
    tags: former.flatMap((one) => (one.former.kind === 'tag' ? [one.former.name] : [])),
    unnamed: former.flatMap((one) => (one.former.kind === 'shortened' ? [one.name] : [])),
  };
}

/** Whether a tag says that this is a copy of ours: it has the trash's form for the artifact's own digest. */
export function bearsOwnTag({ digest, tags }: Artifact): boolean {
  return tags !== 'unknown' && tags.some(({ name }) => formerTag(digest, name).kind !== 'foreign');
}

/** Names of an item: where only the trash can prove them, those that its copy bears there. Pure. */
export function namedByCopy(item: RestoreItem, copy: ArtifactNow | undefined): RestoreItem {
  if (item.proof === 'plan' || copy?.kind !== 'there') return item;
  return { ...item, ...formerNames(copy.artifact) };
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
