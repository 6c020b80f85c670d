import { forbidden, notFound, unauthorized } from './errors.ts';
import type { Exchange } from './http.ts';
import { type Identity, isAdmin, isAuthenticated, usernameOf } from './identity.ts';
import type { Access, ProjectRow, RobotRow } from './rows.ts';
import { type State } from './state.ts';
import { since } from './version.ts';

const crud = ['create', 'read', 'update', 'delete', 'list'];

/** What everybody may do in a public project. */
const publicGrants: Readonly<Record<string, readonly string[]>> = {
  project: ['read'],
  label: ['read', 'list'],
  repository: ['list', 'pull'],
  scan: ['read'],
  scanner: ['read'],
  artifact: ['read', 'list'],
  'artifact-addition': ['read'],
  tag: ['list'],
  accessory: ['list'],
};

const guestGrants: Readonly<Record<string, readonly string[]>> = {
  project: ['read'],
  member: ['read', 'list'],
  metadata: ['read'],
  label: ['read', 'list'],
  quota: ['read'],
  repository: ['read', 'list', 'pull'],
  configuration: ['read'],
  robot: ['read', 'list'],
  scan: ['read'],
  sbom: ['read'],
  scanner: ['read'],
  artifact: ['read', 'list'],
  'artifact-addition': ['read'],
  tag: ['list'],
  accessory: ['list'],
};

const developerGrants: Readonly<Record<string, readonly string[]>> = {
  ...guestGrants,
  label: crud,
  repository: ['create', 'read', 'update', 'list', 'pull', 'push'],
  'tag-retention': [...crud, 'operate'],
  artifact: ['create', 'read', 'list'],
  tag: ['list', 'create'],
  'artifact-label': ['create', 'delete'],
  'export-cve': ['create', 'read', 'list'],
};

const maintainerGrants: Readonly<Record<string, readonly string[]>> = {
  ...developerGrants,
  repository: [...crud, 'pull', 'push'],
  'immutable-tag': ['create', 'update', 'delete', 'list'],
  'notification-policy': ['list', 'read'],
  scan: ['create', 'read', 'stop'],
  sbom: ['create', 'stop', 'read'],
  artifact: ['create', 'read', 'delete', 'list'],
  tag: ['list', 'create', 'delete'],
};

/** In Harbor's own order, which lists of permissions show. */
const adminGrants: Readonly<Record<string, readonly string[]>> = {
  project: ['read', 'update', 'delete'],
  member: ['create', 'read', 'update', 'delete', 'list'],
  metadata: ['create', 'read', 'update', 'delete'],
  log: ['list'],
  label: crud,
  quota: ['read'],
  repository: [...crud, 'pull', 'push'],
  'tag-retention': [...crud, 'operate'],
  'immutable-tag': ['create', 'update', 'delete', 'list'],
  configuration: ['read', 'update'],
  robot: crud,
  'notification-policy': ['create', 'update', 'delete', 'list', 'read'],
  scan: ['create', 'read', 'stop'],
  sbom: ['create', 'stop', 'read'],
  scanner: ['read', 'create'],
  artifact: ['create', 'read', 'delete', 'list'],
  'artifact-addition': ['read'],
  tag: ['list', 'create', 'delete'],
  accessory: ['list'],
  'artifact-label': ['create', 'delete'],
  'preheat-policy': crud,
  'export-cve': ['create', 'read', 'list'],
};

const roleGrants: Readonly<Record<number, Readonly<Record<string, readonly string[]>>>> = {
  1: adminGrants,
  2: developerGrants,
  3: guestGrants,
  4: maintainerGrants,
  5: guestGrants,
};

export const isPublic = (project: ProjectRow): boolean => project.metadata.get('public') === 'true';

export function roleIn(identity: Identity, project: ProjectRow): number | undefined {
  if (isAdmin(identity)) return 1;
  if (identity.kind !== 'user') return undefined;
  return project.members.find((member) => member.userId === identity.user.id)?.roleId;
}

function robotProjectGrants(state: State, robot: RobotRow, project: ProjectRow): readonly Access[] {
  const hasSystem = robot.permissions.some((permission) => permission.kind === 'system');
  // Before 2.10 a robot with system permissions silently had no others (T31).
  if (hasSystem && !since(state.version, 10)) return [];
  if (robot.level === 'project' && robot.projectId !== project.id) return [];
  return robot.permissions
    .filter((permission) => permission.kind === 'project')
    .filter((permission) => permission.namespace === '*' || permission.namespace === project.name)
    .flatMap((permission) => permission.access);
}

function robotOnEverything(state: State, robot: RobotRow): readonly Access[] {
  const hasSystem = robot.permissions.some((permission) => permission.kind === 'system');
  if (hasSystem && !since(state.version, 10)) return [];
  return robot.permissions
    .filter((permission) => permission.kind === 'project' && permission.namespace === '*')
    .flatMap((permission) => permission.access);
}

const grants = (access: readonly Access[], resource: string, action: string): boolean =>
  access.some((one) => one.resource === resource && (one.action === action || one.action === '*'));

function robotMay(state: State, robot: RobotRow, request: ProjectRequest): boolean {
  const { project, resource, action } = request;
  if (project === undefined) return false;
  if (grants(robotProjectGrants(state, robot, project), resource, action)) return true;
  // On "*" the permission to read projects reads everything in them (docs/harbor.md#permissions).
  return action === 'read' && grants(robotOnEverything(state, robot), 'project', 'read');
}

export interface ProjectRequest {
  readonly project: ProjectRow | undefined;
  readonly resource: string;
  readonly action: string;
}

export function mayInProject(state: State, identity: Identity, request: ProjectRequest): boolean {
  const { project, resource, action } = request;
  if (isAdmin(identity)) return true;
  if (project === undefined) return false;
  if (isPublic(project) && publicGrants[resource]?.includes(action) === true) return true;
  if (identity.kind === 'robot') return robotMay(state, identity.robot, request);
  const role = roleIn(identity, project);
  return role !== undefined && roleGrants[role]?.[resource]?.includes(action) === true;
}

export function maySystem(identity: Identity, resource: string, action: string): boolean {
  if (isAdmin(identity)) return true;
  if (identity.kind !== 'robot') return false;
  return identity.robot.permissions
    .filter((permission) => permission.kind === 'system')
    .some((permission) => grants(permission.access, resource, action));
}

/** Every permission in a project, for `/users/current/permissions`. */
export function grantsInProject(state: State, identity: Identity, project: ProjectRow): Access[] {
  return Object.entries(adminGrants)
    .flatMap(([resource, actions]) => actions.map((action) => ({ resource, action })))
    .filter((access) => mayInProject(state, identity, { project, ...access }));
}

/** 401 for nobody, 403 for somebody. */
export const refusal = (identity: Identity): Error =>
  isAuthenticated(identity) ? forbidden() : unauthorized();

/** A refused system permission is answered with the caller's name. */
export const systemRefusal = (identity: Identity): Error =>
  isAuthenticated(identity) ? forbidden(usernameOf(identity)) : unauthorized();

export function requireSystem(exchange: Exchange, resource: string, action: string): void {
  if (!maySystem(exchange.identity, resource, action)) throw systemRefusal(exchange.identity);
}

/** A project by name; all digits are an id unless the request says otherwise (T34). */
export function findProject(exchange: Exchange, nameOrId: string): ProjectRow | undefined {
  const { state } = exchange.services;
  const declaredName = exchange.headers['x-is-resource-name'] === 'true' && since(state.version, 2);
  if (/^\d+$/.test(nameOrId) && !declaredName) return state.projects.get(Number(nameOrId));
  return state.projectsByName.get(nameOrId);
}

/**
 * The project, if the caller may do that in it.
 * @throws HarborError 401, 403 (also for a missing project), 404 (to administrators)
 */
export function requireProject(
  exchange: Exchange,
  project: ProjectRow | undefined,
  needs: Access & { name: string },
): ProjectRow {
  const { state } = exchange.services;
  if (
    !mayInProject(state, exchange.identity, {
      project,
      resource: needs.resource,
      action: needs.action,
    })
  )
    throw refusal(exchange.identity);
  if (project === undefined) throw notFound(`project ${needs.name} not found`);
  return project;
}
