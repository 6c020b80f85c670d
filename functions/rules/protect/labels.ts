import * as z from 'zod';
import { protection } from '../protection.ts';

const allowed = 'a list of Harbor label names';

/** Holds artifacts with one of these labels; labels that were not read hold. */
export const labels = protection({
  key: 'labels',
  params: z
    .array(z.string({ error: 'a label name' }).min(1, { error: 'a label name' }), {
      error: allowed,
    })
    .prefault(['keep']),
  description: 'Harbor labels that hold an artifact, by name.',
  inRepository: (_around, named) => {
    if (named.length === 0) return undefined;
    return {
      each: ({ artifact }) => {
        if (artifact.labels === 'unknown') {
          return { because: 'its labels could not be read', unknown: 'labels' };
        }
        const held = artifact.labels.find((label) => named.includes(label));
        return held === undefined ? undefined : { because: `it has the label ${held}` };
      },
    };
  },
});
