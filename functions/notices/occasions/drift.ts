import type { Occasion } from '../notice.ts';

/** A rule deletes far more than it used to, or the registry shrank: what was expected is not so any more. */
export const drift: Occasion = {
  kind: 'drift',
  severity: 'warning',
  lines: ({ report: { refusals } }) =>
    refusals.some(({ rail }) => rail === 'rule-drift' || rail === 'inventory-shrank')
      ? ['Compare with the run before: harbor-retention diff PREVIOUS-RUN latest.']
      : [],
};
