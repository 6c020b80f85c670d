import { copyArtifact } from '../actions/copy-artifact.ts';
import { deleteArtifact, deleteRepository } from '../actions/delete-artifact.ts';
import { note, noteDeleted } from '../actors.ts';
import { HarborError, badRequest, invalid, notFound } from '../errors.ts';
import { type Answer, type Exchange, created, done } from '../http.ts';
import {
  addressOf,
  findArtifact,
  looksLikeDigest,
  projectByName,
  repositoryName,
  repositoryOf,
} from '../lookup.ts';
import { mayInProject, refusal } from '../permissions.ts';
import { fly } from '../flights.ts';
import { strikeAddedLinks, strikeDeadlock, strikeDeletedLinks, strikeMovedTags } from '../races.ts';
import type { Route } from '../router.ts';
import type { ArtifactRow, ProjectRow } from '../rows.ts';

async function removeArtifact(exchange: Exchange): Promise<Answer> {
  const project = projectByName(exchange, 'artifact', 'delete');
  const row = findArtifact(project, addressOf(exchange));
  const tags = row.tags ?? [];
  const plan = {
    kind: 'delete',
    work: 'delete',
    project: row.project,
    repository: row.repository.name,
    blobs: [row, ...(row.references ?? []).map(({ child }) => child)].flatMap((one) => [
      ...(one.blobs ?? []),
    ]),
  } as const;
  return fly(exchange, plan, (flight) => {
    // Of several who delete one artifact exactly one succeeds.
    if (row.deleted) throw notFound(`artifact ${row.repository.name}@${row.digest} not found`);
    strikeDeadlock(exchange, flight);
    const deleted = deleteArtifact(exchange.services.state, row);
    strikeDeletedLinks(exchange, flight, deleted);
    strikeMovedTags(exchange, flight, tags);
    noteDeleted(exchange, row);
    return done();
  });
}

async function removeRepository(exchange: Exchange): Promise<Answer> {
  const project = projectByName(exchange, 'repository', 'delete');
  const repository = repositoryOf(project, exchange);
  const plan = {
    kind: 'delete',
    work: 'delete',
    project: repository.project,
    repository: repository.name,
  } as const;
  return fly(exchange, plan, (flight) => {
    strikeDeadlock(exchange, flight);
    const deleted = deleteRepository(exchange.services.state, repository);
    strikeDeletedLinks(exchange, flight, deleted);
    note(exchange, {
      project: repository.project,
      operation: 'delete',
      resourceType: 'repository',
      resource: repository.name,
    });
    for (const row of deleted) if (row.accessory === undefined) noteDeleted(exchange, row);
    return done();
  });
}

interface Source {
  readonly project: string;
  readonly repository: string;
  readonly reference: string;
}

/** `project/repository@digest` or `project/repository:tag`. @throws HarborError 400, 422 */
function parseFrom(from: string | null): Source {
  if (from === null || from === '') throw invalid('from in query is required');
  const at = from.indexOf('@');
  const colon = at < 0 ? from.lastIndexOf(':') : -1;
  const split = at < 0 ? colon : at;
  const name = split < 0 ? from : from.slice(0, split);
  const reference = split < 0 ? '' : from.slice(split + 1);
  const slash = name.indexOf('/');
  if (split < 0 || slash <= 0) throw badRequest(`artifact ${from} not found`);
  const wrong =
    at < 0 ? reference.includes('/') || name.includes(':') : !looksLikeDigest(reference);
  if (wrong) throw badRequest(`invalid input: ${from}`);
  return { project: name.slice(0, slash), repository: name.slice(slash + 1), reference };
}

/** The source is looked up before any permission is checked (docs/harbor.md#copying). */
function findSource(exchange: Exchange, from: Source): ArtifactRow {
  const { state } = exchange.services;
  const project = state.projectsByName.get(from.project);
  try {
    return findArtifact(project, from);
  } catch (error) {
    if (!(error instanceof HarborError)) throw error;
    const separator = looksLikeDigest(from.reference) ? '@' : ':';
    throw badRequest(
      `artifact ${from.project}/${from.repository}${separator}${from.reference} not found`,
    );
  }
}

function requireCopy(exchange: Exchange, source: ArtifactRow): ProjectRow {
  const { state } = exchange.services;
  const target = state.projectsByName.get(exchange.path['project'] ?? '');
  const may = (project: ProjectRow | undefined, action: string): boolean =>
    mayInProject(state, exchange.identity, { project, resource: 'artifact', action });
  if (!may(source.project, 'read') || !may(target, 'create')) throw refusal(exchange.identity);
  if (target === undefined) throw notFound(`project ${exchange.path['project'] ?? ''} not found`);
  return target;
}

async function copy(exchange: Exchange): Promise<Answer> {
  const { state } = exchange.services;
  const from = parseFrom(exchange.params.get('from'));
  const source = findSource(exchange, from);
  const project = requireCopy(exchange, source);
  const repository = repositoryName(exchange);
  if (project.registryId > 0)
    throw new HarborError(405, 'METHOD_NOT_ALLOWED', {
      message: `the operation isn't supported for a proxy cache project`,
    });
  const plan = {
    kind: 'add',
    work: 'copy',
    project,
    repository: `${project.name}/${repository}`,
    blobs: source.blobs ?? [],
  } as const;
  return fly(exchange, plan, (flight) => {
    strikeDeadlock(exchange, flight);
    flight.added = copyArtifact(state, { source, project, repository });
    strikeAddedLinks(exchange, flight);
    for (const row of flight.added) noteCopied(exchange, row);
    const encoded = encodeURIComponent(repository);
    return created(
      `/api/v2.0/projects/${project.name}/repositories/${encoded}/artifacts/${from.reference}`,
    );
  });
}

/** A copy is logged as a push, with one of its tags. */
function noteCopied(exchange: Exchange, row: ArtifactRow): void {
  if (row.parents !== undefined) return;
  const tag = row.tags?.[0]?.name;
  note(exchange, {
    project: row.project,
    operation: 'create',
    resourceType: 'artifact',
    resource:
      tag === undefined ? `${row.repository.name}@${row.digest}` : `${row.repository.name}:${tag}`,
    description: `push artifact: ${row.repository.name}@${row.digest}`,
  });
}

export const artifactWriteRoutes: readonly Route[] = [
  ['DELETE', '/projects/{project}/repositories/{repository}', removeRepository],
  ['POST', '/projects/{project}/repositories/{repository}/artifacts', copy],
  ['DELETE', '/projects/{project}/repositories/{repository}/artifacts/{reference}', removeArtifact],
];
