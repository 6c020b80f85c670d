import type { AuditRow } from '../audit.ts';
import { HarborError, forbidden } from '../errors.ts';
import { type Answer, type Exchange, listAnswer, ok } from '../http.ts';
import { isAuthenticated, usernameOf } from '../identity.ts';
import { renderTime } from '../json.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { projectOf } from '../lookup.ts';
import { mayInProject, maySystem } from '../permissions.ts';
import { parseListQuery } from '../query.ts';
import type { Route } from '../router.ts';
import { since } from '../version.ts';

const spec: ListSpec<AuditRow> = {
  columns: [
    { key: 'id', kind: 'integer', get: (row) => row.id },
    { key: 'project_id', kind: 'integer', get: (row) => row.projectId },
    { key: 'operation', kind: 'text', get: (row) => row.operation },
    { key: 'resource_type', kind: 'text', get: (row) => row.resourceType },
    { key: 'resource', kind: 'text', get: (row) => row.resource },
    { key: 'username', kind: 'text', get: (row) => row.username },
    { key: 'op_time', kind: 'time', get: (row) => row.at },
    { key: 'op_result', kind: 'boolean', get: () => true },
  ],
  defaultSort: [{ key: 'op_time', descending: true }],
};

const plain = (row: AuditRow): Record<string, unknown> => ({
  id: row.id,
  op_time: renderTime(row.at),
  operation: row.operation,
  resource: row.resource,
  resource_type: row.resourceType,
  username: row.username,
});

const extended = (row: AuditRow): Record<string, unknown> => ({
  ...plain(row),
  operation_description: row.description,
  operation_result: true,
});

function answer(exchange: Exchange, rows: readonly AuditRow[], isExtended: boolean): Answer {
  const { state } = exchange.services;
  const recorded = since(state.version, 13);
  const query = parseListQuery(exchange.params);
  // From 2.13 on the old lists get nothing new (T33).
  const page = listRows(isExtended === recorded ? rows : [], spec, query);
  return listAnswer(exchange, query, { page, render: isExtended ? extended : plain });
}

function ofProject(exchange: Exchange, isExtended: boolean): Answer {
  parseListQuery(exchange.params);
  const project = projectOf(exchange, 'log', 'list');
  const rows = exchange.services.state.auditLog.filter((row) => row.projectId === project.id);
  return answer(exchange, rows, isExtended);
}

/** All rows with the permission, else those of projects whose log one may read; a robot without it: none (T33). */
function ofAll(exchange: Exchange, isExtended: boolean): Answer {
  const { identity, services } = exchange;
  const { state } = services;
  if (!isAuthenticated(identity)) throw new HarborError(401, 'UNAUTHORIZED', { message: '' });
  if (maySystem(identity, 'audit-log', 'list')) return answer(exchange, state.auditLog, isExtended);
  const visible = state.auditLog.filter((row) => {
    const project = state.projects.get(row.projectId);
    if (identity.kind !== 'user' || project === undefined) return false;
    return mayInProject(state, identity, { project, resource: 'log', action: 'list' });
  });
  return answer(exchange, visible, isExtended);
}

const eventTypes = [
  'create_artifact',
  'delete_artifact',
  'pull_artifact',
  'create_project',
  'delete_project',
  'delete_repository',
  'login_user',
  'logout_user',
  'create_user',
  'delete_user',
  'update_user',
  'create_robot',
  'delete_robot',
  'update_configuration',
];

function events(exchange: Exchange): Answer {
  if (!maySystem(exchange.identity, 'audit-log', 'list'))
    throw forbidden(usernameOf(exchange.identity));
  return ok(eventTypes.map((type) => ({ event_type: type })));
}

export const auditRoutes: readonly Route[] = [
  ['GET', '/audit-logs', (exchange) => ofAll(exchange, false)],
  ['GET', '/auditlog-exts', (exchange) => ofAll(exchange, true), 13],
  ['GET', '/auditlog-exts/events', events, 13],
  ['GET', '/projects/{project}/logs', (exchange) => ofProject(exchange, false)],
  ['GET', '/projects/{project}/auditlog-exts', (exchange) => ofProject(exchange, true), 13],
];
