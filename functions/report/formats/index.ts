import type { ReportFormat } from '../report-format.ts';
import { json } from './json.ts';
import { text } from './text.ts';

/** Every way to show a report. */
export const formats: readonly ReportFormat[] = [json, text];
