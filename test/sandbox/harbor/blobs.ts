import { imagine } from './content.ts';
import type { ArtifactRow, BlobRow, ProjectRow } from './rows.ts';
import { type State, storageOf } from './state.ts';
import { isIndexType } from './media-types.ts';

/** Makes the instance-wide row of a blob, or returns it. */
export function ensureBlob(
  state: State,
  blob: { digest: string; size: number; contentType: string; content: Buffer | undefined },
): BlobRow {
  const existing = state.blobs.get(blob.digest);
  if (existing !== undefined) return existing;
  const row: BlobRow = { ...blob, updatedAt: state.clock.now(), status: 'none' };
  state.blobs.set(blob.digest, row);
  return row;
}

/** The usage is written with whole seconds. */
function changeUsage(state: State, project: ProjectRow, bytes: number): void {
  if (bytes === 0) return;
  project.quota.used += bytes;
  project.quota.updatedAt = Math.floor(state.clock.now() / 1000) * 1000;
}

/** Gives the project its claim on blobs; what is new to it counts against the quota. */
export function linkBlobs(state: State, project: ProjectRow, digests: Iterable<string>): void {
  for (const digest of digests) {
    if (project.blobLinks.has(digest)) continue;
    project.blobLinks.add(digest);
    changeUsage(state, project, state.blobs.get(digest)?.size ?? 0);
  }
}

export function unlinkBlob(state: State, project: ProjectRow, digest: string): void {
  if (!project.blobLinks.delete(digest)) return;
  changeUsage(state, project, -(state.blobs.get(digest)?.size ?? 0));
}

/** Records what an artifact is made of. */
export function useBlobs(project: ProjectRow, digests: readonly string[]): void {
  for (const digest of digests)
    project.blobUses.set(digest, (project.blobUses.get(digest) ?? 0) + 1);
}

/** An artifact is gone: what no other artifact of the project is made of loses its link; storage keeps it for GC. */
export function releaseBlobs(state: State, project: ProjectRow, digests: readonly string[]): void {
  for (const digest of digests) {
    const left = (project.blobUses.get(digest) ?? 0) - 1;
    if (left > 0) project.blobUses.set(digest, left);
    else {
      project.blobUses.delete(digest);
      unlinkBlob(state, project, digest);
    }
  }
}

/** Bytes of an artifact itself: of an index without its children. */
export function ownSize(row: ArtifactRow): number {
  let size = row.size;
  if (isIndexType(row.manifestMediaType))
    for (const reference of row.references ?? []) size -= reference.child.size;
  return Math.max(size, 0);
}

/** Gives an imagined artifact its blobs; all others have them. */
export function materialise(state: State, row: ArtifactRow): readonly string[] {
  if (row.blobs !== undefined) return row.blobs;
  for (const reference of row.references ?? []) materialise(state, reference.child);
  const { project, repository } = row;
  const content = imagine({ ...row, repository, subjectDigest: row.accessory?.subjectDigest });
  const manifestSize = isIndexType(row.manifestMediaType) ? ownSize(row) : Math.min(1024, row.size);
  const digests = [row.digest];
  ensureBlob(state, {
    digest: row.digest,
    size: manifestSize,
    contentType: row.manifestMediaType,
    content: content.manifest,
  });
  for (const part of [
    ...(content.config === undefined ? [] : [content.config]),
    ...content.layers,
  ]) {
    // The config's few bytes are left out, so that the sizes add up to what was asked for.
    const size = part === content.config ? 0 : part.size;
    ensureBlob(state, {
      digest: part.digest,
      size,
      contentType: 'application/octet-stream',
      content: part.content,
    });
    digests.push(part.digest);
  }
  for (const reference of row.references ?? []) digests.push(reference.child.digest);
  row.blobs = digests;
  project.imagined -= 1;
  const storage = storageOf(state, repository.name);
  for (const digest of digests.slice(1)) storage.layers.add(digest);
  storage.revisions.add(row.digest);
  // Its bytes were counted when it was seeded; from here on the links count.
  project.quota.used -= ownSize(row);
  linkBlobs(state, project, digests);
  useBlobs(project, digests);
  return digests;
}

/** Before anything depends on who shares what: gives all of a project its blobs. */
export function materialiseAll(state: State, project: ProjectRow): void {
  if (project.imagined === 0) return;
  for (const row of project.shelf.rows) if (row.blobs === undefined) materialise(state, row);
}
