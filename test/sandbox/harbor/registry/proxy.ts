import { acceptManifest } from '../actions/push-manifest.ts';
import { ensureBlob, linkBlobs, materialise } from '../blobs.ts';
import { digestOf } from '../content.ts';
import { HarborError, denied } from '../errors.ts';
import type { Answer, Exchange } from '../http.ts';
import { findArtifact, looksLikeDigest } from '../lookup.ts';
import { type Manifest, parseManifest } from '../manifests.ts';
import { notePull } from '../pulls.ts';
import type { ArtifactRow, ProjectRow } from '../rows.ts';
import { type State, storageOf } from '../state.ts';
import { type RegistryName, splitName } from './access.ts';

/** What was read through a cache arrives in it this much later, in the background. */
const CACHING_MS = 19_000;
/** It looks again that often, in that distance, for parts that have not arrived. */
const ATTEMPTS = 30;
const PAUSE_MS = 10_000;

export const isProxy = (project: ProjectRow): boolean => project.registryId > 0;

export function refuseProxyPush(project: ProjectRow): void {
  if (isProxy(project))
    throw denied(`denied: can not push artifact to a proxy project: ${project.name}`);
}

/** The upstream's project: only where the upstream is this same Harbor, as in the recordings. */
function upstreamOf(
  exchange: Exchange,
  project: ProjectRow,
  name: RegistryName,
): { project: ProjectRow | undefined; name: RegistryName } {
  const { state, url } = exchange.services;
  const registry = state.registries.get(project.registryId);
  const inner = name.repository.includes('/')
    ? splitName(name.repository)
    : { full: '', project: '', repository: '' };
  return {
    project: registry?.url === url() ? state.projectsByName.get(inner.project) : undefined,
    name: inner,
  };
}

export function upstreamTags(
  exchange: Exchange,
  project: ProjectRow,
  name: RegistryName,
): readonly string[] {
  const upstream = upstreamOf(exchange, project, name);
  return [...(upstream.project?.repositories.get(upstream.name.repository)?.tags.keys() ?? [])];
}

interface Arrival {
  readonly project: ProjectRow;
  readonly name: RegistryName;
  /** Tag or digest, as it was asked for. */
  readonly reference: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Harbor writes an index anew, and so under another digest than upstream's (T30). */
function rewritten(manifest: Manifest): Buffer {
  const manifests = (manifest.children ?? []).map(({ mediaType, size, digest, platform }) => ({
    mediaType,
    size,
    digest,
    ...(platform === undefined ? {} : { platform }),
  }));
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: manifest.mediaType, manifests }, null, 3),
  );
}

function partsAreHere(state: State, arrival: Arrival, manifest: Manifest): boolean {
  const { layers, revisions } = storageOf(state, arrival.name.full);
  if (manifest.children !== undefined)
    return manifest.children.every((child) => revisions.has(child.digest));
  const config = manifest.config === undefined ? [] : [manifest.config];
  return [...config, ...manifest.layers].every((part) => layers.has(part.digest));
}

/** An image gets its tag, an index arrives untagged; the caching itself counts as a pull. */
function arrive(state: State, arrival: Arrival, attempts: number): void {
  const manifest = parseManifest(arrival.contentType, arrival.body);
  if (!partsAreHere(state, arrival, manifest)) {
    if (attempts > 0)
      state.clock.at(state.clock.now() + PAUSE_MS, () => arrive(state, arrival, attempts - 1));
    return;
  }
  const body = manifest.children === undefined ? arrival.body : rewritten(manifest);
  const reference = manifest.children === undefined ? arrival.reference : digestOf(body);
  const { row } = acceptManifest(state, {
    project: arrival.project,
    repository: arrival.name.repository,
    reference,
    contentType: arrival.contentType,
    body,
  });
  notePull(state, row, undefined);
}

function findUpstream(
  exchange: Exchange,
  project: ProjectRow,
  ask: { name: RegistryName; reference: string },
): ArtifactRow {
  const upstream = upstreamOf(exchange, project, ask.name);
  try {
    return findArtifact(upstream.project, {
      project: upstream.name.project,
      repository: upstream.name.repository,
      reference: ask.reference,
    });
  } catch (error) {
    if (!(error instanceof HarborError)) throw error;
    const what = looksLikeDigest(ask.reference) ? 'digest' : 'tag';
    throw new HarborError(404, 'NOT_FOUND', {
      message: `resource not found: repo ${ask.name.full}, ${what} ${ask.reference} not found`,
    });
  }
}

/** A manifest from upstream; a GET by tag lacks its digest, and is cached later (docs/harbor.md#t30-proxy-caches). */
export function readThroughProxy(
  exchange: Exchange,
  project: ProjectRow,
  ask: { name: RegistryName; reference: string },
): Answer {
  const { state } = exchange.services;
  const row = findUpstream(exchange, project, ask);
  materialise(state, row);
  const body = state.blobs.get(row.digest)?.content ?? Buffer.alloc(0);
  const contentType = row.manifestMediaType;
  const isRead = exchange.method === 'GET';
  if (isRead)
    state.clock.at(state.clock.now() + CACHING_MS, () =>
      arrive(state, { ...ask, project, contentType, body }, ATTEMPTS),
    );
  const known = isRead && !looksLikeDigest(ask.reference) ? '' : row.digest;
  return {
    status: 200,
    headers: {
      'Content-Type': contentType,
      'Content-Length': String(body.length),
      'Docker-Content-Digest': known,
      Etag: known,
    },
    bytes: body,
  };
}

/** A blob from upstream, kept at once. */
export function readBlobThroughProxy(
  exchange: Exchange,
  project: ProjectRow,
  ask: { name: RegistryName; digest: string },
): Answer | undefined {
  const { state } = exchange.services;
  const upstream = upstreamOf(exchange, project, ask.name);
  const there = storageOf(state, upstream.name.full).layers.has(ask.digest);
  const blob = there ? state.blobs.get(ask.digest) : undefined;
  if (blob === undefined) return undefined;
  ensureBlob(state, blob);
  storageOf(state, ask.name.full).layers.add(ask.digest);
  linkBlobs(state, project, [ask.digest]);
  // The type is guessed from the content.
  const content = blob.content ?? Buffer.alloc(0);
  return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, bytes: content };
}
