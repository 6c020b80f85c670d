import type { Report } from './report-schema.ts';

/** One way to show a report; `render` is pure. */
export interface ReportFormat {
  readonly name: string;
  readonly extension: string;
  readonly contentType: string;
  readonly render: (report: Report) => string;
}
