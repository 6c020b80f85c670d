import {
  HarborError,
  badRequest,
  conflict,
  forbidden,
  notFound,
  precondition,
  unauthorized,
} from '../errors.ts';
import {
  type Answer,
  type Exchange,
  bodyOf,
  created,
  done,
  flag,
  listAnswer,
  ok,
} from '../http.ts';
import { note } from '../actors.ts';
import { isAdmin, isAuthenticated } from '../identity.ts';
import { omitEmpty, renderTime } from '../json.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { permittedProject, projectOf } from '../lookup.ts';
import { findProject, isPublic, mayInProject, maySystem, refusal, roleIn } from '../permissions.ts';
import { type ListQuery, type Match, parseListQuery } from '../query.ts';
import { quotaUsed } from '../quota.ts';
import { proxyCachePolicy } from '../retention/policy.ts';
import type { Route } from '../router.ts';
import type { ProjectRow } from '../rows.ts';
import { type State, addProject, nextId } from '../state.ts';
import { since } from '../version.ts';
import { visibleProjects } from '../visibility.ts';

function publicTest(match: Match): (row: ProjectRow) => boolean {
  const wanted = match.kind === 'exact' && match.value === 'true';
  return (row) => isPublic(row) === wanted;
}

const spec = (state: State): ListSpec<ProjectRow> => ({
  columns: [
    { key: 'project_id', kind: 'integer', get: (row) => row.id },
    { key: 'owner_id', kind: 'integer', get: (row) => row.ownerId },
    { key: 'name', kind: 'text', get: (row) => row.name },
    { key: 'registry_id', kind: 'integer', get: (row) => row.registryId },
    { key: 'creation_time', kind: 'time', get: (row) => row.createdAt },
    { key: 'update_time', kind: 'time', get: (row) => row.updatedAt },
  ],
  special: {
    public: publicTest,
    owner: (match) => (row) => match.kind === 'exact' && row.ownerName === match.value,
  },
  defaultSort: [{ key: 'name', descending: false }],
  sortable: since(state.version, 3),
});

function renderProject(
  exchange: Exchange,
  project: ProjectRow,
  detail: boolean,
): Record<string, unknown> {
  const role = roleIn(exchange.identity, project);
  const zero = renderTime(0);
  return {
    creation_time: renderTime(project.createdAt),
    ...(role === undefined ? {} : { current_user_role_id: role }),
    current_user_role_ids: role === undefined ? null : [role],
    cve_allowlist: detail
      ? {
          creation_time: zero,
          id: project.allowlistId,
          items: [],
          project_id: project.id,
          update_time: zero,
        }
      : { creation_time: zero, items: null, update_time: zero },
    ...(detail
      ? { metadata: Object.fromEntries(project.metadata), owner_name: project.ownerName }
      : {}),
    name: project.name,
    owner_id: project.ownerId,
    project_id: project.id,
    ...omitEmpty({ registry_id: project.registryId }),
    repo_count: project.repositories.size,
    update_time: renderTime(project.updatedAt),
  };
}

/** The list's own parameters are conditions like any other. */
function withParameters(exchange: Exchange, query: ListQuery): ListQuery {
  const filters = new Map(query.filters);
  const name = exchange.params.get('name');
  const publicOnly = exchange.params.get('public');
  const owner = exchange.params.get('owner');
  if (name !== null && name !== '') filters.set('name', { kind: 'fuzzy', value: name });
  if (publicOnly !== null)
    filters.set('public', { kind: 'exact', value: String(flag(exchange.params, 'public')) });
  if (owner !== null && owner !== '') filters.set('owner', { kind: 'exact', value: owner });
  return { ...query, filters };
}

function list(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  const { state } = exchange.services;
  const detail = flag(exchange.params, 'with_detail', true) || !since(state.version, 2);
  const rows = visibleProjects(state, exchange.identity);
  const page = listRows(rows, spec(state), withParameters(exchange, query));
  return listAnswer(exchange, query, {
    page,
    render: (row) => renderProject(exchange, row, detail),
  });
}

function exists(exchange: Exchange): Answer {
  const name = exchange.params.get('project_name') ?? '';
  if (!exchange.services.state.projectsByName.has(name))
    throw notFound(`project ${name} not found`);
  return done();
}

function getOne(exchange: Exchange): Answer {
  const { identity, services } = exchange;
  // Robots could not until 2.8 (docs/harbor.md#permissions).
  if (identity.kind === 'robot' && !since(services.state.version, 8)) throw forbidden();
  return ok(renderProject(exchange, projectOf(exchange, 'project', 'read'), true));
}

function checkName(state: State, name: string): void {
  if (name.length === 0 || name.length > 255)
    throw badRequest(
      `Project name ${name} is illegal in length. (greater than 255 or less than 1)`,
    );
  if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name))
    throw badRequest('project name is not in lower case or contains illegal characters');
  if (state.projectsByName.has(name)) throw conflict(`The project named ${name} already exists`);
}

function create(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const { identity } = exchange;
  if (!isAuthenticated(identity)) throw unauthorized();
  if (identity.kind === 'robot' && !maySystem(identity, 'project', 'create')) throw forbidden();
  const body = bodyOf(exchange);
  const name = typeof body['project_name'] === 'string' ? body['project_name'] : '';
  checkName(state, name);
  const metadata = (body['metadata'] ?? {}) as Record<string, string>;
  const limit = body['storage_limit'];
  const owner =
    identity.kind === 'user' ? { id: identity.user.id, name: identity.user.username } : undefined;
  const project = addProject(state, {
    name,
    metadata: new Map(Object.entries({ public: 'false', ...metadata })),
    ...(owner === undefined ? {} : { owner }),
    ...(typeof body['registry_id'] === 'number' ? { registryId: body['registry_id'] } : {}),
    ...(typeof limit === 'number' && isAdmin(identity) && limit !== 0
      ? { storageLimit: limit }
      : {}),
  });
  if (project.registryId > 0) bornWithPolicy(state, project);
  note(exchange, { project, operation: 'create', resourceType: 'project', resource: name });
  return created(`/api/v2.0/projects/${project.id}`);
}

/** A proxy cache comes with a retention policy of Harbor's own (T30). */
function bornWithPolicy(state: State, project: ProjectRow): void {
  const id = nextId(state, 'retention');
  state.retentions.policies.set(id, {
    id,
    projectId: project.id,
    policy: proxyCachePolicy(project.id),
  });
  project.metadata.set('retention_id', String(id));
}

const deletable = (project: ProjectRow): string | undefined =>
  project.repositories.size > 0
    ? 'the project contains repositories, can not be deleted'
    : undefined;

function remove(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const project = projectOf(exchange, 'project', 'delete');
  const reason = deletable(project);
  if (reason !== undefined) throw precondition(`precondition failed: ${reason}`);
  state.projects.delete(project.id);
  state.projectsByName.delete(project.name);
  for (const [id, label] of state.labels)
    if (label.projectId === project.id) state.labels.delete(id);
  for (const [id, robot] of state.robots)
    if (robot.projectId === project.id) {
      state.robots.delete(id);
      state.robotsByName.delete(robot.name);
    }
  state.revision += 1;
  return done();
}

function isDeletable(exchange: Exchange): Answer {
  const reason = deletable(projectOf(exchange, 'project', 'delete'));
  return ok(reason === undefined ? { deletable: true } : { message: reason });
}

function summary(exchange: Exchange): Answer {
  const project = projectOf(exchange, 'project', 'read');
  const { state } = exchange.services;
  const withQuota = mayInProject(state, exchange.identity, {
    project,
    resource: 'quota',
    action: 'read',
  });
  const withMembers = mayInProject(state, exchange.identity, {
    project,
    resource: 'member',
    action: 'list',
  });
  const count = (role: number): number =>
    withMembers ? project.members.filter((member) => member.roleId === role).length : 0;
  return ok({
    ...omitEmpty({
      project_admin_count: count(1),
      developer_count: count(2),
      guest_count: count(3),
      maintainer_count: count(4),
      limited_guest_count: count(5),
    }),
    ...(withQuota
      ? {
          quota: {
            hard: { storage: project.quota.hard },
            used: { storage: quotaUsed(state, project) },
          },
        }
      : {}),
    repo_count: project.repositories.size,
  });
}

function addMember(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const project = permittedProject(exchange, 'member', 'create');
  if (project === undefined) throw notFound(`project ${exchange.path['project'] ?? ''} not found`);
  const body = bodyOf(exchange);
  const member = (body['member_user'] ?? {}) as Record<string, unknown>;
  const user = [...state.users.values()].find(
    (one) => one.username === member['username'] || one.id === member['user_id'],
  );
  if (user === undefined) throw badRequest(`user ${String(member['username'])} not found`);
  const id = nextId(state, 'member');
  project.members.push({ id, userId: user.id, roleId: Number(body['role_id']) });
  return created(`/api/v2.0/projects/${exchange.path['project'] ?? ''}/members/${id}`);
}

function listMembers(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const query = parseListQuery(exchange.params);
  const project = projectOf(exchange, 'member', 'list');
  const names: Readonly<Record<number, string>> = {
    1: 'projectAdmin',
    2: 'developer',
    3: 'guest',
    4: 'maintainer',
    5: 'limitedGuest',
  };
  const page = listRows(project.members, { columns: [], defaultSort: [] }, query);
  return listAnswer(exchange, query, {
    page,
    render: (member) => ({
      entity_id: member.userId,
      entity_name: state.users.get(member.userId)?.username ?? '',
      entity_type: 'u',
      id: member.id,
      project_id: project.id,
      role_id: member.roleId,
      role_name: names[member.roleId] ?? '',
    }),
  });
}

function metadata(exchange: Exchange): Answer {
  const project = projectOf(exchange, 'metadata', 'read');
  const name = exchange.path['name'];
  if (name === undefined) return ok(Object.fromEntries(project.metadata));
  const value = project.metadata.get(name);
  return ok(value === undefined ? {} : { [name]: value });
}

export const projectRoutes: readonly Route[] = [
  ['GET', '/projects', list],
  ['HEAD', '/projects', exists],
  ['POST', '/projects', create],
  ['GET', '/projects/{project}', getOne],
  ['PUT', '/projects/{project}', updateProject],
  ['DELETE', '/projects/{project}', remove],
  ['GET', '/projects/{project}/_deletable', isDeletable],
  ['GET', '/projects/{project}/summary', summary],
  ['GET', '/projects/{project}/members', listMembers],
  ['POST', '/projects/{project}/members', addMember],
  ['GET', '/projects/{project}/metadatas', metadata],
  ['GET', '/projects/{project}/metadatas/{name}', metadata],
];

function updateProject(exchange: Exchange): Answer {
  const project = findProject(exchange, exchange.path['project'] ?? '');
  if (
    !mayInProject(exchange.services.state, exchange.identity, {
      project,
      resource: 'project',
      action: 'update',
    })
  )
    throw refusal(exchange.identity);
  if (project === undefined)
    throw new HarborError(404, 'NOT_FOUND', {
      message: `project ${exchange.path['project'] ?? ''} not found`,
    });
  const changes = (bodyOf(exchange)['metadata'] ?? {}) as Record<string, string>;
  for (const [key, value] of Object.entries(changes)) project.metadata.set(key, value);
  project.updatedAt = exchange.services.state.clock.now();
  return done();
}
