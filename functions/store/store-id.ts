import * as z from 'zod';
import { storeKeys } from '../domain/store-keys.ts';
import { document } from './document.ts';

/** By which this store claims a trash project. An armed run makes it where there is none, and never replaces it. */
export const storeIds = document(
  () => storeKeys.store,
  z.looseObject({ version: z.number().default(1), id: z.string() }),
  { version: 1, whenDamaged: 'forget', isNot: 'holds no id of a store' },
);
