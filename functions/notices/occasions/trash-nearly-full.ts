import type { Occasion } from '../notice.ts';

/** Deletions stop when the trash is full. */
export const trashNearlyFull: Occasion = {
  kind: 'trash-nearly-full',
  severity: 'warning',
  lines: ({ report: { warnings } }) =>
    warnings
      .filter(({ code }) => code === 'trash-nearly-full')
      .map(({ message, remedy }) => `${message} ${remedy}`),
};
