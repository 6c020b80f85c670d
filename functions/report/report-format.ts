import type { EmbeddedRows } from './html/collect-rows.ts';
import type { Report } from './report-schema.ts';
import type { ReportRow } from './row-schema.ts';

/** One way to show a report; pure. */
export interface ReportFormat {
  readonly name: string;
  readonly extension: string;
  readonly contentType: string;
  /** The whole text, or what stands before the first row where there is `row`; a page holds the rows it is given. */
  readonly render: (report: Report, rows?: EmbeddedRows) => string;
  /** What each row adds, in a format that is made of rows. */
  readonly row?: (row: ReportRow) => string;
}
