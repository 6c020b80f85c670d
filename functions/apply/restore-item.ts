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
