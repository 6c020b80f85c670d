import type { Plan } from '../domain/plan.ts';
import type { RunSummary } from '../ports.ts';
import type { Report } from '../report/report-schema.ts';
import type { RunState } from '../store/run-state.ts';

/** A run's answer in a few numbers, from its plan and its report. */
export function summaryOf(state: RunState, plan: Plan, report: Report): RunSummary {
  const { population } = plan;
  return {
    runId: state.runId,
    mode: state.mode,
    artifacts: population.artifacts,
    condemned: population.deletions,
    condemnedBytes: population.deletionBytes,
    deleted: report.applied?.deleted ?? 0,
    refusals: report.refusals.length,
    warnings: report.warnings.length,
    unplannable: population.unplannable,
    deletedBytes: report.applied?.deletedBytes ?? 0,
    purged: report.applied?.purged ?? 0,
    ...latencyOf(report.requests),
    ...(report.trash === undefined ? {} : trashBefore(report.trash)),
  };
}

function trashBefore(
  trash: NonNullable<Report['trash']>,
): Pick<RunSummary, 'trashWaiting' | 'trashWaitingBytes'> {
  const { due, deferred, waiting, dueBytes, waitingBytes } = trash;
  return { trashWaiting: due + deferred + waiting, trashWaitingBytes: dueBytes + waitingBytes };
}

function latencyOf({ sent, waitedMs }: Report['requests']): Pick<RunSummary, 'harborLatencyMs'> {
  return sent === 0 ? {} : { harborLatencyMs: Math.round((waitedMs / sent) * 10) / 10 };
}
