import type { ReportRow } from './row-schema.ts';
import { type Report, reportSchema } from './report-schema.ts';
import { rowSchema } from './row-schema.ts';

export type ReadReport =
  { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly because: string };

/** A stored report, checked; newer fields are kept out, a newer version is refused. */
export function readReport(text: string): ReadReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, because: 'it is no JSON' };
  }
  const parsed = reportSchema.safeParse(value);
  if (parsed.success) return { ok: true, report: parsed.data };
  const issue = parsed.error.issues[0];
  return { ok: false, because: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
}

/** One line of a report's rows, or undefined if it is none. */
export function readRow(line: string): ReportRow | undefined {
  try {
    const parsed = rowSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
