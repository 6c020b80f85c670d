import * as z from 'zod';
import { stateKeys } from '../domain/store-keys.ts';
import type { ManifestRow } from '../ledger/manifest.ts';
import type { Ledger } from '../report/ledger-schema.ts';
import { document, withFields } from './document.ts';

/** What a run's plan frees, or why there are no figures. It decides nothing: without it, it is added up again. */
export const ledgerSections = document(
  (runId: string) => stateKeys(runId).ledger,
  withFields<Ledger>()({ kind: z.enum(['off', 'figures']) }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no ledger' },
);

/** A row of the ledger, which the join over all rows reads by position. There are millions: only the first field is looked at. */
export const ledgerRow = z.custom<ManifestRow>(
  (row) => Array.isArray(row) && typeof row[0] === 'string',
);
