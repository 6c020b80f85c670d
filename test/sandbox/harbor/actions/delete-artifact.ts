import { materialise, releaseBlobs } from '../blobs.ts';
import { precondition, referenced } from '../errors.ts';
import { isImmutable } from '../immutability.ts';
import type { ArtifactRow, RepositoryRow } from '../rows.ts';
import { takeOffShelf } from '../shelf.ts';
import type { State } from '../state.ts';
import { removeAccessoryLink, removeParent, removeTag, touchRepository } from '../tables.ts';

/** What one deletion takes along, in the order Harbor meets it; nothing is changed yet. */
function gather(row: ArtifactRow, taken: Set<ArtifactRow>, isRoot: boolean): void {
  if (taken.has(row)) return;
  if (isRoot && row.parents !== undefined)
    throw referenced('the deleting artifact is referenced by others');
  taken.add(row);
  for (const accessory of row.repository.accessories.get(row.digest) ?? []) {
    // An accessory that is some index's child is passed over since 2.11 (docs/harbor.md#deleting-an-artifact).
    if (accessory.artifact.parents === undefined) gather(accessory.artifact, taken, false);
  }
  for (const { child } of row.references ?? []) {
    const elsewhere = child.parents?.some((parent) => !taken.has(parent)) === true;
    if (child.tags === undefined && !elsewhere) gather(child, taken, false);
  }
}

/** Harbor checks tag by tag and rolls everything back at the first that is immutable (T26). */
function checkImmutable(taken: Iterable<ArtifactRow>): void {
  for (const row of taken)
    for (const tag of row.tags ?? [])
      if (isImmutable(tag))
        throw precondition(`the tag ${tag.name} configured as immutable, cannot be deleted`);
}

function drop(state: State, row: ArtifactRow): void {
  const { repository, project } = row;
  for (const tag of row.tags ?? []) removeTag(state, tag);
  if (row.accessory !== undefined) removeAccessoryLink(state, row.accessory);
  for (const accessory of repository.accessories.get(row.digest) ?? []) accessory.subjectId = 0;
  for (const { child } of row.references ?? []) removeParent(state, child, row);
  repository.byDigest.delete(row.digest);
  takeOffShelf(repository.shelf, row);
  takeOffShelf(project.shelf, row);
  row.deleted = true;
  state.trashed.add(row.digest);
  releaseBlobs(state, project, row.blobs ?? []);
  state.revision += 1;
}

function removeAll(state: State, taken: ReadonlySet<ArtifactRow>): void {
  for (const row of taken) materialise(state, row);
  for (const row of taken) drop(state, row);
}

/**
 * Deletes an artifact with its tags, its accessories and its untagged children, all or nothing
 * (docs/harbor.md#deleting-an-artifact).
 * @throws HarborError 412
 */
export function deleteArtifact(state: State, row: ArtifactRow): readonly ArtifactRow[] {
  const taken = new Set<ArtifactRow>();
  gather(row, taken, true);
  checkImmutable(taken);
  removeAll(state, taken);
  touchRepository(state, row.repository);
  return [...taken];
}

/**
 * Deletes a repository with all that lists show; hidden rows remain as orphans
 * (docs/harbor.md#deleting-a-repository).
 */
export function deleteRepository(state: State, repository: RepositoryRow): readonly ArtifactRow[] {
  const roots = repository.shelf.rows.filter((row) => row.accessory === undefined);
  const taken = new Set<ArtifactRow>();
  // Parents first, so that children are free when their turn comes.
  for (const row of [...roots].reverse()) gather(row, taken, false);
  checkImmutable(taken);
  removeAll(state, taken);
  for (const row of repository.shelf.rows) takeOffShelf(repository.project.shelf, row);
  if (repository.shelf.rows.length > 0)
    repository.project.orphans.set(repository.shortName, repository);
  repository.project.repositories.delete(repository.shortName);
  state.repositories.delete(repository.id);
  state.revision += 1;
  return [...taken];
}
