import { carryOut } from './carry-out.ts';

/** Deletes what the plan condemns, into the trash where there is one. */
export const applyDeletions = carryOut('deletions');
