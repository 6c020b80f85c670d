import { formatInstant, type Instant } from '../domain/instant.ts';
import { dayOfRun } from '../domain/run-id.ts';

/** Keys of what a run leaves behind; they sort by time and carry the run's id. */
export interface ReportKeys {
  readonly report: string;
  readonly part: (index: number) => string;
  /** Below which the records of what was done lie; a restore works from them. */
  readonly records: string;
  readonly record: (batch: string) => string;
  /** Below which lies, per project, what was healed behind its deletions. */
  readonly healings: string;
  readonly healing: (work: string) => string;
}

/**
 * `reports/runs/2026/11/21/<run>.json` and `reports/artifacts/2026/11/21/<run>/part-00001.ndjson.gz`; the day is that of
 * the id. @throws RangeError for a text that is no id of a run
 */
export function reportKeys(runId: string): ReportKeys {
  const day = dayOfRun(runId);
  const records = `reports/records/${day}/${runId}/`;
  const healings = `reports/healing/${day}/${runId}/`;
  return {
    healings,
    healing: (work) => `${healings}${work}.json`,
    records,
    record: (batch) => `${records}${batch}.ndjson.gz`,
    report: `reports/runs/${day}/${runId}.json`,
    part: (index) =>
      `reports/artifacts/${day}/${runId}/part-${String(index + 1).padStart(5, '0')}.ndjson.gz`,
  };
}

/** `reports/restores/2026/11/21/<what>-<time>.json`. */
export function restoreKey(what: string, at: Instant): string {
  const time = formatInstant(at);
  const day = time.slice(0, 10).replaceAll('-', '/');
  return `reports/restores/${day}/${what}-${time.slice(0, 19).replaceAll(':', '')}Z.json`;
}

/** Written last: the newest report, whole. */
export const latestReport = 'reports/latest.json';

/** The page of a report lies beside it. */
export function pageKey(reportKey: string): string {
  return reportKey.replace(/\.json$/, '.html');
}

/** The page of the newest report. */
export const latestPage = 'reports/latest.html';
