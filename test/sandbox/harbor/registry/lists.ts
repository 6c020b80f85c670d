import { badRequest, notFound } from '../errors.ts';
import type { Answer, Exchange } from '../http.ts';
import { OCI_INDEX } from '../media-types.ts';
import { materialise } from '../blobs.ts';
import type { AccessoryRow } from '../rows.ts';
import { since } from '../version.ts';
import { isProxy, upstreamTags } from './proxy.ts';
import { type RegistryName, requireCatalog, requireRegistry } from './access.ts';

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

/** A count and a starting point, as the registry API pages. @throws HarborError 400 */
function window(
  exchange: Exchange,
  names: readonly string[],
): { readonly names: readonly string[]; readonly more: boolean } {
  const text = exchange.params.get('n');
  const last = exchange.params.get('last');
  const rest = last === null ? names : names.filter((name) => name > last);
  if (text === null) return { names: rest, more: false };
  if (!/^\d+$/.test(text)) throw badRequest('the N must be a positive int type');
  const n = Number(text);
  return { names: rest.slice(0, n), more: n > 0 && rest.length > n };
}

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function listTags(exchange: Exchange, name: RegistryName): Answer {
  const project = requireRegistry(exchange, name, 'pull');
  const repository = project.repositories.get(name.repository);
  if (repository === undefined) throw notFound(`repository ${name.full} not found`);
  const upstream = isProxy(project) ? upstreamTags(exchange, project, name) : [];
  const tags = new Set([...repository.tags.keys(), ...upstream]);
  const page = window(exchange, [...tags].sort(bytewise));
  const next = `</v2/${name.full}/tags/list?last=${page.names.at(-1) ?? ''}&n=${exchange.params.get('n') ?? ''}>; rel="next"`;
  return {
    status: 200,
    headers: { ...JSON_TYPE, ...(page.more ? { Link: next } : {}) },
    json: { name: name.full, tags: page.names },
  };
}

export function listCatalog(exchange: Exchange): Answer {
  requireCatalog(exchange);
  const all = [...exchange.services.state.repositories.values()].filter(
    (repository) => repository.tags.size > 0,
  );
  const page = window(exchange, all.map((repository) => repository.name).sort(bytewise));
  const next = `</v2/_catalog?last=${page.names.at(-1) ?? ''}&n=${exchange.params.get('n') ?? ''}>; rel="next"`;
  return {
    status: 200,
    headers: { ...JSON_TYPE, ...(page.more ? { Link: next } : {}) },
    json: { repositories: page.names },
  };
}

/** Made from the accessory rows, also where the subject is gone (T24). */
export function listReferrers(exchange: Exchange, name: RegistryName, digest: string): Answer {
  const { state } = exchange.services;
  if (!since(state.version, 8)) throw notFound(`path ${exchange.rawPath} was not found`);
  const project = requireRegistry(exchange, name, 'pull');
  const all = project.repositories.get(name.repository)?.accessories.get(digest) ?? [];
  const filter = exchange.params.get('artifactType');
  const matching =
    filter === null ? all : all.filter((one) => one.artifact.artifactType === filter);
  const render = ({ artifact }: AccessoryRow): unknown => {
    materialise(state, artifact);
    return {
      mediaType: artifact.manifestMediaType,
      digest: artifact.digest,
      size: state.blobs.get(artifact.digest)?.content?.length ?? 0,
      ...(artifact.annotations === undefined ? {} : { annotations: artifact.annotations }),
      artifactType: artifact.artifactType,
    };
  };
  return {
    status: 200,
    headers: {
      'Content-Type': OCI_INDEX,
      'X-Total-Count': String(all.length),
      ...(filter === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
    },
    json: { schemaVersion: 2, mediaType: OCI_INDEX, manifests: matching.map(render) },
  };
}
