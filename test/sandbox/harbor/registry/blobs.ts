import { ensureBlob, linkBlobs } from '../blobs.ts';
import { digestOf } from '../content.ts';
import { HarborError, notFound } from '../errors.ts';
import type { Answer, Exchange } from '../http.ts';
import { reserve } from '../quota.ts';
import type { ProjectRow } from '../rows.ts';
import { nextId, storageOf } from '../state.ts';
import { isProxy, readBlobThroughProxy, refuseProxyPush } from './proxy.ts';
import { DISTRIBUTION, type RegistryName, requireRegistry } from './access.ts';

const OCTETS = 'application/octet-stream';

const created = (exchange: Exchange, name: RegistryName, digest: string): Answer => ({
  status: 201,
  headers: {
    Location: `${exchange.services.url()}/v2/${name.full}/blobs/${digest}`,
    'Docker-Content-Digest': digest,
    ...DISTRIBUTION,
  },
});

const blobUnknown = (digest: string): HarborError =>
  new HarborError(404, 'BLOB_UNKNOWN', {
    message: 'blob unknown to registry',
    detail: digest,
    headers: DISTRIBUTION,
  });

function startUpload(exchange: Exchange, name: RegistryName): Answer {
  const { state } = exchange.services;
  const id = `00000000-0000-4000-8000-${String(nextId(state, 'upload')).padStart(12, '0')}`;
  state.uploads.set(id, { repository: name.full, content: Buffer.alloc(0) });
  return { status: 202, headers: uploadHeaders(exchange, name, { id, length: 0 }) };
}

function uploadHeaders(
  exchange: Exchange,
  name: RegistryName,
  upload: { id: string; length: number },
): Record<string, string> {
  return {
    Location: `${exchange.services.url()}/v2/${name.full}/blobs/uploads/${upload.id}?_state=s${upload.id}`,
    Range: `0-${Math.max(upload.length - 1, 0)}`,
    'Docker-Upload-Uuid': upload.id,
    ...DISTRIBUTION,
  };
}

/** A mount takes the blob from another repository without sending it; what is not there becomes an upload. */
function mount(exchange: Exchange, name: RegistryName, project: ProjectRow): Answer | undefined {
  const digest = exchange.params.get('mount');
  const from = exchange.params.get('from');
  const { state } = exchange.services;
  if (digest === null || from === null || !state.blobs.has(digest)) return undefined;
  if (!storageOf(state, from).layers.has(digest)) return undefined;
  reserve(state, project, project.blobLinks.has(digest) ? 0 : (state.blobs.get(digest)?.size ?? 0));
  storageOf(state, name.full).layers.add(digest);
  linkBlobs(state, project, [digest]);
  return created(exchange, name, digest);
}

export function postUpload(exchange: Exchange, name: RegistryName): Answer {
  const project = requireRegistry(exchange, name, 'push');
  refuseProxyPush(project);
  return mount(exchange, name, project) ?? startUpload(exchange, name);
}

function upload(exchange: Exchange, id: string): { repository: string; content: Buffer } {
  const found = exchange.services.state.uploads.get(id);
  if (found !== undefined) return found;
  throw new HarborError(404, 'BLOB_UPLOAD_UNKNOWN', {
    message: 'blob upload unknown to registry',
    headers: DISTRIBUTION,
  });
}

export function patchUpload(exchange: Exchange, name: RegistryName, id: string): Answer {
  requireRegistry(exchange, name, 'push');
  const content = Buffer.concat([upload(exchange, id).content, exchange.body]);
  exchange.services.state.uploads.set(id, { repository: name.full, content });
  return { status: 202, headers: uploadHeaders(exchange, name, { id, length: content.length }) };
}

export function putUpload(exchange: Exchange, name: RegistryName, id: string): Answer {
  const project = requireRegistry(exchange, name, 'push');
  const { state } = exchange.services;
  const content = Buffer.concat([upload(exchange, id).content, exchange.body]);
  const digest = exchange.params.get('digest') ?? '';
  if (!project.blobLinks.has(digest)) reserve(state, project, content.length);
  if (digestOf(content) !== digest)
    throw new HarborError(400, 'DIGEST_INVALID', {
      message: 'provided digest did not match uploaded content',
      detail: { Digest: digest, Reason: {} },
      headers: DISTRIBUTION,
    });
  const blob = ensureBlob(state, { digest, size: content.length, contentType: OCTETS, content });
  if (blob.status === 'deleting')
    throw notFound(`the asking blob is in GC, mark it as non existing, ${digest}`);
  blob.updatedAt = state.clock.now();
  blob.status = 'none';
  storageOf(state, name.full).layers.add(digest);
  linkBlobs(state, project, [digest]);
  state.uploads.delete(id);
  return created(exchange, name, digest);
}

const isHead = (exchange: Exchange): boolean => exchange.method === 'HEAD';

/** A HEAD touches the blob, and saves it from a mark of GC (docs/harbor.md#blobs). */
function touch(exchange: Exchange, digest: string): void {
  const { state } = exchange.services;
  const blob = state.blobs.get(digest);
  if (blob === undefined) return;
  if (blob.status === 'deleting' || blob.status === 'deletefailed')
    throw notFound(`blob ${digest} not found`);
  blob.updatedAt = state.clock.now();
  blob.status = 'none';
}

export function readBlob(exchange: Exchange, name: RegistryName, digest: string): Answer {
  const project = requireRegistry(exchange, name, 'pull');
  const { state } = exchange.services;
  if (isProxy(project) && !storageOf(state, name.full).layers.has(digest)) {
    const answer = readBlobThroughProxy(exchange, project, { name, digest });
    if (answer !== undefined) return answer;
  }
  if (isHead(exchange)) touch(exchange, digest);
  const blob = state.blobs.get(digest);
  if (blob === undefined || !storageOf(state, name.full).layers.has(digest))
    throw blobUnknown(digest);
  const content = blob.content ?? Buffer.alloc(0);
  return {
    status: 200,
    headers: {
      'Content-Type': OCTETS,
      'Content-Length': String(isHead(exchange) ? blob.size : content.length),
      'Docker-Content-Digest': digest,
      Etag: `"${digest}"`,
      ...DISTRIBUTION,
    },
    bytes: content,
  };
}

/** Takes the link of this repository, whoever needs it (docs/harbor.md#blobs). */
export function deleteBlob(exchange: Exchange, name: RegistryName, digest: string): Answer {
  requireRegistry(exchange, name, 'delete');
  if (!storageOf(exchange.services.state, name.full).layers.delete(digest))
    throw blobUnknown(digest);
  return { status: 202, headers: DISTRIBUTION };
}
