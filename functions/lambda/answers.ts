import { RetentionError } from '../errors.ts';
import type { RunSummary, SliceEnd } from '../ports.ts';
import { recordEnd, recordFigures } from './run-metrics.ts';
import type { Invocation } from './world.ts';

/** What a finished run answers; a failed one throws, so that the invocation fails and alarms see it. */
export interface RunResult {
  readonly end: 'finished' | 'refused';
  /** `s3://…` of the report. */
  readonly report: string;
  readonly summary: RunSummary;
}

/** What a start answers that was delivered twice: another execution works on its run. */
export interface ElsewhereResult {
  readonly end: 'elsewhere';
  readonly runId: string;
}

/** What a restore answers; its report lists every artifact. */
export interface RestoreResult {
  readonly report: string;
  readonly restored: number;
  readonly complete: number;
  readonly lost: number;
  readonly failed: number;
}

export type Answer = RunResult | ElsewhereResult | RestoreResult;

/** Says so in the log, and counts nothing. */
export function elsewhere(runId: string, { telemetry }: Invocation): ElsewhereResult {
  telemetry.info('this start was delivered twice; another execution works on its run', {
    run: runId,
  });
  return { end: 'elsewhere', runId };
}

/** The answer of a run that has ended, after its numbers were told, once. @throws RetentionError run-failed */
export function finish(
  end: SliceEnd & { done: true },
  invocation: Invocation,
  isRecorded: boolean,
): RunResult {
  const { telemetry, environment } = invocation;
  const report = `s3://${environment.bucket}/${environment.prefix}${end.reportKey}`;
  if (end.end === 'failed')
    throw new RetentionError(
      'run-failed',
      `Run ${end.summary.runId} failed; its report is ${report}`,
    );
  if (!isRecorded && end.isReported !== true) recordEnd(end.end, telemetry);
  if (end.isRepeated !== true) recordFigures(end.summary, telemetry);
  telemetry.flush();
  return { end: end.end, report, summary: end.summary };
}
