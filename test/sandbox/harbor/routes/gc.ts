import { HarborError, badRequest, internal, notFound, unprocessable } from '../errors.ts';
import { WINDOW_HOURS, startGc, stopGc } from '../gc.ts';
import type { GcExecution, GcParameters, GcSchedule } from '../gc-state.ts';
import {
  type Answer,
  type Exchange,
  bodyOf,
  created,
  done,
  emptyJson,
  listAnswer,
  ok,
} from '../http.ts';
import { renderTime } from '../json.ts';
import { type ListSpec, listRows } from '../listing.ts';
import { requireSystem } from '../permissions.ts';
import { parseListQuery } from '../query.ts';
import type { Route } from '../router.ts';
import type { State } from '../state.ts';
import { since } from '../version.ts';
import { requireText } from './job-log.ts';

const spec: ListSpec<GcExecution> = {
  columns: [
    { key: 'id', kind: 'integer', get: (row) => row.id },
    { key: 'status', kind: 'text', get: (row) => row.status },
    { key: 'trigger', kind: 'text', get: (row) => row.kind },
    { key: 'start_time', kind: 'time', get: (row) => row.createdAt },
    { key: 'update_time', kind: 'time', get: (row) => row.updatedAt },
  ],
  defaultSort: [
    { key: 'start_time', descending: true },
    { key: 'id', descending: true },
  ],
};

function parametersOf(state: State, execution: GcExecution): string {
  const { parameters, result } = execution;
  return JSON.stringify({
    ...(since(state.version, 15) ? { delete_tag: parameters.deleteTag } : {}),
    delete_untagged: parameters.deleteUntagged,
    dry_run: parameters.dryRun,
    ...(result === undefined || !since(state.version, 9)
      ? {}
      : {
          freed_space: result.freedSpace,
          purged_blobs: result.purgedBlobs,
          purged_manifests: result.purgedManifests,
        }),
    // Before 2.15.2 a password may stand here (T38).
    ...(since(state.version, 15, 2) ? {} : { redis_url_reg: 'redis://:not-for-logs@redis:6379/1' }),
    time_window: WINDOW_HOURS,
    workers: parameters.workers,
  });
}

const render = (state: State, execution: GcExecution): Record<string, unknown> => ({
  creation_time: renderTime(execution.createdAt),
  id: execution.id,
  job_kind: execution.kind,
  job_name: 'GARBAGE_COLLECTION',
  job_parameters: parametersOf(state, execution),
  job_status: execution.status,
  schedule: {
    next_scheduled_time: renderTime(0),
    type: execution.kind === 'MANUAL' ? 'Manual' : 'Schedule',
  },
  update_time: renderTime(execution.updatedAt),
});

/** Harbor keeps the newest 50. */
const kept = (state: State): readonly GcExecution[] => state.gc.executions.slice(-50);

function list(exchange: Exchange): Answer {
  const query = parseListQuery(exchange.params);
  requireSystem(exchange, 'garbage-collection', 'list');
  const { state } = exchange.services;
  return listAnswer(exchange, query, {
    page: listRows(kept(state), spec, query),
    render: (execution) => render(state, execution),
  });
}

function find(exchange: Exchange, missing: (id: string) => string): GcExecution {
  const id = exchange.path['gc'] ?? '';
  const execution = kept(exchange.services.state).find((one) => String(one.id) === id);
  if (execution === undefined) throw notFound(missing(id));
  return execution;
}

function getOne(exchange: Exchange): Answer {
  requireSystem(exchange, 'garbage-collection', 'read');
  return ok(
    render(
      exchange.services.state,
      find(exchange, (id) => `garbage collection execution ${id} not found`),
    ),
  );
}

function log(exchange: Exchange): Answer {
  requireSystem(exchange, 'garbage-collection', 'read');
  const missing = (id: string): string => `garbage collection ${id} log is not found`;
  const execution = find(exchange, missing);
  if (execution.log === '') throw notFound(missing(String(execution.id)));
  requireText(exchange);
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, text: execution.log };
}

/**
 * The id is not checked to be a collection's: another job's run is stopped as well
 * (docs/harbor.md#stopping-a-collection).
 */
function stop(exchange: Exchange): Answer {
  requireSystem(exchange, 'garbage-collection', 'stop');
  const { state } = exchange.services;
  const id = exchange.path['gc'] ?? '';
  const retention = state.retentions.executions.get(Number(id));
  if (retention !== undefined) {
    retention.status = 'Stopped';
    return done();
  }
  stopGc(
    state,
    find(exchange, () => `execution ${id} not found`),
  );
  return done();
}

/** A string is no boolean and counts as false, whatever it says (T46). */
function readParameters(state: State, body: Readonly<Record<string, unknown>>): GcParameters {
  const parameters = (body['parameters'] ?? {}) as Readonly<Record<string, unknown>>;
  const { workers } = parameters;
  const most = since(state.version, 13) ? 10 : 5;
  const counts = typeof workers === 'number' && since(state.version, 9);
  if (counts && (!Number.isInteger(workers) || workers < 1 || workers > most))
    throw badRequest(
      `Error: Invalid number of workers:%!s(float64=${workers}). The value should be between 1 and ${most}.`,
    );
  const untagged = parameters['delete_untagged'];
  return {
    // Until 2.1 leaving it out meant yes (T20).
    deleteUntagged: untagged === undefined ? !since(state.version, 2) : untagged === true,
    dryRun: parameters['dry_run'] === true && since(state.version, 1),
    workers: counts ? workers : 0,
    deleteTag: parameters['delete_tag'] === true,
  };
}

const types = new Set(['Manual', 'Hourly', 'Daily', 'Weekly', 'Custom', 'None', 'Schedule', '']);

function schedule(exchange: Exchange, action: 'create' | 'update'): Answer {
  requireSystem(exchange, 'garbage-collection', action);
  const { state } = exchange.services;
  const body = bodyOf(exchange);
  const wished = body['schedule'] as Readonly<Record<string, unknown>> | undefined;
  if (wished === undefined) throw internal();
  const type = typeof wished['type'] === 'string' ? wished['type'] : '';
  if (!types.has(type))
    throw unprocessable(
      'validation failure list:\nvalidation failure list:\nschedule.type in body should be one of [Hourly Daily Weekly Custom Manual None Schedule]',
    );
  const parameters = readParameters(state, body);
  if (type === 'Manual') {
    const execution = startNow(state, parameters);
    return action === 'create' ? created(`/api/v2.0/system/gc/${execution.id}`) : done();
  }
  if (type === 'None') state.gc.schedule = undefined;
  else if (type !== '' && type !== 'Schedule')
    state.gc.schedule = readSchedule(wished, type, parameters);
  return action === 'create' ? created('/api/v2.0/system/gc/0') : done();
}

/** Until 2.1 a second run was refused; from 2.2 on it queues (T22). */
function startNow(state: State, parameters: GcParameters): GcExecution {
  const busy = state.gc.executions.some((execution) => execution.status === 'Running');
  if (busy && !since(state.version, 2))
    throw new HarborError(409, 'CONFLICT', { message: 'a previous scheduled job is running' });
  return startGc(state, parameters);
}

const cronOf: Readonly<Record<string, string>> = {
  Hourly: '0 0 * * * *',
  Daily: '0 0 0 * * *',
  Weekly: '0 0 0 * * 0',
};

function readSchedule(
  wished: Readonly<Record<string, unknown>>,
  type: string,
  parameters: GcParameters,
): GcSchedule {
  const cron = cronOf[type] ?? (typeof wished['cron'] === 'string' ? wished['cron'] : '');
  if (!/^0( \S+){5}$/.test(cron))
    throw badRequest(`invalid cron string for scheduled garbage collection: ${cron}`);
  return { type, cron, parameters };
}

function getSchedule(exchange: Exchange): Answer {
  requireSystem(exchange, 'garbage-collection', 'read');
  const { state } = exchange.services;
  const current = state.gc.schedule;
  if (current === undefined) return emptyJson();
  const { parameters } = current;
  const now = renderTime(state.clock.now());
  return ok({
    creation_time: now,
    id: 1,
    job_kind: current.cron,
    job_parameters: JSON.stringify({
      delete_untagged: parameters.deleteUntagged,
      workers: parameters.workers,
    }),
    schedule: { cron: current.cron, next_scheduled_time: now, type: current.type },
    update_time: now,
  });
}

export const gcRoutes: readonly Route[] = [
  ['GET', '/system/gc', list],
  ['GET', '/system/gc/schedule', getSchedule],
  ['POST', '/system/gc/schedule', (exchange) => schedule(exchange, 'create')],
  ['PUT', '/system/gc/schedule', (exchange) => schedule(exchange, 'update')],
  ['GET', '/system/gc/{gc}', getOne],
  ['PUT', '/system/gc/{gc}', stop, 6],
  ['GET', '/system/gc/{gc}/log', log],
];
