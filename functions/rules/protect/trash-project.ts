import { trashProjectOf } from '../../domain/trash.ts';
import { alwaysOnProtection } from '../protection.ts';

/** Holds the trash project: only a purge touches it. */
export const trashProject = alwaysOnProtection('trashProject', ({ projectName }, policy) =>
  trashProjectOf(policy) === projectName
    ? { all: { because: 'the project is the trash; only a purge empties it' } }
    : undefined,
);
