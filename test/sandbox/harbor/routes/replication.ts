import { notFound } from '../errors.ts';
import { type Answer, type Exchange, bodyOf, created, done, listAnswer, ok } from '../http.ts';
import { omitEmpty, renderTime } from '../json.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { requireSystem } from '../permissions.ts';
import { type ListQuery, parseListQuery } from '../query.ts';
import type { Route } from '../router.ts';
import type { RegistryRow, ReplicationPolicyRow } from '../replication.ts';
import { type State, nextId } from '../state.ts';

const byName = <Row extends { readonly id: number; readonly name: string }>(): ListSpec<Row> => ({
  columns: [
    { key: 'id', kind: 'integer', get: (row) => row.id },
    { key: 'name', kind: 'text', get: (row) => row.name },
  ],
  defaultSort: [{ key: 'id', descending: true }],
});

/** `name=` is a filter of its own beside `q`. */
function named(exchange: Exchange, query: ListQuery): ListQuery {
  const name = exchange.params.get('name');
  if (name === null || name === '') return query;
  return {
    ...query,
    filters: new Map([...query.filters, ['name', { kind: 'fuzzy', value: name }]]),
  };
}

const renderRegistry = (row: RegistryRow): Record<string, unknown> => ({
  creation_time: renderTime(row.createdAt),
  credential: { access_key: row.accessKey, access_secret: '*****', type: 'basic' },
  id: row.id,
  insecure: row.insecure,
  name: row.name,
  status: 'healthy',
  type: row.type,
  update_time: renderTime(row.createdAt),
  url: row.url,
});

function listRegistries(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  requireSystem(exchange, 'registry', 'list');
  const page = listRows(
    exchange.services.state.registries.values(),
    byName<RegistryRow>(),
    named(exchange, query),
  );
  return listAnswer(exchange, query, { page, render: renderRegistry });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function createRegistry(exchange: Exchange): Answer {
  requireSystem(exchange, 'registry', 'create');
  const { state } = exchange.services;
  const body = bodyOf(exchange);
  const credential = (body['credential'] ?? {}) as Readonly<Record<string, unknown>>;
  const row: RegistryRow = {
    id: nextId(state, 'registry'),
    name: text(body['name']),
    type: text(body['type']),
    url: text(body['url']),
    accessKey: text(credential['access_key']),
    insecure: body['insecure'] === true,
    createdAt: state.clock.now(),
  };
  state.registries.set(row.id, row);
  return created(`/api/v2.0/registries/${row.id}`);
}

function registryOf(exchange: Exchange): RegistryRow {
  const id = exchange.path['registry'] ?? '';
  const row = exchange.services.state.registries.get(Number(id));
  if (row === undefined) throw notFound(`registry ${id} not found`);
  return row;
}

function removeRegistry(exchange: Exchange): Answer {
  requireSystem(exchange, 'registry', 'delete');
  exchange.services.state.registries.delete(registryOf(exchange).id);
  return done();
}

function getRegistry(exchange: Exchange): Answer {
  requireSystem(exchange, 'registry', 'read');
  return ok(renderRegistry(registryOf(exchange)));
}

/** This Harbor itself, as the other side of a rule. */
const local = (exchange: Exchange): Record<string, unknown> => ({
  creation_time: renderTime(0),
  credential: { access_secret: '*****', type: 'secret' },
  id: 0,
  insecure: true,
  name: 'Local',
  status: 'healthy',
  type: 'harbor',
  update_time: renderTime(0),
  url: exchange.services.url(),
});

function side(exchange: Exchange, id: number): Record<string, unknown> {
  const registry = exchange.services.state.registries.get(id);
  return registry === undefined ? local(exchange) : renderRegistry(registry);
}

function renderPolicy(exchange: Exchange, row: ReplicationPolicyRow): Record<string, unknown> {
  return {
    copy_by_chunk: false,
    creation_time: renderTime(row.createdAt),
    dest_namespace: row.destNamespace,
    dest_namespace_replace_count: row.destReplaceCount,
    dest_registry: side(exchange, row.destRegistryId),
    ...omitEmpty({
      deletion: row.replicateDeletion,
      enabled: row.enabled,
      replicate_deletion: row.replicateDeletion,
    }),
    filters: row.filters,
    id: row.id,
    name: row.name,
    override: row.override,
    single_active_replication: false,
    speed: 0,
    src_registry: side(exchange, row.srcRegistryId),
    trigger: row.trigger,
    update_time: renderTime(row.createdAt),
  };
}

function listPolicies(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  requireSystem(exchange, 'replication-policy', 'list');
  const rows = exchange.services.state.replicationPolicies.values();
  const page = listRows(rows, byName<ReplicationPolicyRow>(), named(exchange, query));
  return listAnswer(exchange, query, { page, render: (row) => renderPolicy(exchange, row) });
}

const registryId = (value: unknown): number =>
  Number((value as { id?: unknown } | undefined)?.id ?? 0);

function readPolicy(state: State, body: Readonly<Record<string, unknown>>): ReplicationPolicyRow {
  // Where both names are sent, the older one decides.
  const deletion = body['deletion'] ?? body['replicate_deletion'];
  return {
    id: nextId(state, 'policy'),
    name: text(body['name']),
    enabled: body['enabled'] === true,
    replicateDeletion: deletion === true,
    override: body['override'] === true,
    trigger: (body['trigger'] ?? { type: 'manual' }) as ReplicationPolicyRow['trigger'],
    filters: (body['filters'] ?? []) as ReplicationPolicyRow['filters'],
    destNamespace: text(body['dest_namespace']),
    destReplaceCount: Number(body['dest_namespace_replace_count'] ?? 0),
    srcRegistryId: registryId(body['src_registry']),
    destRegistryId: registryId(body['dest_registry']),
    createdAt: state.clock.now(),
  };
}

function createPolicy(exchange: Exchange): Answer {
  requireSystem(exchange, 'replication-policy', 'create');
  const { state } = exchange.services;
  const row = readPolicy(state, bodyOf(exchange));
  state.replicationPolicies.set(row.id, row);
  return created(`/api/v2.0/replication/policies/${row.id}`);
}

function policyOf(exchange: Exchange): ReplicationPolicyRow {
  const id = exchange.path['policy'] ?? '';
  const row = exchange.services.state.replicationPolicies.get(Number(id));
  if (row === undefined) throw notFound(`replication policy ${id} not found`);
  return row;
}

function getPolicy(exchange: Exchange): Answer {
  requireSystem(exchange, 'replication-policy', 'read');
  return ok(renderPolicy(exchange, policyOf(exchange)));
}

function removePolicy(exchange: Exchange): Answer {
  requireSystem(exchange, 'replication-policy', 'delete');
  exchange.services.state.replicationPolicies.delete(policyOf(exchange).id);
  return done();
}

function listExecutions(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  requireSystem(exchange, 'replication', 'list');
  return listAnswer(exchange, query, { page: { rows: [], total: 0 }, render: (row) => row });
}

export const replicationRoutes: readonly Route[] = [
  ['GET', '/registries', listRegistries],
  ['POST', '/registries', createRegistry],
  ['GET', '/registries/{registry}', getRegistry],
  ['DELETE', '/registries/{registry}', removeRegistry],
  ['GET', '/replication/policies', listPolicies],
  ['POST', '/replication/policies', createPolicy],
  ['GET', '/replication/policies/{policy}', getPolicy],
  ['DELETE', '/replication/policies/{policy}', removePolicy],
  ['GET', '/replication/executions', listExecutions],
];
