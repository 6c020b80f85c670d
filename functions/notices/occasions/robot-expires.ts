import type { Occasion } from '../notice.ts';

/** Once the robot has expired every run fails. */
export const robotExpires: Occasion = {
  kind: 'robot-expires',
  severity: 'warning',
  lines: ({ report: { warnings } }) =>
    warnings
      .filter(({ code }) => code === 'robot-expires')
      .map(({ message, remedy }) => `${message} ${remedy}`),
};
