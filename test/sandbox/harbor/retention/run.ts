import { createHash } from 'node:crypto';
import { deleteArtifact } from '../actions/delete-artifact.ts';
import { HarborError } from '../errors.ts';
import type { ProjectRow, RepositoryRow } from '../rows.ts';
import { SelectorError } from '../selectors.ts';
import { type State, nextId } from '../state.ts';
import { RetentionError, candidatesOf, chooses, judge } from './evaluate.ts';
import type { RetentionPolicyRow, RetentionRule } from './policy.ts';
import type { RetentionExecution, RetentionTask } from './state.ts';
import { failedLog, finishedLog } from './task-log.ts';

/** How long a task takes here, and how much later its execution says so (docs/harbor.md#harbors-own-retention). */
const TASK_MS = 600;
const STATUS_LAG_MS = 9_000;

interface Work {
  readonly repository: RepositoryRow;
  readonly rules: readonly RetentionRule[];
  readonly dryRun: boolean;
}

function workOf(project: ProjectRow, rules: readonly RetentionRule[], dryRun: boolean): Work[] {
  return [...project.repositories.values()]
    .map((repository) => ({
      repository,
      rules: rules.filter((rule) => chooses(rule, repository)),
      dryRun,
    }))
    .filter((work) => work.rules.length > 0);
}

function execute(state: State, work: Work, task: RetentionTask): void {
  const { dryRun } = work;
  const at = state.clock.now();
  const candidates = candidatesOf(work.repository);
  const log = { repository: work.repository.name, dryRun, at, candidates };
  task.endedAt = at;
  try {
    const fates = judge(work.rules, candidates, at);
    task.total = candidates.length;
    task.retained = [...fates.values()].filter((fate) => fate !== 'DEL').length;
    task.log = finishedLog(log, fates);
    task.status = 'Success';
    if (dryRun) return;
    for (const [candidate, fate] of fates) if (fate === 'DEL') tryToDelete(state, candidate.row);
  } catch (error) {
    if (!(error instanceof RetentionError || error instanceof SelectorError)) throw error;
    const message =
      error instanceof SelectorError
        ? `artifact processing error: ${error.message}`
        : error.message;
    task.log = failedLog(log, message);
    task.status = 'Error';
  }
}

function tryToDelete(state: State, row: Parameters<typeof deleteArtifact>[1]): void {
  try {
    if (!row.deleted) deleteArtifact(state, row);
  } catch (error) {
    // A child that can't go yet, or an immutable tag: reported as ERR, and left.
    if (!(error instanceof HarborError)) throw error;
  }
}

/** Starts Harbor's own retention; tasks end soon, the execution says so later. */
export function startRetention(
  state: State,
  row: RetentionPolicyRow,
  dryRun: boolean,
): RetentionExecution {
  const now = state.clock.now();
  const project = state.projects.get(row.projectId);
  const execution: RetentionExecution = {
    id: nextId(state, 'execution'),
    policyId: row.id,
    dryRun,
    status: 'Running',
    startedAt: now,
    endedAt: 0,
    tasks: [],
  };
  state.retentions.executions.set(execution.id, execution);
  const works = project === undefined ? [] : workOf(project, row.policy.rules, dryRun);
  for (const work of works) {
    const id = nextId(state, 'task');
    const task: RetentionTask = {
      id,
      executionId: execution.id,
      repository: work.repository.shortName,
      jobId: createHash('sha256').update(String(id)).digest('hex').slice(0, 24),
      status: 'Running',
      total: 0,
      retained: 0,
      startedAt: now,
      endedAt: 0,
      log: '',
    };
    execution.tasks.push(task);
    state.clock.at(now + TASK_MS, () => execute(state, work, task));
  }
  const lag = works.length === 0 ? 0 : TASK_MS + STATUS_LAG_MS;
  state.clock.at(now + lag, () => {
    if (execution.status !== 'Running') return;
    execution.status = execution.tasks.some((task) => task.status === 'Error')
      ? 'Error'
      : 'Success';
    execution.endedAt = execution.tasks.at(-1)?.endedAt ?? state.clock.now();
  });
  return execution;
}
