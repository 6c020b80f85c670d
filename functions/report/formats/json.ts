import type { ReportFormat } from '../report-format.ts';

/** The report as machines read it; report-schema.ts is its schema. */
export const json: ReportFormat = {
  name: 'json',
  extension: 'json',
  contentType: 'application/json',
  render: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
};
