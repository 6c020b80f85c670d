import { unauthorized } from '../errors.ts';
import { HarborError } from '../errors.ts';
import { type Answer, type Exchange, ok } from '../http.ts';
import { isAuthenticated } from '../identity.ts';
import { omitEmpty, renderTime } from '../json.ts';
import { grantsInProject } from '../permissions.ts';
import type { Route } from '../router.ts';
import { since } from '../version.ts';

const components = ['core', 'database', 'jobservice', 'portal', 'redis', 'registry', 'registryctl'];

const health = (): Answer =>
  ok({ components: components.map((name) => ({ name, status: 'healthy' })), status: 'healthy' });

function systemInfo(exchange: Exchange): Answer {
  const { state, url } = exchange.services;
  const open = {
    auth_mode: 'db_auth',
    banner_message: '',
    oidc_provider_name: '',
    primary_auth_mode: false,
    self_registration: false,
  };
  // The rest is for whoever is somebody (docs/harbor.md#t1-wrong-credentials), but for the version, which 2.9 shows
  // to anybody (T55).
  if (!isAuthenticated(exchange.identity))
    return ok(since(state.version, 10) ? open : { ...open, harbor_version: state.version.text });
  return ok({
    ...open,
    ...(since(state.version, 5) ? { current_time: renderTime(state.clock.now()) } : {}),
    external_url: url(),
    harbor_version: state.version.text,
    has_ca_root: false,
    notification_enable: true,
    project_creation_restriction: 'everyone',
    read_only: state.configuration.readOnly,
    registry_storage_provider_name: 'filesystem',
    registry_url: url().replace(/^https?:\/\//, ''),
  });
}

function currentUser(exchange: Exchange): Answer {
  const { identity } = exchange;
  if (identity.kind === 'robot')
    throw new HarborError(412, 'PRECONDITION', {
      message: 'get current user not available for security context: robot',
    });
  if (identity.kind !== 'user') throw unauthorized();
  const { user } = identity;
  return ok({
    admin_role_in_auth: false,
    ...omitEmpty({ comment: user.comment, email: user.email }),
    creation_time: renderTime(user.createdAt),
    realname: user.realname,
    sysadmin_flag: user.isAdmin,
    update_time: renderTime(user.updatedAt),
    user_id: user.id,
    username: user.username,
  });
}

function currentPermissions(exchange: Exchange): Answer {
  if (!isAuthenticated(exchange.identity)) throw unauthorized();
  const scope = exchange.params.get('scope') ?? '';
  const project = exchange.services.state.projects.get(
    Number(/^\/project\/(\d+)$/.exec(scope)?.[1]),
  );
  if (project === undefined) return ok([]);
  const grants = grantsInProject(exchange.services.state, exchange.identity, project);
  const relative = exchange.params.get('relative') === 'true';
  const name = (resource: string): string => (resource === 'project' ? '.' : resource);
  return ok(
    grants.map(({ resource, action }) => ({
      action,
      resource: relative
        ? name(resource)
        : `${scope}${resource === 'project' ? '' : `/${resource}`}`,
    })),
  );
}

export const systemRoutes: readonly Route[] = [
  [
    'GET',
    '/ping',
    () => ({ status: 200, text: 'Pong', headers: { 'Content-Type': 'text/plain' } }),
  ],
  ['GET', '/health', health],
  ['GET', '/systeminfo', systemInfo],
  ['GET', '/users/current', currentUser],
  ['GET', '/users/current/permissions', currentPermissions, 3],
];
