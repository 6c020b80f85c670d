import type { ReportFormat } from '../report-format.ts';
import { csv } from './csv.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { text } from './text.ts';

/** Every way to show a report. */
export const formats: readonly ReportFormat[] = [csv, html, json, text];
