import { digestOf } from '../content.ts';
import { HarborError, badRequest, notFound, precondition } from '../errors.ts';
import { isImmutableName } from '../immutability.ts';
import { looksLikeDigest } from '../lookup.ts';
import { type Manifest, accessoryType, parseManifest, signedByTag } from '../manifests.ts';
import { reserve } from '../quota.ts';
import type { ArtifactRow, ProjectRow } from '../rows.ts';
import { type State, ensureRepository, storageOf } from '../state.ts';
import { createAccessory, putTag, touchRepository } from '../tables.ts';
import { blobsOf, ensureArtifact } from './ensure-artifact.ts';

export interface ManifestPush {
  readonly project: ProjectRow;
  /** Without the project. */
  readonly repository: string;
  /** Tag or digest. */
  readonly reference: string;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface ManifestPushed {
  readonly row: ArtifactRow;
  readonly subject: string | undefined;
}

const DISTRIBUTION = { 'Docker-Distribution-Api-Version': 'registry/2.0' };

const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** @throws HarborError 400 */
export function checkTagName(name: string): void {
  if (!tagPattern.test(name)) throw badRequest(`bad request: invalid tag name: ${name}`);
}

const blobUnknown = (digest: string): HarborError =>
  new HarborError(400, 'MANIFEST_BLOB_UNKNOWN', {
    message: 'blob unknown to registry',
    detail: digest,
    headers: DISTRIBUTION,
  });

/** The storage registry accepts a manifest only if it has everything that it names in that repository. */
function checkStored(state: State, repository: string, manifest: Manifest): void {
  const { layers, revisions } = storageOf(state, repository);
  for (const child of manifest.children ?? [])
    if (!revisions.has(child.digest) || !state.blobs.has(child.digest))
      throw blobUnknown(child.digest);
  for (const one of [
    ...(manifest.config === undefined ? [] : [manifest.config]),
    ...manifest.layers,
  ]) {
    if ((one.urls ?? []).length > 0) continue;
    if (!layers.has(one.digest) || !state.blobs.has(one.digest)) throw blobUnknown(one.digest);
  }
}

/** Bytes that are new to the project; the manifest is the first of the blobs. */
function newBytes(state: State, push: ManifestPush, blobs: readonly string[]): number {
  let bytes = 0;
  for (const [index, blob] of blobs.entries()) {
    if (push.project.blobLinks.has(blob)) continue;
    bytes += index === 0 ? push.body.length : (state.blobs.get(blob)?.size ?? 0);
  }
  return bytes;
}

function checkTag(push: ManifestPush): void {
  checkTagName(push.reference);
  const repository = push.project.repositories.get(push.repository);
  if (repository?.tags.has(push.reference) !== true) return;
  // Even the same digest again is refused (docs/harbor.md#immutability-rules).
  if (isImmutableName(repository, push.reference))
    throw precondition(
      `Failed to process request due to '${push.repository}:${push.reference}' configured as immutable.`,
    );
}

function linkAccessory(
  state: State,
  row: ArtifactRow,
  push: { manifest: Manifest; tag: string },
): void {
  if (row.accessory !== undefined) return;
  const { manifest, tag } = push;
  const bySubject = manifest.subject?.digest;
  const subjectDigest = bySubject ?? signedByTag(tag, manifest);
  if (subjectDigest === undefined) return;
  const type = bySubject === undefined ? 'signature.cosign' : accessoryType(manifest);
  createAccessory(state, { artifact: row, subjectDigest, type, at: state.clock.now() });
}

function storeManifest(state: State, push: ManifestPush, digest: string): void {
  const now = state.clock.now();
  const existing = state.blobs.get(digest);
  if (existing !== undefined && existing.status === 'deleting')
    throw notFound(`the asking blob is in GC, mark it as non existing, ${digest}`);
  state.blobs.set(digest, {
    digest,
    size: push.body.length,
    contentType: push.contentType,
    content: push.body,
    updatedAt: now,
    status: 'none',
  });
}

/**
 * Takes a manifest as `PUT /v2/…/manifests/…` does after permissions (docs/harbor.md#pushing-manifests).
 * @throws HarborError 400, 403, 404, 412
 */
export function acceptManifest(state: State, push: ManifestPush): ManifestPushed {
  const byDigest = looksLikeDigest(push.reference);
  if (!byDigest) checkTag(push);
  const manifest = parseManifest(push.contentType, push.body);
  const digest = digestOf(push.body);
  if (byDigest && digest !== push.reference)
    throw new HarborError(400, 'DIGEST_INVALID', {
      message: 'provided digest did not match uploaded content',
      headers: DISTRIBUTION,
    });
  const blobs = blobsOf(digest, manifest);
  reserve(state, push.project, newBytes(state, push, blobs));
  const fullName = `${push.project.name}/${push.repository}`;
  checkStored(state, fullName, manifest);
  storeManifest(state, push, digest);
  const repository = ensureRepository(state, push.project, push.repository);
  storageOf(state, fullName).revisions.add(digest);
  const row = ensureArtifact(state, {
    repository,
    digest,
    manifest,
    manifestSize: push.body.length,
  });
  linkAccessory(state, row, { manifest, tag: byDigest ? '' : push.reference });
  if (!byDigest) {
    const before = repository.tags.get(push.reference)?.artifact;
    putTag(state, row, { name: push.reference, at: state.clock.now() });
    if (before !== row) touchRepository(state, repository);
  }
  return { row, subject: manifest.subject?.digest };
}
