import { HarborError, badRequest, sessionless } from '../errors.ts';
import type { Exchange } from '../http.ts';
import { isAuthenticated } from '../identity.ts';
import { mayInProject, maySystem } from '../permissions.ts';
import type { ProjectRow } from '../rows.ts';

export const DISTRIBUTION = { 'Docker-Distribution-Api-Version': 'registry/2.0' };

/** What a call on `/v2` is about: a full repository name, split. */
export interface RegistryName {
  readonly full: string;
  readonly project: string;
  readonly repository: string;
}

/** @throws HarborError 400 for a name without a slash */
export function splitName(full: string): RegistryName {
  const slash = full.indexOf('/');
  if (slash <= 0) throw sessionless(badRequest(`bad request: invalid repository name: ${full}`));
  return { full, project: full.slice(0, slash), repository: full.slice(slash + 1) };
}

export type RegistryAction = 'pull' | 'push' | 'delete';

function challenge(exchange: Exchange, scope: string | undefined): string {
  // Whoever sent credentials is asked for better ones, whoever sent none is sent to the token service.
  if (exchange.headers.authorization !== undefined) return 'Basic realm="harbor"';
  const scopePart = scope === undefined ? '' : `,scope="${scope}"`;
  return `Bearer realm="${exchange.services.url()}/service/token",service="harbor-registry"${scopePart}`;
}

/** A refusal on `/v2`: always 401 (docs/harbor.md#access), its message said twice. */
export function refuse(exchange: Exchange, message: string, scope?: string): HarborError {
  return new HarborError(401, 'UNAUTHORIZED', {
    message: `${message}: ${message}`,
    headers: { 'Www-Authenticate': challenge(exchange, scope), ...DISTRIBUTION },
  });
}

function may(
  exchange: Exchange,
  project: ProjectRow,
  ask: { name: string; action: RegistryAction },
): boolean {
  const { identity, services } = exchange;
  if (identity.kind === 'token')
    return identity.token.grants.get(ask.name)?.includes(ask.action) === true;
  return mayInProject(services.state, identity, {
    project,
    resource: 'repository',
    action: ask.action,
  });
}

/** @throws HarborError 401, also for a project that does not exist */
export function requireRegistry(
  exchange: Exchange,
  name: RegistryName,
  action: RegistryAction,
): ProjectRow {
  const scopes: Readonly<Record<RegistryAction, string>> = {
    pull: 'pull',
    push: 'pull,push',
    delete: 'delete',
  };
  const scope = `repository:${name.full}:${scopes[action]}`;
  // A read without credentials is refused even in a public project.
  if (action === 'pull' && exchange.headers.authorization === undefined)
    throw refuse(exchange, 'authorize header needed to send HEAD to repository', scope);
  const project = exchange.services.state.projectsByName.get(name.project);
  if (project === undefined)
    throw new HarborError(401, 'UNAUTHORIZED', {
      message: `project ${name.project} not found: project ${name.project} not found`,
      headers: { 'Www-Authenticate': '', ...DISTRIBUTION },
    });
  if (!may(exchange, project, { name: name.full, action }))
    throw refuse(
      exchange,
      `unauthorized to access repository: ${name.full}, action: ${action}`,
      scope,
    );
  return project;
}

export function requireCatalog(exchange: Exchange): void {
  if (maySystem(exchange.identity, 'catalog', 'read')) return;
  throw new HarborError(401, 'UNAUTHORIZED', {
    message: 'unauthorized to list catalog: unauthorized to list catalog',
    headers: { 'Www-Authenticate': 'Basic realm="harbor"', ...DISTRIBUTION },
  });
}

export function requireAnybody(exchange: Exchange): void {
  if (!isAuthenticated(exchange.identity))
    throw new HarborError(401, 'UNAUTHORIZED', {
      message: 'unauthorized: unauthorized',
      headers: { 'Www-Authenticate': challenge(exchange, undefined), ...DISTRIBUTION },
    });
}
