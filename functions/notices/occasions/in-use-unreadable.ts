import type { Occasion } from '../notice.ts';

/** What is running could not be read: everything in its scope is held, so nothing gets freed there. */
export const inUseUnreadable: Occasion = {
  kind: 'in-use-unreadable',
  severity: 'warning',
  lines: ({ report: { warnings } }) =>
    warnings
      .filter(({ code }) => code === 'in-use-unreadable')
      .map(({ on, message, remedy }) => `${on}: ${message} ${remedy}`),
};
