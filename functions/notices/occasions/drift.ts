import type { Report } from '../../report/report-schema.ts';
import type { Occasion } from '../notice.ts';

function before(trend: Report['trend'] = [], runId: string): string {
  return trend.findLast((one) => one.runId !== runId)?.runId ?? 'PREVIOUS-RUN';
}

/** A rule deletes far more than it used to, or the registry shrank: what was expected is not so any more. */
export const drift: Occasion = {
  kind: 'drift',
  severity: 'warning',
  lines: ({ report: { refusals, trend, run }, address }) =>
    refusals.some(({ rail }) => rail === 'rule-drift' || rail === 'inventory-shrank')
      ? [
          `Compare with the run before: harbor-retention diff ${before(trend, run.id)} ${run.id} --out ${address}`,
        ]
      : [],
};
