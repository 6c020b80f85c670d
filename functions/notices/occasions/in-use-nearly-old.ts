import type { Occasion } from '../notice.ts';

/** A list of what workloads use is not written any more: soon everything in its scope is held. */
export const inUseNearlyOld: Occasion = {
  kind: 'in-use-nearly-old',
  severity: 'warning',
  lines: ({ report: { warnings } }) =>
    warnings
      .filter(({ code }) => code === 'in-use-nearly-old')
      .map(({ on, message, remedy }) => `${on}: ${message} ${remedy}`),
};
