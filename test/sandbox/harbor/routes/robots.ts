import { HarborError, badRequest, conflict, forbidden, notFound } from '../errors.ts';
import { type Answer, type Exchange, bodyOf, created, done, listAnswer, ok } from '../http.ts';
import { isAdmin, isAuthenticated } from '../identity.ts';
import { renderTime } from '../json.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { mayInProject, maySystem, refusal, systemRefusal } from '../permissions.ts';
import { exactly, parseListQuery } from '../query.ts';
import type { Route } from '../router.ts';
import type { Access, ProjectRow, RobotPermission, RobotRow } from '../rows.ts';
import { type State, nextId } from '../state.ts';
import { since } from '../version.ts';
import { permissionCatalogue } from '../permission-catalogue.ts';

const storedName = (state: State, robot: RobotRow): string => {
  const name = robot.name.slice(state.configuration.robotNamePrefix.length);
  return robot.level === 'project' ? name.slice(name.indexOf('+') + 1) : name;
};

const spec = (state: State): ListSpec<RobotRow> => ({
  columns: [
    { key: 'id', kind: 'integer', get: (row) => row.id },
    { key: 'name', kind: 'text', get: (row) => storedName(state, row) },
    { key: 'project_id', kind: 'integer', get: (row) => row.projectId },
    { key: 'disabled', kind: 'boolean', get: (row) => row.disabled },
    { key: 'creation_time', kind: 'time', get: (row) => row.createdAt },
  ],
  special: {
    Level: (match) => (row) => match.kind === 'exact' && row.level === match.value,
    ProjectID: (match) => (row) => match.kind === 'exact' && String(row.projectId) === match.value,
  },
  defaultSort: [{ key: 'creation_time', descending: true }],
});

const systemFirst = (permissions: readonly RobotPermission[]): readonly RobotPermission[] => [
  ...permissions.filter((permission) => permission.kind === 'system'),
  ...permissions.filter((permission) => permission.kind !== 'system'),
];

const render = (robot: RobotRow): Record<string, unknown> => ({
  creation_time: renderTime(robot.createdAt),
  creator_ref: robot.creatorRef,
  creator_type: robot.creatorType,
  ...(robot.description === '' ? {} : { description: robot.description }),
  disable: robot.disabled,
  duration: robot.duration,
  editable: true,
  expires_at: robot.expiresAt,
  id: robot.id,
  level: robot.level,
  name: robot.name,
  permissions: systemFirst(robot.permissions).map((permission) => ({
    access: permission.access.map(({ action, resource }) => ({ action, resource })),
    kind: permission.kind,
    namespace: permission.namespace,
  })),
  update_time: renderTime(robot.updatedAt),
});

function projectOfLevel(
  exchange: Exchange,
  level: string,
  permissions: readonly RobotPermission[],
): ProjectRow | undefined {
  if (level !== 'project') return undefined;
  return exchange.services.state.projectsByName.get(permissions[0]?.namespace ?? '');
}

/** System robots are the administrator's; a project's robots its administrators'. */
function requireRobot(exchange: Exchange, project: ProjectRow | undefined, action: string): void {
  const { identity, services } = exchange;
  if (isAdmin(identity)) return;
  const allowed =
    project === undefined
      ? maySystem(identity, 'robot', action)
      : mayInProject(services.state, identity, { project, resource: 'robot', action });
  if (!allowed) throw project === undefined ? systemRefusal(identity) : refusal(identity);
}

const expiry = (now: number, duration: number): number =>
  duration === -1 ? -1 : Math.floor(now / 1000) + duration * 86_400;

const levels = new Set(['system', 'project']);

/** @throws HarborError 400, 404: in Harbor's order and words */
function checkRobot(
  exchange: Exchange,
  body: Readonly<Record<string, unknown>>,
): RobotPermission[] {
  const permissions = (body['permissions'] ?? []) as RobotPermission[];
  const level = String(body['level']);
  const duration = typeof body['duration'] === 'number' ? body['duration'] : 0;
  if (permissions.length === 0) throw badRequest('bad request empty permission');
  if (!levels.has(level)) throw badRequest(`bad request error level input: ${level}`);
  if (duration !== -1 && duration <= 0)
    throw badRequest(
      `bad request error duration input: ${duration}, duration must be either -1(Never) or a positive integer`,
    );
  if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(String(body['name'])))
    throw badRequest('robot name is not in lower case or contains illegal characters');
  checkPermissions(exchange, permissions, level);
  return permissions;
}

/** From 2.10 on only what the catalogue holds can be granted. @throws HarborError 400, 404 */
function checkPermissions(
  exchange: Exchange,
  permissions: readonly RobotPermission[],
  level: string,
): void {
  if (level === 'project' && permissions.length > 1) throw badRequest('bad request permission');
  for (const permission of permissions) {
    if (permission.access.length === 0) throw badRequest('bad request empty access');
    const isProject = level === 'project' || permission.kind === 'project';
    if (
      isProject &&
      permission.namespace !== '*' &&
      !exchange.services.state.projectsByName.has(permission.namespace)
    )
      throw notFound(`project ${permission.namespace} not found`);
    // Before 2.10 any words were taken.
    if (!since(exchange.services.state.version, 10)) continue;
    const known =
      permission.kind === 'system' ? permissionCatalogue.system : permissionCatalogue.project;
    for (const { resource, action } of permission.access)
      if (!known.some((one) => one.resource === resource && one.action === action))
        throw badRequest(`bad request permission: ${resource}:${action}`);
  }
}

function create(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const body = bodyOf(exchange);
  const level = body['level'] === 'project' ? 'project' : 'system';
  const project = projectOfLevel(exchange, level, (body['permissions'] ?? []) as RobotPermission[]);
  requireRobot(exchange, project, 'create');
  const permissions = checkRobot(exchange, body);
  const short = String(body['name']);
  const name = `${state.configuration.robotNamePrefix}${project === undefined ? '' : `${project.name}+`}${short}`;
  const id = nextId(state, 'robot');
  if (state.robotsByName.has(name))
    throw conflict(`robot account ${project?.id ?? 0}:${short} already exists`);
  const now = state.clock.now();
  const duration = Number(body['duration']);
  const secret =
    typeof body['secret'] === 'string' && body['secret'] !== ''
      ? body['secret']
      : `Made-Secret-${id}`;
  const robot: RobotRow = {
    id,
    name,
    level,
    projectId: project?.id ?? 0,
    secret,
    description: typeof body['description'] === 'string' ? body['description'] : '',
    duration,
    expiresAt: expiry(now, duration),
    disabled: body['disable'] === true,
    permissions,
    creatorRef: exchange.identity.kind === 'user' ? exchange.identity.user.id : 0,
    creatorType: exchange.identity.kind === 'robot' ? 'robot' : 'local',
    createdAt: now,
    updatedAt: now,
  };
  state.robots.set(id, robot);
  state.robotsByName.set(name, robot);
  return created(`/api/v2.0/robots/${id}`, {
    creation_time: renderTime(now),
    expires_at: robot.expiresAt,
    id,
    name,
    secret,
  });
}

function robotOf(exchange: Exchange, action: string): RobotRow {
  const { state } = exchange.services;
  const id = exchange.path['robot'] ?? '';
  const robot = state.robots.get(Number(id));
  if (robot === undefined)
    throw isAuthenticated(exchange.identity)
      ? notFound(`robot ${id} not found`)
      : refusal(exchange.identity);
  requireRobot(exchange, state.projects.get(robot.projectId), action);
  return robot;
}

function update(exchange: Exchange): Answer {
  const robot = robotOf(exchange, 'update');
  const body = bodyOf(exchange);
  if (typeof body['name'] === 'string' && body['name'] !== robot.name)
    throw badRequest('cannot update the level or name of robot');
  robot.disabled = body['disable'] === true;
  if (typeof body['description'] === 'string') robot.description = body['description'];
  if (Array.isArray(body['permissions']))
    robot.permissions = body['permissions'] as RobotPermission[];
  robot.updatedAt = exchange.services.state.clock.now();
  return done();
}

function renewSecret(exchange: Exchange): Answer {
  const robot = robotOf(exchange, 'update');
  const wished = bodyOf(exchange)['secret'];
  robot.updatedAt = exchange.services.state.clock.now();
  if (typeof wished === 'string' && wished !== '') {
    robot.secret = wished;
    return ok({});
  }
  robot.secret = `Renewed-Secret-${robot.id}-${robot.updatedAt}`;
  return ok({ secret: robot.secret });
}

function remove(exchange: Exchange): Answer {
  const robot = robotOf(exchange, 'delete');
  exchange.services.state.robots.delete(robot.id);
  exchange.services.state.robotsByName.delete(robot.name);
  return done();
}

function list(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  const { state } = exchange.services;
  if (exactly(query, 'Level') === 'project' && exactly(query, 'ProjectID') === undefined)
    throw badRequest('must with project ID when to query project robots');
  requireRobot(exchange, undefined, 'list');
  return listAnswer(exchange, query, {
    page: listRows(state.robots.values(), spec(state), query),
    render,
  });
}

function catalogue(exchange: Exchange): Answer {
  const { identity, services } = exchange;
  if (!isAuthenticated(identity)) throw new HarborError(401, 'UNAUTHORIZED', { message: '' });
  const isProjectAdmin =
    identity.kind === 'user' &&
    [...services.state.projects.values()].some((project) =>
      project.members.some((member) => member.userId === identity.user.id && member.roleId === 1),
    );
  if (!isAdmin(identity) && !isProjectAdmin)
    throw forbidden('forbidden: only admins(system and project) can access permissions');
  const show = (list: readonly Access[]): unknown =>
    list.map(({ resource, action }) => ({ action, resource }));
  return ok({
    project: show(permissionCatalogue.project),
    system: show(permissionCatalogue.system),
  });
}

export const robotRoutes: readonly Route[] = [
  ['GET', '/permissions', catalogue, 10],
  ['GET', '/robots', list],
  ['POST', '/robots', create],
  ['GET', '/robots/{robot}', (exchange) => ok(render(robotOf(exchange, 'read')))],
  ['PUT', '/robots/{robot}', update],
  ['PATCH', '/robots/{robot}', renewSecret],
  ['DELETE', '/robots/{robot}', remove],
];
