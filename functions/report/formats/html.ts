import { noRows } from '../html/collect-rows.ts';
import { pageOf } from '../html/page.ts';
import type { ReportFormat } from '../report-format.ts';

/** The report as people read it in a browser: one file that needs nothing else. */
export const html: ReportFormat = {
  name: 'html',
  extension: 'html',
  contentType: 'text/html; charset=utf-8',
  render: (report, rows) => pageOf(report, rows ?? noRows),
};
