import * as z from 'zod';
import type { ReportRow } from '../report/row-schema.ts';
import { lineOf, withFields } from './document.ts';

const storedRow = withFields<ReportRow>()({
  project: z.string(),
  repository: z.string(),
  digest: z.string(),
  fate: z.enum(['keep', 'untag', 'delete']),
  reason: z.string(),
});

/** A row of a report that this run wrote. @param where its place, for the message @throws RetentionError state-invalid */
export const rowIn = (line: string, where: string): ReportRow => lineOf(line, storedRow, where);
