import { acceptManifest } from '../actions/push-manifest.ts';
import { deleteArtifact } from '../actions/delete-artifact.ts';
import { audit } from '../audit.ts';
import { materialise } from '../blobs.ts';
import { HarborError } from '../errors.ts';
import type { Answer, Exchange } from '../http.ts';
import { usernameOf } from '../identity.ts';
import { type ArtifactAddress, findArtifact, looksLikeDigest } from '../lookup.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../media-types.ts';
import { fly } from '../flights.ts';
import { since } from '../version.ts';
import { strikeAddedLinks, strikeDeadlock } from '../races.ts';
import { notePull } from '../pulls.ts';
import type { ArtifactRow, ProjectRow } from '../rows.ts';
import { isProxy, readThroughProxy, refuseProxyPush } from './proxy.ts';
import { DISTRIBUTION, type RegistryName, requireRegistry } from './access.ts';

const separator = (reference: string): string => (looksLikeDigest(reference) ? '@' : ':');

/** OCI content needs its type in `Accept`, whatever else stands there (docs/harbor.md#reading-manifests). */
function checkAccept(exchange: Exchange, row: ArtifactRow): void {
  const accept = exchange.headers.accept ?? '';
  const type = row.manifestMediaType;
  if ((type !== OCI_MANIFEST && type !== OCI_INDEX) || accept.includes(type)) return;
  const kind = type === OCI_INDEX ? 'OCI index' : 'OCI manifest';
  const plural = type === OCI_INDEX ? 'OCI indexes' : 'OCI manifests';
  throw new HarborError(404, 'MANIFEST_UNKNOWN', {
    message: `${kind} found, but accept header does not support ${plural}`,
    headers: DISTRIBUTION,
  });
}

function isCached(project: ProjectRow, address: ArtifactAddress): boolean {
  const repository = project.repositories.get(address.repository);
  return (
    repository?.byDigest.has(address.reference) === true ||
    repository?.tags.has(address.reference) === true
  );
}

export function readManifest(exchange: Exchange, name: RegistryName, reference: string): Answer {
  const project = requireRegistry(exchange, name, 'pull');
  const { state } = exchange.services;
  const address = { project: name.project, repository: name.repository, reference };
  if (isProxy(project) && !isCached(project, address))
    return readThroughProxy(exchange, project, { name, reference });
  const row = findArtifact(project, address);
  const known = exchange.headers['if-none-match']?.replaceAll('"', '');
  if (known === row.digest) return { status: 304 };
  checkAccept(exchange, row);
  materialise(state, row);
  const blob = state.blobs.get(row.digest);
  if (blob === undefined)
    throw new HarborError(404, 'MANIFEST_UNKNOWN', {
      message: 'manifest unknown',
      headers: DISTRIBUTION,
    });
  if (exchange.method === 'GET' && exchange.headers['user-agent'] !== 'harbor-registry-client') {
    const tag = looksLikeDigest(reference) ? undefined : row.repository.tags.get(reference);
    notePull(state, row, tag);
    audit(state, {
      project,
      username: usernameOf(exchange.identity),
      operation: 'pull',
      resourceType: 'artifact',
      resource: `${name.full}${separator(reference)}${reference}`,
      description: `pull artifact: ${name.full}@${row.digest}`,
    });
  }
  const content = blob.content ?? Buffer.alloc(0);
  return {
    status: 200,
    headers: {
      'Content-Type': row.manifestMediaType,
      'Content-Length': String(content.length),
      'Docker-Content-Digest': row.digest,
      Etag: `"${row.digest}"`,
      ...DISTRIBUTION,
    },
    bytes: content,
  };
}

export async function putManifest(
  exchange: Exchange,
  name: RegistryName,
  reference: string,
): Promise<Answer> {
  const project = requireRegistry(exchange, name, 'push');
  const { state, url } = exchange.services;
  refuseProxyPush(project);
  const push = {
    project,
    repository: name.repository,
    reference,
    contentType: exchange.headers['content-type'] ?? '',
    body: exchange.body,
  };
  const plan = {
    kind: 'add',
    work: 'push',
    project,
    repository: name.full,
    blobs: digestsNamedIn(exchange.body),
  } as const;
  return fly(exchange, plan, (flight) => {
    strikeDeadlock(exchange, flight);
    const pushed = acceptManifest(state, push);
    flight.added = [pushed.row];
    strikeAddedLinks(exchange, flight);
    audit(state, {
      project,
      username: usernameOf(exchange.identity),
      operation: 'create',
      resourceType: 'artifact',
      // Before the extended log a digest stood behind a colon, too (docs/harbor.md#t50-what-a-push-named).
      resource: `${name.full}${since(state.version, 13) ? separator(reference) : ':'}${reference}`,
      description: `push artifact: ${name.full}@${pushed.row.digest}`,
    });
    return {
      status: 201,
      headers: {
        Location: `${url()}/v2/${name.full}/manifests/${pushed.row.digest}`,
        'Docker-Content-Digest': pushed.row.digest,
        ...(pushed.subject === undefined ? {} : { 'OCI-Subject': pushed.subject }),
        ...DISTRIBUTION,
      },
    };
  });
}

/** Of config and layers; whether it is a manifest at all is found out later. */
const digestsNamedIn = (body: Buffer | string): readonly string[] =>
  body.toString().match(/sha256:[0-9a-f]{64}/g) ?? [];

export function deleteManifest(exchange: Exchange, name: RegistryName, reference: string): Answer {
  const project = requireRegistry(exchange, name, 'delete');
  if (!looksLikeDigest(reference))
    throw new HarborError(400, 'UNSUPPORTED', {
      message: `unsupported digest ${reference}: invalid checksum digest format`,
    });
  const { state } = exchange.services;
  const row = findArtifact(project, {
    project: name.project,
    repository: name.repository,
    reference,
  });
  deleteArtifact(state, row);
  audit(state, {
    project,
    username: usernameOf(exchange.identity),
    operation: 'delete',
    resourceType: 'artifact',
    resource: `${name.full}@${row.digest}`,
  });
  return { status: 202 };
}
