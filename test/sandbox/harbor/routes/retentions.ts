import { HarborError, badRequest, internal, notFound, unauthorized } from '../errors.ts';
import { type Answer, type Exchange, bodyOf, created, done, listAnswer, ok } from '../http.ts';
import { isAuthenticated } from '../identity.ts';
import { omitEmpty } from '../json.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { mayInProject, refusal } from '../permissions.ts';
import { type ListQuery, parseListQuery } from '../query.ts';
import {
  type RetentionPolicy,
  type RetentionPolicyRow,
  checkPolicy,
  renderPolicy,
} from '../retention/policy.ts';
import { startRetention } from '../retention/run.ts';
import type { RetentionExecution, RetentionTask } from '../retention/state.ts';
import type { Route } from '../router.ts';
import { nextId } from '../state.ts';
import { requireText } from './job-log.ts';

function requireRetention(exchange: Exchange, projectId: number, action: string): void {
  const { state } = exchange.services;
  const project = state.projects.get(projectId);
  if (!mayInProject(state, exchange.identity, { project, resource: 'tag-retention', action }))
    throw refusal(exchange.identity);
}

function readPolicy(exchange: Exchange): RetentionPolicy {
  const body = bodyOf(exchange) as Partial<RetentionPolicy>;
  return {
    algorithm: body.algorithm ?? 'or',
    rules: body.rules ?? [],
    trigger: body.trigger,
    scope: body.scope,
  };
}

function create(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const policy = readPolicy(exchange);
  if (policy.scope?.level !== 'project')
    throw badRequest(`bad request: scope ${policy.scope?.level ?? ''} is not support`);
  const projectId = policy.scope.ref;
  requireRetention(exchange, projectId, 'create');
  checkPolicy(policy);
  const project = state.projects.get(projectId);
  if (project === undefined) throw notFound(`project ${projectId} not found`);
  const existing = project.metadata.get('retention_id');
  if (existing !== undefined)
    throw badRequest(`bad request: project ${projectId} already has retention policy ${existing}`);
  const id = nextId(state, 'retention');
  state.retentions.policies.set(id, { id, projectId, policy });
  project.metadata.set('retention_id', String(id));
  return created(`/api/v2.0/retentions/${id}`);
}

const policyId = (exchange: Exchange): number => Number(exchange.path['policy']);

/**
 * An unknown id is an internal error when reading and a bad request otherwise (docs/harbor.md#harbors-own-retention).
 */
function policyOf(
  exchange: Exchange,
  action: string,
  missing: () => HarborError,
): RetentionPolicyRow {
  const row = exchange.services.state.retentions.policies.get(policyId(exchange));
  if (row === undefined) throw isAuthenticated(exchange.identity) ? missing() : unauthorized();
  requireRetention(exchange, row.projectId, action);
  return row;
}

const noSuch = (exchange: Exchange) => (): HarborError =>
  badRequest(`bad request: no such Retention policy with id ${policyId(exchange)}`);

function getOne(exchange: Exchange): Answer {
  return ok(
    renderPolicy(policyOf(exchange, 'read', internal), exchange.services.state.clock.now()),
  );
}

function update(exchange: Exchange): Answer {
  const row = policyOf(exchange, 'update', internal);
  const policy = readPolicy(exchange);
  if (policy.scope?.level !== 'project' || policy.scope.ref !== row.projectId)
    throw notFound(`resource not found: the retention policy id ${row.id} does not match`);
  checkPolicy(policy);
  row.policy = policy;
  return done();
}

function remove(exchange: Exchange): Answer {
  const { state } = exchange.services;
  const row = policyOf(exchange, 'delete', noSuch(exchange));
  state.retentions.policies.delete(row.id);
  state.projects.get(row.projectId)?.metadata.delete('retention_id');
  return done();
}

function start(exchange: Exchange): Answer {
  const row = policyOf(exchange, 'update', noSuch(exchange));
  const execution = startRetention(
    exchange.services.state,
    row,
    bodyOf(exchange)['dry_run'] === true,
  );
  return created(`/api/v2.0/retentions/${row.id}/executions/${execution.id}`);
}

/** Without `page` these lists link to page 1 for ever (T12). */
function pageQuery(exchange: Exchange): ListQuery {
  const query = parseListQuery(exchange.params);
  return exchange.params.has('page') ? query : { ...query, page: 0 };
}

const wholeSeconds = (ms: number): string =>
  ms === 0 ? '0001-01-01T00:00:00.000Z' : `${new Date(ms).toISOString().slice(0, 19)}Z`;

const executionSpec: ListSpec<RetentionExecution> = {
  columns: [{ key: 'id', kind: 'integer', get: (row) => row.id }],
  defaultSort: [{ key: 'id', descending: true }],
};

const renderExecution = (execution: RetentionExecution): Record<string, unknown> => ({
  ...omitEmpty({ dry_run: execution.dryRun }),
  end_time: wholeSeconds(execution.endedAt),
  id: execution.id,
  policy_id: execution.policyId,
  start_time: new Date(execution.startedAt).toISOString(),
  status: execution.status,
  trigger: 'MANUAL',
});

function listExecutions(exchange: Exchange): Answer {
  const query = pageQuery(exchange);
  const row = policyOf(exchange, 'list', noSuch(exchange));
  const all = [...exchange.services.state.retentions.executions.values()].filter(
    (one) => one.policyId === row.id,
  );
  return listAnswer(exchange, query, {
    page: listRows(all.slice(-50), executionSpec, query),
    render: renderExecution,
  });
}

function executionOf(exchange: Exchange, row: RetentionPolicyRow): RetentionExecution {
  const id = exchange.path['execution'] ?? '';
  const execution = exchange.services.state.retentions.executions.get(Number(id));
  if (execution === undefined || execution.policyId !== row.id)
    throw notFound(`execution ${id} not found`);
  return execution;
}

function stop(exchange: Exchange): Answer {
  const execution = executionOf(exchange, policyOf(exchange, 'update', noSuch(exchange)));
  if (bodyOf(exchange)['action'] !== 'stop')
    throw badRequest("bad request: action should be 'stop'");
  if (execution.status === 'Running') execution.status = 'Stopped';
  return done();
}

const taskSpec: ListSpec<RetentionTask> = {
  columns: [{ key: 'id', kind: 'integer', get: (row) => row.id }],
  defaultSort: [{ key: 'id', descending: true }],
};

const renderTask = (task: RetentionTask): Record<string, unknown> => ({
  end_time: wholeSeconds(task.endedAt),
  execution_id: task.executionId,
  id: task.id,
  job_id: task.jobId,
  repository: task.repository,
  retained: task.retained,
  start_time: wholeSeconds(task.startedAt),
  status: task.status,
  status_code: task.status === 'Running' ? 2 : 3,
  total: task.total,
});

function listTasks(exchange: Exchange): Answer {
  const query = pageQuery(exchange);
  const execution = executionOf(exchange, policyOf(exchange, 'list', noSuch(exchange)));
  return listAnswer(exchange, query, {
    page: listRows(execution.tasks, taskSpec, query),
    render: renderTask,
  });
}

/** Text, whatever it is called: JSON that is none, to whoever accepts only that. */
function taskLog(exchange: Exchange): Answer {
  const execution = executionOf(exchange, policyOf(exchange, 'read', noSuch(exchange)));
  const id = exchange.path['task'] ?? '';
  const task = execution.tasks.find((one) => String(one.id) === id);
  if (task === undefined) throw notFound(`task ${id} not found`);
  requireText(exchange);
  const type = exchange.headers.accept === 'application/json' ? 'application/json' : 'text/plain';
  return { status: 200, headers: { 'Content-Type': type }, text: task.log };
}

const template = (name: string, text: string, unit?: string): unknown => ({
  action: 'retain',
  display_text: text,
  params: unit === undefined ? [] : [{ required: true, type: 'int', unit }],
  rule_template: name,
});

function metadatas(exchange: Exchange): Answer {
  if (!isAuthenticated(exchange.identity)) throw unauthorized();
  return ok({
    scope_selectors: [
      {
        decorations: ['repoMatches', 'repoExcludes'],
        display_text: 'Repositories',
        kind: 'doublestar',
      },
    ],
    tag_selectors: [
      { decorations: ['matches', 'excludes'], display_text: 'Tags', kind: 'doublestar' },
    ],
    templates: [
      template('latestPushedK', 'the most recently pushed # artifacts', 'COUNT'),
      template('latestPulledN', 'the most recently pulled # artifacts', 'COUNT'),
      template('nDaysSinceLastPush', 'pushed within the last # days', 'DAYS'),
      template('nDaysSinceLastPull', 'pulled within the last # days', 'DAYS'),
      template('always', 'always'),
    ],
  });
}

export const retentionRoutes: readonly Route[] = [
  ['GET', '/retentions/metadatas', metadatas],
  ['POST', '/retentions', create],
  ['GET', '/retentions/{policy}', getOne],
  ['PUT', '/retentions/{policy}', update],
  ['DELETE', '/retentions/{policy}', remove],
  ['GET', '/retentions/{policy}/executions', listExecutions],
  ['POST', '/retentions/{policy}/executions', start],
  ['PATCH', '/retentions/{policy}/executions/{execution}', stop],
  ['GET', '/retentions/{policy}/executions/{execution}/tasks', listTasks],
  ['GET', '/retentions/{policy}/executions/{execution}/tasks/{task}', taskLog],
];
