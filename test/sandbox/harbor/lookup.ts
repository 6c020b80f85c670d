import { notFound } from './errors.ts';
import type { Exchange } from './http.ts';
import { findProject, mayInProject, refusal } from './permissions.ts';
import type { ArtifactRow, ProjectRow, RepositoryRow } from './rows.ts';

export const looksLikeDigest = (reference: string): boolean =>
  /^sha256:[0-9a-f]{64}$/.test(reference) || /^sha512:[0-9a-f]{128}$/.test(reference);

/** A repository name arrives encoded twice; the router has decoded it once (T4). */
export function repositoryName(exchange: Exchange): string {
  const once = exchange.path['repository'] ?? '';
  try {
    return decodeURIComponent(once);
  } catch {
    return once;
  }
}

/** The project of a path, after the permission: whoever may not, is told so even where there is nothing. */
export function projectOf(exchange: Exchange, resource: string, action: string): ProjectRow {
  const found = permittedProject(exchange, resource, action);
  if (found === undefined) throw notFound(`project ${exchange.path['project'] ?? ''} not found`);
  return found;
}

/** The same, but a missing project is undefined to those who may see that (administrators). */
export function permittedProject(
  exchange: Exchange,
  resource: string,
  action: string,
): ProjectRow | undefined {
  const project = findProject(exchange, exchange.path['project'] ?? '');
  if (!mayInProject(exchange.services.state, exchange.identity, { project, resource, action }))
    throw refusal(exchange.identity);
  return project;
}

/** Below `/repositories` a project is named, never numbered. */
export function projectByName(
  exchange: Exchange,
  resource: string,
  action: string,
): ProjectRow | undefined {
  const { state } = exchange.services;
  const project = state.projectsByName.get(exchange.path['project'] ?? '');
  if (!mayInProject(state, exchange.identity, { project, resource, action }))
    throw refusal(exchange.identity);
  return project;
}

/** @throws HarborError 404 */
export function repositoryOf(project: ProjectRow | undefined, exchange: Exchange): RepositoryRow {
  const name = repositoryName(exchange);
  const repository = project?.repositories.get(name);
  if (repository === undefined)
    throw notFound(`repository ${exchange.path['project'] ?? ''}/${name} not found`);
  return repository;
}

export interface ArtifactAddress {
  readonly project: string;
  readonly repository: string;
  readonly reference: string;
}

export const addressOf = (exchange: Exchange): ArtifactAddress => ({
  project: exchange.path['project'] ?? '',
  repository: repositoryName(exchange),
  reference: exchange.path['reference'] ?? '',
});

/**
 * By digest or tag, never by id (T7). By digest a missing repository reads like a missing artifact
 * (docs/harbor.md#missing-by-digest).
 * @throws HarborError 404
 */
export function findArtifact(
  project: ProjectRow | undefined,
  address: ArtifactAddress,
): ArtifactRow {
  const full = `${address.project}/${address.repository}`;
  const repository = project?.repositories.get(address.repository);
  if (looksLikeDigest(address.reference)) {
    const row =
      repository?.byDigest.get(address.reference) ??
      project?.orphans.get(address.repository)?.byDigest.get(address.reference);
    if (row === undefined) throw notFound(`artifact ${full}@${address.reference} not found`);
    return row;
  }
  if (repository === undefined) throw notFound(`repository ${full} not found`);
  const tag = repository.tags.get(address.reference);
  if (tag === undefined) throw notFound(`artifact ${full}:${address.reference} not found`);
  return tag.artifact;
}
