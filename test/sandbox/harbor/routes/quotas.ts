import { badRequest, notFound } from '../errors.ts';
import { type Answer, type Exchange, bodyOf, done, listAnswer, ok } from '../http.ts';
import { renderTime } from '../json.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { requireSystem } from '../permissions.ts';
import { parseListQuery } from '../query.ts';
import { quotaUsed } from '../quota.ts';
import type { Route } from '../router.ts';
import type { ProjectRow } from '../rows.ts';
import type { State } from '../state.ts';

const spec = (state: State): ListSpec<ProjectRow> => ({
  columns: [
    { key: 'hard.storage', kind: 'integer', get: (row) => row.quota.hard },
    { key: 'used.storage', kind: 'integer', get: (row) => quotaUsed(state, row) },
    { key: 'creation_time', kind: 'time', get: (row) => row.quota.createdAt },
    { key: 'update_time', kind: 'time', get: (row) => row.quota.updatedAt },
  ],
  defaultSort: [{ key: 'creation_time', descending: true }],
});

/** Whole seconds, as the usage's own update writes them. */
const render = (state: State, project: ProjectRow): Record<string, unknown> => ({
  creation_time: renderTime(project.quota.createdAt),
  hard: { storage: project.quota.hard },
  id: project.quota.id,
  ref: { id: project.id, name: project.name, owner_name: '' },
  update_time: renderTime(project.quota.updatedAt),
  used: { storage: quotaUsed(state, project) },
});

function list(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  requireSystem(exchange, 'quota', 'list');
  const { state } = exchange.services;
  const reference = exchange.params.get('reference') ?? 'project';
  const id = exchange.params.get('reference_id');
  const rows = reference === 'project' ? [...state.projects.values()] : [];
  const wanted = id === null ? rows : rows.filter((project) => String(project.id) === id);
  return listAnswer(exchange, query, {
    page: listRows(wanted, spec(state), { ...query, filters: new Map() }),
    render: (project) => render(state, project),
  });
}

function projectOfQuota(exchange: Exchange): ProjectRow {
  const id = exchange.path['quota'] ?? '';
  for (const project of exchange.services.state.projects.values())
    if (String(project.quota.id) === id) return project;
  throw notFound(`quota ${id} not found`);
}

function getOne(exchange: Exchange): Answer {
  requireSystem(exchange, 'quota', 'read');
  const project = projectOfQuota(exchange);
  const untouched = project.quota.updatedAt === project.quota.createdAt;
  return ok({
    ...render(exchange.services.state, project),
    // One quota alone shows no time before the first change; the list does.
    ...(untouched ? { update_time: renderTime(0) } : {}),
  });
}

function update(exchange: Exchange): Answer {
  requireSystem(exchange, 'quota', 'update');
  const project = projectOfQuota(exchange);
  const hard = (bodyOf(exchange)['hard'] ?? {}) as Record<string, unknown>;
  const storage = hard['storage'];
  if (typeof storage !== 'number') throw badRequest('hard required in body');
  if (storage !== -1 && storage <= 0)
    throw badRequest(`invalid non-positive value for quota limit, value=${storage}`);
  project.quota.hard = storage;
  project.quota.updatedAt = exchange.services.state.clock.now();
  return done();
}

export const quotaRoutes: readonly Route[] = [
  ['GET', '/quotas', list],
  ['GET', '/quotas/{quota}', getOne],
  ['PUT', '/quotas/{quota}', update],
];
