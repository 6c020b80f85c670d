import type { Occasion } from '../notice.ts';

/** The run ended with an error. */
export const failed: Occasion = {
  kind: 'failed',
  severity: 'error',
  lines: ({ report: { error } }) =>
    error === undefined ? [] : [`The run failed: ${error.message} ${error.remedy}`.trim()],
};
