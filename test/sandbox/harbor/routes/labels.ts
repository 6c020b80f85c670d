import { badRequest, conflict, invalid, notFound } from '../errors.ts';
import { type Answer, type Exchange, bodyOf, created, done, listAnswer, ok } from '../http.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { addressOf, findArtifact, projectByName } from '../lookup.ts';
import { mayInProject, refusal } from '../permissions.ts';
import { isAdmin } from '../identity.ts';
import { parseListQuery } from '../query.ts';
import { renderLabel } from '../render.ts';
import type { Route } from '../router.ts';
import type { LabelRow } from '../rows.ts';
import { nextId } from '../state.ts';
import { addLabel, removeLabel } from '../tables.ts';

const spec: ListSpec<LabelRow> = {
  columns: [
    { key: 'id', kind: 'integer', get: (row) => row.id },
    { key: 'name', kind: 'text', get: (row) => row.name },
  ],
  defaultSort: [{ key: 'id', descending: false }],
};

function requireLabel(exchange: Exchange, projectId: number, action: string): void {
  if (isAdmin(exchange.identity)) return;
  const { state } = exchange.services;
  const project = state.projects.get(projectId);
  if (!mayInProject(state, exchange.identity, { project, resource: 'label', action }))
    throw refusal(exchange.identity);
}

function list(exchange: Exchange): Answer {
  const { params, services } = exchange;
  const projectText = params.get('project_id');
  if (projectText !== null && !/^\d+$/.test(projectText))
    throw invalid(`project_id in query must be of type int64: "${projectText}"`);
  const query = parseListQuery(params);
  const scope = params.get('scope') ?? '';
  if (scope !== 'g' && scope !== 'p') throw badRequest(`invalid scope: ${scope}`);
  if (scope === 'p' && projectText === null)
    throw badRequest('must with project ID when to query project labels');
  const projectId = scope === 'p' ? Number(projectText) : 0;
  if (scope === 'p') requireLabel(exchange, projectId, 'list');
  const name = params.get('name') ?? '';
  const rows = [...services.state.labels.values()].filter(
    (label) => label.scope === scope && label.projectId === projectId && label.name.includes(name),
  );
  return listAnswer(exchange, query, { page: listRows(rows, spec, query), render: renderLabel });
}

function create(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const body = bodyOf(exchange);
  const scope = body['scope'];
  if (scope !== 'g' && scope !== 'p') throw badRequest('unsupported label scope');
  const projectId = scope === 'p' ? Number(body['project_id'] ?? 0) : 0;
  requireLabel(exchange, projectId, 'create');
  const name = typeof body['name'] === 'string' ? body['name'] : '';
  const now = state.clock.now();
  const id = nextId(state, 'label');
  for (const label of state.labels.values())
    if (label.name === name && label.scope === scope && label.projectId === projectId)
      throw conflict(`label ${name} already exists`);
  const label: LabelRow = {
    id,
    name,
    description: typeof body['description'] === 'string' ? body['description'] : '',
    color: typeof body['color'] === 'string' ? body['color'] : '',
    scope,
    projectId,
    createdAt: now,
    updatedAt: now,
  };
  state.labels.set(id, label);
  return created(`/api/v2.0/labels/${id}`);
}

function labelOf(exchange: Exchange): LabelRow {
  const id = exchange.path['label'] ?? '';
  const label = exchange.services.state.labels.get(Number(id));
  if (label === undefined) throw notFound(`label ${id} not found`);
  return label;
}

function getOne(exchange: Exchange): Answer {
  const label = labelOf(exchange);
  if (label.scope === 'p') requireLabel(exchange, label.projectId, 'read');
  return ok(renderLabel(label));
}

function update(exchange: Exchange): Answer {
  const label = labelOf(exchange);
  requireLabel(exchange, label.projectId, 'update');
  const body = bodyOf(exchange);
  if (typeof body['name'] === 'string') label.name = body['name'];
  if (typeof body['color'] === 'string') label.color = body['color'];
  label.updatedAt = exchange.services.state.clock.now();
  return done();
}

function remove(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const label = labelOf(exchange);
  requireLabel(exchange, label.projectId, 'delete');
  state.labels.delete(label.id);
  for (const project of state.projects.values())
    for (const row of project.shelf.rows) removeLabel(row, label);
  state.revision += 1;
  return done();
}

function attach(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const project = projectByName(exchange, 'artifact-label', 'create');
  const row = findArtifact(project, addressOf(exchange));
  const id = Number(bodyOf(exchange)['id']);
  const label = state.labels.get(id);
  if (label === undefined) throw notFound(`label ${id} not found`);
  if (label.scope === 'p' && label.projectId !== row.project.id)
    throw notFound(`project id ${row.project.id}, label ${id} not found`);
  if (row.labels?.includes(label) === true)
    throw conflict(`label ${id} is already added to the artifact ${row.id}`);
  addLabel(row, label);
  state.revision += 1;
  return done();
}

function detach(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const project = projectByName(exchange, 'artifact-label', 'delete');
  const row = findArtifact(project, addressOf(exchange));
  const id = Number(exchange.path['label']);
  const label = row.labels?.find((one) => one.id === id);
  if (label === undefined)
    throw notFound(`reference with label ${id} and artifact ${row.id} not found`);
  removeLabel(row, label);
  state.revision += 1;
  return done();
}

const ofArtifact = '/projects/{project}/repositories/{repository}/artifacts/{reference}/labels';

export const labelRoutes: readonly Route[] = [
  ['GET', '/labels', list],
  ['POST', '/labels', create],
  ['GET', '/labels/{label}', getOne],
  ['PUT', '/labels/{label}', update],
  ['DELETE', '/labels/{label}', remove],
  ['POST', ofArtifact, attach],
  ['DELETE', `${ofArtifact}/{label}`, detach],
];
