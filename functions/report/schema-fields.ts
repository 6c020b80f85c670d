import * as z from 'zod';

/** Fields that report and rows share. */
export const count = z.int().nonnegative();
export const time = z.iso.datetime().describe('RFC 3339, UTC');
export const bytes = count.describe(
  'bytes; sums of artifact sizes, in which shared layers count each time',
);
