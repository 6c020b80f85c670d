import { type Answer, type Exchange, bodyOf, created, emptyJson, listAnswer, ok } from '../http.ts';
import { omitEmpty, renderTime } from '../json.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { projectOf } from '../lookup.ts';
import { parseListQuery } from '../query.ts';
import type { Route } from '../router.ts';
import type { WebhookRow } from '../rows.ts';
import { nextId } from '../state.ts';

const spec: ListSpec<WebhookRow> = {
  columns: [
    { key: 'id', kind: 'integer', get: (row) => row.id },
    { key: 'name', kind: 'text', get: (row) => row.name },
  ],
  defaultSort: [{ key: 'id', descending: true }],
};

const render = (row: WebhookRow): Record<string, unknown> => ({
  creation_time: renderTime(row.createdAt),
  enabled: row.enabled,
  event_types: row.eventTypes,
  id: row.id,
  name: row.name,
  project_id: row.projectId,
  targets: row.targets.map((target) => omitEmpty(target)),
  update_time: renderTime(row.createdAt),
});

function list(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  const project = projectOf(exchange, 'notification-policy', 'list');
  const rows = [...exchange.services.state.webhooks.values()].filter(
    (row) => row.projectId === project.id,
  );
  return listAnswer(exchange, query, { page: listRows(rows, spec, query), render });
}

function create(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const project = projectOf(exchange, 'notification-policy', 'create');
  const body = bodyOf(exchange);
  const row: WebhookRow = {
    id: nextId(state, 'webhook'),
    projectId: project.id,
    name: typeof body['name'] === 'string' ? body['name'] : '',
    enabled: body['enabled'] === true,
    eventTypes: (body['event_types'] ?? []) as string[],
    targets: (body['targets'] ?? []) as Record<string, unknown>[],
    createdAt: state.clock.now(),
  };
  state.webhooks.set(row.id, row);
  return created(`${exchange.rawPath}/${row.id}`);
}

const events = {
  event_type: [
    'PUSH_ARTIFACT',
    'PULL_ARTIFACT',
    'DELETE_ARTIFACT',
    'QUOTA_EXCEED',
    'QUOTA_WARNING',
    'SCANNING_FAILED',
    'SCANNING_STOPPED',
    'SCANNING_COMPLETED',
    'REPLICATION',
    'TAG_RETENTION',
  ],
  notify_type: ['http', 'slack'],
  payload_formats: [{ formats: ['Default', 'CloudEvents'], notify_type: 'http' }],
};

function listEvents(exchange: Exchange): Answer {
  projectOf(exchange, 'notification-policy', 'read');
  return ok(events);
}

/** No scanner: an empty answer. */
function scanner(exchange: Exchange): Answer {
  projectOf(exchange, 'scanner', 'read');
  return emptyJson();
}

export const webhookRoutes: readonly Route[] = [
  ['GET', '/projects/{project}/webhook/policies', list],
  ['POST', '/projects/{project}/webhook/policies', create],
  ['GET', '/projects/{project}/webhook/events', listEvents],
  ['GET', '/projects/{project}/scanner', scanner],
];
