import * as z from 'zod';
import { memoryKeys } from '../domain/store-keys.ts';
import { document, withFields } from './document.ts';

/** A change whose answer was lost. */
export interface Uncertain {
  readonly runId: string;
  /** A line of the run's records. */
  readonly line: string;
}

interface UncertainChanges {
  readonly version: 1;
  readonly open: readonly Uncertain[];
}

const uncertain = withFields<Uncertain>()({ runId: z.string(), line: z.string() });

/** Changes that are looked at again. Without it, those that are noted nowhere else stay uncertain. */
export const uncertainChanges = document(
  () => memoryKeys.uncertain,
  withFields<UncertainChanges>()({
    // One damaged entry takes no other with it.
    open: z
      .array(z.unknown())
      .transform((open) => open.filter((one) => uncertain.safeParse(one).success)),
  }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no list of uncertain changes' },
);
