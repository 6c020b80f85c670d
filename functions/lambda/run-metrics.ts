import { metrics } from '../contract.ts';
import type { MetricUnit, RunSummary, SliceEnd, Telemetry } from '../ports.ts';
import type { Invocation } from './world.ts';

type MetricValue = readonly [value: number | undefined, unit: MetricUnit];

const figures = (run: RunSummary): Readonly<Record<string, MetricValue>> => ({
  [metrics.artifacts]: [run.artifacts, 'Count'],
  [metrics.condemned]: [run.condemned, 'Count'],
  [metrics.condemnedBytes]: [run.condemnedBytes, 'Bytes'],
  [metrics.deleted]: [run.deleted, 'Count'],
  [metrics.deletedBytes]: [run.deletedBytes, 'Bytes'],
  [metrics.purged]: [run.purged, 'Count'],
  [metrics.freedBytes]: [run.freedBytes, 'Bytes'],
  [metrics.trashArtifacts]: [run.trashWaiting, 'Count'],
  [metrics.trashBytes]: [run.trashWaitingBytes, 'Bytes'],
  [metrics.refusals]: [run.refusals, 'Count'],
  [metrics.warnings]: [run.warnings, 'Count'],
  [metrics.unplannable]: [run.unplannable, 'Count'],
  [metrics.requests]: [run.requests, 'Count'],
  [metrics.harborLatency]: [run.harborLatencyMs, 'Milliseconds'],
  [metrics.slices]: [run.slices, 'Count'],
  [metrics.duration]: [run.durationMs, 'Milliseconds'],
});

/** A finished run's numbers as metrics; what is not known is not sent, as nothing is not zero. */
export function recordFigures(run: RunSummary, telemetry: Telemetry): void {
  for (const [name, [value, unit]] of Object.entries(figures(run))) {
    if (value !== undefined) telemetry.metric(name, value, unit);
  }
}

/** That a run has ended, for the alarm that misses runs. */
export function recordEnd(end: 'finished' | 'refused', telemetry: Telemetry): void {
  telemetry.metric(metrics.runFinished, 1, 'Count');
  telemetry.metric(metrics.runRefused, end === 'refused' ? 1 : 0, 'Count');
}

/** Says what a run is about to wait for; and that it has ended, if all it waits for are figures. */
export function recordWait(
  end: SliceEnd,
  { telemetry }: Pick<Invocation, 'telemetry'>,
  isRecorded: boolean,
): SliceEnd {
  if (end.done || end.wait === undefined) return end;
  const { seconds, for: what } = end.wait;
  telemetry.info('waiting', { for: what, seconds });
  telemetry.metric(metrics.waiting, seconds * 1_000, 'Milliseconds');
  // A refused run collects nothing.
  if (end.isReported === true && !isRecorded && end.isRepeated !== true)
    recordEnd('finished', telemetry);
  return end;
}
