import { carryOut } from './carry-out.ts';

/** Deletes the copies in the trash whose time is over. */
export const purgeTrash = carryOut('purge');
