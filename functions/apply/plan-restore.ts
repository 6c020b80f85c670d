import type { Artifact, Digest } from '../domain/artifact.ts';
import type { DeletionRecord } from '../domain/deletion-record.ts';
import { formerTag, originOf, type Place, trashPlace, trashTag } from '../domain/trash.ts';
import type { ArtifactNow } from '../ports.ts';

/** One thing to be put back: an artifact out of the trash, or a single tag. */
export interface RestoreItem {
  readonly kind: 'artifact' | 'tag';
  readonly place: Place;
  readonly digest: Digest;
  /** Names that it had; 'unknown' if only the trash knows, and shortened them. */
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  /** Where its copy lies; a removed tag has none. */
  readonly trash?: Place;
  /** Names in the trash that only a record could have told in full. */
  readonly unnamed: readonly string[];
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
  readonly fate: 'restore' | 'complete' | 'lost';
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

/** What a run did, or may have done, that can be put back. Purged and deleted repositories are not among it. Pure. */
export function itemsOf(records: Iterable<DeletionRecord>, only: Only): readonly RestoreItem[] {
  const items: RestoreItem[] = [];
  for (const { action, outcome } of records) {
    if (outcome.result !== 'done' && outcome.result !== 'uncertain') continue;
    if (action.kind !== 'delete-artifact' && action.kind !== 'remove-tag') continue;
    const { project, repository, digest } = action;
    const place = { project, repository };
    const tags = action.kind === 'remove-tag' ? [action.tag] : action.tags.map((tag) => tag.name);
    if (!only(place, { digest, tags })) continue;
    const { trash } = outcome;
    items.push({
      kind: action.kind === 'remove-tag' ? 'tag' : 'artifact',
      place,
      digest,
      tags,
      labels: action.kind === 'remove-tag' ? [] : action.labels,
      ...(trash === undefined
        ? {}
        : { trash: { project: trash.project, repository: trash.repository } }),
      unnamed: [],
    });
  }
  return items;
}

/** The same from the trash alone, when the record is lost; labels are then not known. Pure. */
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
    if (artifact.tags === 'unknown' || artifact.tags.length === 0) return [];
    const former = artifact.tags.map(({ name }) => ({
      name,
      former: formerTag(artifact.digest, name),
    }));
    const tags = former.flatMap((one) => (one.former.kind === 'tag' ? [one.former.name] : []));
    const unnamed = former.flatMap((one) => (one.former.kind === 'shortened' ? [one.name] : []));
    const { digest } = artifact;
    if (!only(place, { digest, tags })) return [];
    return [
      { kind: 'artifact' as const, place, digest, tags, labels: [], trash: trashed.place, unnamed },
    ];
  });
}

/** What is to be done for one item. Pure; where it is not clear, nothing is moved or lost. */
export function planRestore(item: RestoreItem, facts: RestoreFacts): RestoreStep {
  const { original, copy } = facts;
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
  if (!isThere && (copy === undefined || copy.kind === 'gone')) {
    const because =
      item.kind === 'tag'
        ? 'the artifact that bore the tag is gone'
        : item.trash === undefined
          ? 'it was deleted without a copy'
          : 'its copy is not in the trash any more: it was purged, or restored and deleted since';
    return {
      ...step,
      copies: false,
      createTags: [],
      addLabels: [],
      fate: 'lost',
      notes: [because],
    };
  }
  const isComplete =
    isThere &&
    createTags.length === 0 &&
    addLabels.length === 0 &&
    (copy === undefined || copy.kind === 'gone');
  return {
    ...step,
    fate: isComplete ? 'complete' : 'restore',
    notes: notesOn(item, taken, !isThere),
  };
}

function notesOn(
  item: RestoreItem,
  taken: RestoreStep['taken'],
  copies: boolean,
): readonly string[] {
  return [
    ...taken.map(({ tag, by }) => `tag ${tag} points to ${by} by now and is not moved`),
    ...item.unnamed.map((name) => `the full name of ${name} is only in the run's record`),
    ...(copies ? ['its push time becomes now, its pull time is not known any more'] : []),
  ];
}

/** Whether all tags of a copy are the trash's own, so that copying it back can move none (harbor.md T41). */
export function ownTagsOnly(artifact: Artifact): boolean {
  return (
    artifact.tags !== 'unknown' &&
    artifact.tags.every(({ name }) => formerTag(artifact.digest, name).kind !== 'foreign')
  );
}

/** The trash's names of an item, as far as they are known. */
export function namesInTrash(item: RestoreItem): readonly string[] {
  return [...item.tags.map((tag) => trashTag(item.digest, tag)), ...item.unnamed];
}
