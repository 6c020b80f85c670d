import { type Place, listArtifacts } from '../artifact-listing.ts';
import { badRequest, notFound } from '../errors.ts';
import { type Answer, type Exchange, flag, listAnswer, ok } from '../http.ts';
import { isImmutable } from '../immutability.ts';
import { type Listed, listRows } from '../listing.ts';
import {
  addressOf,
  findArtifact,
  permittedProject,
  projectByName,
  repositoryName,
} from '../lookup.ts';
import { unauthorized } from '../errors.ts';
import { isAuthenticated } from '../identity.ts';
import { parseListQuery } from '../query.ts';
import type { Route } from '../router.ts';
import { type ArtifactFlags, accessoriesOf, renderAccessory, renderArtifact } from '../render.ts';
import type { AccessoryRow, ArtifactRow } from '../rows.ts';
import type { ListSpec } from '../listing.ts';
import { viewOf } from '../shelf.ts';
import { since } from '../version.ts';

function flagsOf(exchange: Exchange): ArtifactFlags {
  const { params, services } = exchange;
  const has = (name: string): boolean => flag(params, name);
  return {
    tag: flag(params, 'with_tag', true),
    label: has('with_label'),
    accessory: since(services.state.version, 5) && has('with_accessory'),
    scan: has('with_scan_overview'),
    sbom: since(services.state.version, 11) && has('with_sbom_overview'),
    immutable: has('with_immutable_status') ? isImmutable : undefined,
  };
}

function renderer(exchange: Exchange): (row: ArtifactRow) => unknown {
  const flags = flagsOf(exchange);
  const { state } = exchange.services;
  return (row) => renderArtifact(state, row, flags);
}

function answerList(exchange: Exchange, place: Place | undefined): Answer {
  const query = parseListQuery(exchange.params);
  const page: Listed<ArtifactRow> =
    place === undefined
      ? { rows: [], total: 0 }
      : listArtifacts(exchange.services.state, place, query);
  return listAnswer(exchange, query, { page, render: renderer(exchange) });
}

function listOfRepository(exchange: Exchange): Answer {
  parseListQuery(exchange.params);
  const project = projectByName(exchange, 'artifact', 'list');
  // Neither a missing repository nor, to administrators, a missing project is an error (T5).
  return answerList(exchange, project?.repositories.get(repositoryName(exchange)));
}

function latestInRepositories(exchange: Exchange, place: Place): Answer {
  const query = parseListQuery(exchange.params);
  const wanted = ['media_type', 'artifact_type'].filter((key) => query.filters.has(key));
  if (wanted.length !== 1)
    throw badRequest(
      "bad request: either 'media_type' or 'artifact_type' must be specified, but not both, when querying with latest_in_repository",
    );
  const key = wanted[0] ?? '';
  const match = query.filters.get(key);
  const value = match?.kind === 'exact' ? match.value : '';
  const newest = new Map<number, ArtifactRow>();
  for (const row of viewOf(place.shelf, 'base')) {
    if ((key === 'media_type' ? row.mediaType : row.artifactType) !== value) continue;
    const best = newest.get(row.repository.id);
    if (best === undefined || row.pushedAt >= best.pushedAt) newest.set(row.repository.id, row);
  }
  const rows = [...newest.values()].sort((a, b) => a.repository.id - b.repository.id);
  return listAnswer(exchange, query, {
    page: { rows, total: rows.length },
    render: renderer(exchange),
  });
}

function listOfProject(exchange: Exchange): Answer {
  parseListQuery(exchange.params);
  if (!isAuthenticated(exchange.identity)) throw unauthorized();
  const project = permittedProject(exchange, 'artifact', 'list');
  if (project === undefined) throw notFound(`project ${exchange.path['project'] ?? ''} not found`);
  if (flag(exchange.params, 'latest_in_repository')) return latestInRepositories(exchange, project);
  return answerList(exchange, project);
}

function getOne(exchange: Exchange): Answer {
  const project = projectByName(exchange, 'artifact', 'read');
  return ok(renderer(exchange)(findArtifact(project, addressOf(exchange))));
}

const accessorySpec: ListSpec<AccessoryRow> = {
  columns: [
    { key: 'id', kind: 'integer', get: (row) => row.id },
    { key: 'artifact_id', kind: 'integer', get: (row) => row.artifact.id },
    { key: 'subject_artifact_digest', kind: 'text', get: (row) => row.subjectDigest },
    { key: 'type', kind: 'text', get: (row) => row.type },
    { key: 'size', kind: 'integer', get: (row) => row.artifact.size },
    { key: 'digest', kind: 'text', get: (row) => row.artifact.digest },
    { key: 'creation_time', kind: 'time', get: (row) => row.createdAt },
  ],
  defaultSort: [],
};

function listAccessories(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  const project = projectByName(exchange, 'accessory', 'list');
  const row = findArtifact(project, addressOf(exchange));
  const page = listRows(accessoriesOf(row), accessorySpec, query);
  return listAnswer(exchange, query, {
    page,
    render: (accessory) => renderAccessory(exchange.services.state, accessory),
  });
}

export const artifactRoutes: readonly Route[] = [
  ['GET', '/projects/{project}/artifacts', listOfProject, 12],
  ['GET', '/projects/{project}/repositories/{repository}/artifacts', listOfRepository],
  ['GET', '/projects/{project}/repositories/{repository}/artifacts/{reference}', getOne],
  [
    'GET',
    '/projects/{project}/repositories/{repository}/artifacts/{reference}/accessories',
    listAccessories,
    5,
  ],
];
