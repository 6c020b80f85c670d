import type { Occasion } from '../notice.ts';

const shown = 5;

/** Somebody's push lost a link or a tag beside our deletions: the next garbage collection could take its layers. */
export const pushNotHealed: Occasion = {
  kind: 'push-not-healed',
  severity: 'error',
  lines: ({ report: { warnings } }) => {
    const open = warnings.filter(({ code }) => code === 'push-not-healed');
    const lines = open
      .slice(0, shown)
      .map(({ on, message, remedy }) => `${on}: ${message} ${remedy}`);
    const rest = open.length - lines.length;
    return rest > 0 ? [...lines, `… and ${rest} more pushes, in the report.`] : lines;
  },
};
