import { alwaysOnProtection } from '../protection.ts';

/** Holds the trash project: only a purge touches it. */
export const trashProject = alwaysOnProtection('trashProject', ({ projectName }, { trash }) =>
  trash !== 'off' && trash.project === projectName
    ? { all: { because: 'the project is the trash; only a purge empties it' } }
    : undefined,
);
