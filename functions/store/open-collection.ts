import * as z from 'zod';
import type { CollectionState } from '../domain/collection.ts';
import { memoryKeys } from '../domain/store-keys.ts';
import { document, withFields } from './document.ts';

/** A garbage collection whose figures came too late for its run. */
export type OpenCollection = CollectionState & {
  readonly kind: 'running';
  /** The later run that has its figures. */
  readonly toldBy?: string;
};

/** Without it nobody reports what that collection freed, and nothing else is lost. */
export const openCollections = document(
  () => memoryKeys.collection,
  withFields<OpenCollection>()({ id: z.int() }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no garbage collection' },
);
