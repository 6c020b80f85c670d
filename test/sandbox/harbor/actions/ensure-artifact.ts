import { extraAttrsOf, iconOf, typeOf } from '../artifact-kinds.ts';
import { linkBlobs, useBlobs } from '../blobs.ts';
import { notFound } from '../errors.ts';
import type { Manifest } from '../manifests.ts';
import type { ArtifactRow, ReferenceRow, RepositoryRow } from '../rows.ts';
import { type State, addArtifact, nextId } from '../state.ts';
import { addParent, touchRepository } from '../tables.ts';

export interface Pushed {
  readonly repository: RepositoryRow;
  readonly digest: string;
  readonly manifest: Manifest;
  /** Bytes of the manifest itself. */
  readonly manifestSize: number;
}

function referencesOf(repository: RepositoryRow, manifest: Manifest): ReferenceRow[] | undefined {
  if (manifest.children === undefined || manifest.children.length === 0) return undefined;
  return manifest.children.map((descriptor) => {
    const child = repository.byDigest.get(descriptor.digest);
    if (child === undefined)
      throw notFound(`artifact ${repository.name}@${descriptor.digest} not found`);
    return {
      child,
      platform: descriptor.platform,
      annotations: descriptor.annotations,
      urls: descriptor.urls,
    };
  });
}

function configOf(state: State, manifest: Manifest): Record<string, unknown> {
  const content =
    manifest.config === undefined ? undefined : state.blobs.get(manifest.config.digest)?.content;
  try {
    return JSON.parse(content?.toString('utf8') ?? '{}') as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** What a manifest is made of, itself included; layers that live elsewhere are not stored. */
export const blobsOf = (digest: string, manifest: Manifest): string[] => [
  ...new Set([
    digest,
    ...(manifest.config === undefined ? [] : [manifest.config.digest]),
    ...manifest.layers
      .filter((layer) => (layer.urls ?? []).length === 0)
      .map((layer) => layer.digest),
    ...(manifest.children ?? []).map((child) => child.digest),
  ]),
];

function sizeOf(pushed: Pushed, references: readonly ReferenceRow[] | undefined): number {
  const { manifest } = pushed;
  let size = pushed.manifestSize + (manifest.config?.size ?? 0);
  for (const layer of manifest.layers) size += layer.size;
  for (const reference of references ?? []) size += reference.child.size;
  return size;
}

/** The artifact of a digest in a repository, made if it is not there; the same digest again changes nothing. */
export function ensureArtifact(state: State, pushed: Pushed): ArtifactRow {
  const { repository, digest, manifest } = pushed;
  const blobs = blobsOf(digest, manifest);
  linkBlobs(state, repository.project, blobs);
  const existing = repository.byDigest.get(digest);
  if (existing !== undefined) return existing;
  const references = referencesOf(repository, manifest);
  const isIndex = manifest.children !== undefined;
  const mediaType = isIndex ? manifest.mediaType : (manifest.config?.mediaType ?? '');
  const type = typeOf(mediaType);
  const row: ArtifactRow = {
    id: nextId(state, 'artifact'),
    project: repository.project,
    repository,
    digest,
    type,
    mediaType,
    manifestMediaType: manifest.mediaType,
    artifactType: manifest.artifactType ?? (isIndex ? '' : mediaType),
    size: sizeOf(pushed, references),
    icon: iconOf(type),
    pushedAt: state.clock.now(),
    pulledAt: 0,
    extraAttrs: isIndex ? undefined : extraAttrsOf(type, configOf(state, manifest)),
    annotations: manifest.annotations,
    tags: undefined,
    labels: undefined,
    references,
    parents: undefined,
    accessory: undefined,
    blobs,
    deleted: false,
  };
  addArtifact(state, row);
  useBlobs(repository.project, blobs);
  for (const reference of references ?? []) addParent(state, reference.child, row);
  // Accessories may have been there before their subject.
  for (const accessory of repository.accessories.get(digest) ?? []) accessory.subjectId = row.id;
  touchRepository(state, repository);
  return row;
}
