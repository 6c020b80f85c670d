import { linkBlobs, materialise, useBlobs } from '../blobs.ts';
import { denied, HarborError, internal, notFound, precondition } from '../errors.ts';
import { isImmutableName } from '../immutability.ts';
import { reserve } from '../quota.ts';
import { accessoriesOf } from '../render.ts';
import type { ArtifactRow, ProjectRow, RepositoryRow } from '../rows.ts';
import { type State, addArtifact, ensureRepository, nextId, storageOf } from '../state.ts';
import { addParent, createAccessory, putTag, touchRepository } from '../tables.ts';

export interface Copy {
  readonly source: ArtifactRow;
  readonly project: ProjectRow;
  /** Without the project. */
  readonly repository: string;
}

const namePattern =
  /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

/** Longer than about this the storage registry's path is too long (T43). */
const LONGEST = 245;

/** @throws HarborError 404, 500: what the storage registry makes of a bad name */
function checkName(copy: Copy): void {
  if (!namePattern.test(copy.repository))
    throw new HarborError(404, 'NOT_FOUND', {
      message: 'http status code: 404, body: 404 page not found\n',
    });
  if (`${copy.project.name}/${copy.repository}`.length > LONGEST) throw internal();
}

/** An artifact with all that a copy takes along: accessories and children before what needs them. */
function family(row: ArtifactRow, all: Set<ArtifactRow> = new Set()): Set<ArtifactRow> {
  for (const reference of row.references ?? []) family(reference.child, all);
  for (const accessory of accessoriesOf(row)) family(accessory.artifact, all);
  return all.add(row);
}

/** What of it is not there yet; below something that is there nothing is looked at. */
function missing(
  row: ArtifactRow,
  target: RepositoryRow | undefined,
  taken: Set<ArtifactRow> = new Set(),
): Set<ArtifactRow> {
  if (taken.has(row) || target?.byDigest.has(row.digest) === true) return taken;
  for (const reference of row.references ?? []) missing(reference.child, target, taken);
  for (const accessory of accessoriesOf(row)) missing(accessory.artifact, target, taken);
  return taken.add(row);
}

function checkTags(
  copy: Copy,
  target: RepositoryRow | undefined,
  rows: Iterable<ArtifactRow>,
): void {
  if (target === undefined) return;
  for (const row of rows)
    for (const tag of row.tags ?? []) {
      const there = target.tags.get(tag.name);
      if (
        there !== undefined &&
        there.artifact.digest !== row.digest &&
        isImmutableName(target, tag.name)
      )
        throw precondition(`the tag ${tag.name} configured as immutable, cannot be updated`);
    }
}

/** The bytes that are new to the project. */
function newBytes(state: State, copy: Copy, rows: Iterable<ArtifactRow>): number {
  const digests = new Set<string>();
  for (const row of rows) for (const digest of materialise(state, row)) digests.add(digest);
  let bytes = 0;
  for (const digest of digests)
    if (!copy.project.blobLinks.has(digest)) bytes += state.blobs.get(digest)?.size ?? 0;
  return bytes;
}

function place(state: State, target: RepositoryRow, source: ArtifactRow): ArtifactRow {
  const blobs = materialise(state, source);
  const storage = storageOf(state, target.name);
  for (const digest of blobs) if (digest !== source.digest) storage.layers.add(digest);
  storage.revisions.add(source.digest);
  const references = source.references?.map((reference) => ({
    ...reference,
    child: target.byDigest.get(reference.child.digest) ?? reference.child,
  }));
  const row: ArtifactRow = {
    ...source,
    id: nextId(state, 'artifact'),
    project: target.project,
    repository: target,
    pushedAt: state.clock.now(),
    pulledAt: 0,
    tags: undefined,
    labels: undefined,
    references,
    parents: undefined,
    accessory: undefined,
    blobs,
  };
  addArtifact(state, row);
  useBlobs(target.project, blobs);
  for (const reference of references ?? []) addParent(state, reference.child, row);
  return row;
}

function linkAccessories(state: State, source: ArtifactRow, row: ArtifactRow): void {
  for (const accessory of accessoriesOf(source)) {
    const copied = row.repository.byDigest.get(accessory.artifact.digest);
    if (copied === undefined || copied.accessory !== undefined) continue;
    createAccessory(state, {
      artifact: copied,
      subjectDigest: row.digest,
      type: accessory.type,
      at: state.clock.now(),
    });
  }
}

/**
 * Copies an artifact with children, accessories and tags; tags of the destination move (docs/harbor.md#copying).
 * Answers what was new.
 * @throws HarborError 403, 404, 412, 500
 */
export function copyArtifact(state: State, copy: Copy): readonly ArtifactRow[] {
  const { source, project } = copy;
  if (source.deleted)
    throw notFound(`artifact ${source.repository.name}@${source.digest} not found`);
  if (source.accessory !== undefined)
    throw denied("the operation isn't supported for an artifact accessory");
  const target = project.repositories.get(copy.repository);
  const taken = missing(source, target);
  reserve(state, project, newBytes(state, copy, taken));
  checkName(copy);
  checkTags(copy, target, new Set([...taken, source]));
  const repository = ensureRepository(state, project, copy.repository);
  // From another project the claim on all blobs is made again, within one it is taken for granted
  // (docs/harbor.md#copying).
  if (source.project !== project)
    for (const row of family(source)) linkBlobs(state, project, materialise(state, row));
  const made = [...taken].map((row) => {
    const placed = place(state, repository, row);
    for (const tag of [...(row.tags ?? [])].reverse())
      putTag(state, placed, { name: tag.name, at: state.clock.now() });
    linkAccessories(state, row, placed);
    return placed;
  });
  const root = repository.byDigest.get(source.digest);
  // Already there: its tags are put on it again, accessories that came later do not follow.
  if (root !== undefined && !taken.has(source))
    for (const tag of source.tags ?? [])
      putTag(state, root, { name: tag.name, at: state.clock.now() });
  touchRepository(state, repository);
  return made;
}
