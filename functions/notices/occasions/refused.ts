import type { Occasion } from '../notice.ts';

const shown = 5;

/** Guard refused the plan: nothing was deleted, and somebody has to look. */
export const refused: Occasion = {
  kind: 'refused',
  severity: 'warning',
  lines: ({ report: { refusals } }) => {
    const lines = refusals
      .slice(0, shown)
      .map(
        ({ rail, on, found, allowed, remedy }) =>
          `Refused by ${rail} on ${on}: ${found}; allowed: ${allowed}. ${remedy}`,
      );
    const rest = refusals.length - lines.length;
    return rest > 0 ? [...lines, `… and ${rest} more refusals.`] : lines;
  },
};
