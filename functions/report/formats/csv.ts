import type { ReportFormat } from '../report-format.ts';
import type { ReportRow } from '../row-schema.ts';

type Cell = string | number;

/** Several tags or labels stand in one cell. */
const between = ' | ';

const columns: readonly { readonly head: string; readonly of: (row: ReportRow) => Cell }[] = [
  { head: 'project', of: ({ project }) => project },
  { head: 'repository', of: ({ repository }) => repository },
  { head: 'digest', of: ({ digest }) => digest },
  { head: 'tags', of: ({ tags }) => listed(tags) },
  { head: 'labels', of: ({ labels }) => listed(labels) },
  { head: 'type', of: ({ type }) => type },
  { head: 'size', of: ({ size }) => size },
  { head: 'pushedAt', of: ({ pushedAt }) => pushedAt ?? 'unknown' },
  { head: 'pulledAt', of: ({ pulledAt }) => pulledAt ?? '' },
  { head: 'fate', of: ({ fate }) => fate },
  { head: 'untag', of: ({ untag }) => listed(untag ?? []) },
  { head: 'reason', of: ({ reason }) => reason },
  { head: 'rule', of: ({ rule }) => rule ?? '' },
  { head: 'by', of: ({ by }) => by ?? '' },
  { head: 'goesAt', of: ({ goesAt }) => goesAt ?? '' },
  { head: 'explanation', of: ({ explanation }) => explanation },
];

function listed(texts: readonly string[] | null): string {
  return texts === null ? 'unknown' : texts.join(between);
}

/**
 * The rows for a spreadsheet: RFC 4180, with the mark by which Excel recognises UTF-8. A text that a spreadsheet
 * would take for a formula begins with an apostrophe (OWASP, "CSV Injection").
 */
export const csv: ReportFormat = {
  name: 'csv',
  extension: 'csv',
  contentType: 'text/csv; charset=utf-8',
  render: () => `\uFEFF${lineOf(columns.map(({ head }) => head))}`,
  row: (row) => lineOf(columns.map(({ of }) => of(row))),
};

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** Text is always quoted, numbers are not. */
function cellOf(cell: Cell): string {
  return typeof cell === 'number' ? String(cell) : `"${guarded(cell).replaceAll('"', '""')}"`;
}

// What spreadsheets take for the beginning of a formula, also in full width, and also after invisible characters.
const formula = /^[\s\p{C}\p{Z}]*[=+\-@＝＋－＠−]|^[\t\r\n]/u;

// Where commas are decimal marks, a spreadsheet cuts at these, and a new cell begins after them.
const formulaBehind = /([;\t\r\n|])(?=["'\s\p{C}\p{Z}]*[=+\-@＝＋－＠−])/gu;

/** The text, so that no cell of it is a formula; an apostrophe more, or the text itself. */
export function guarded(text: string): string {
  const inner = text.replace(formulaBehind, "$1'");
  return formula.test(inner) ? `'${inner}` : inner;
}
