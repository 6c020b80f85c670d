import * as z from 'zod';
import { bytes, time } from './schema-fields.ts';

/** One artifact and its fate: a line of `artifacts/…/part-00001.ndjson.gz`. */
export const rowSchema = z.object({
  project: z.string(),
  repository: z.string(),
  digest: z.string(),
  id: z.int(),
  type: z.string(),
  size: bytes,
  tags: z.array(z.string()).nullable().describe('null: not known'),
  labels: z.array(z.string()).nullable(),
  pushedAt: time.nullable(),
  pulledAt: time.nullable().describe('null: never, or not known'),
  child: z
    .literal(true)
    .optional()
    .describe('an untagged part of an index, which counts with it and not for itself'),
  fate: z.enum(['keep', 'untag', 'delete']),
  untag: z.array(z.string()).optional().describe('tags that would be removed'),
  reason: z.string(),
  rule: z.string().optional(),
  by: z.string().optional().describe('condition or protection that decided'),
  goesAt: time.optional().describe('the day from which it would no longer be kept'),
  explanation: z.string(),
});

export type ReportRow = z.output<typeof rowSchema>;
