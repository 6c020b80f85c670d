import { gzipSync } from 'node:zlib';
import type { ReportRow } from '../row-schema.ts';
import { rowPacker } from './pack-rows.ts';

/** Rows that a page holds; a browser searches them in a few milliseconds. */
export const mostRows = 50_000;

/** Rows as they stand in a page. */
export interface EmbeddedRows {
  /** Rows in the page; of more, those that go come first. */
  readonly held: number;
  /** Base64 of gzipped JSON (packed-rows.ts). */
  readonly text: string;
}

/** What a page without rows holds. */
export const noRows: EmbeddedRows = { held: 0, text: '' };

const isKept = /"fate":"keep"/;

/**
 * Takes a run's rows, line by line, and keeps what a page holds: up to `most`, what goes before what stays. Memory is
 * bounded by `most`, whatever the number of lines. `parse` reads a line; undefined leaves it out.
 */
export async function collectRows(
  lines: AsyncIterable<string>,
  parse: (line: string) => ReportRow | undefined,
  most: number = mostRows,
): Promise<EmbeddedRows> {
  const going: string[] = [];
  const staying: string[] = [];
  for await (const line of lines) {
    if (!isKept.test(line)) {
      going.push(line);
      if (going.length + staying.length > most) staying.pop();
      if (going.length >= most) break;
    } else if (going.length + staying.length < most) staying.push(line);
  }
  const packer = rowPacker();
  for (const line of [...going, ...staying]) {
    const row = parse(line);
    if (row !== undefined) packer.add(row);
  }
  if (packer.count() === 0) return noRows;
  return {
    held: packer.count(),
    text: gzipSync(JSON.stringify(packer.packed())).toString('base64'),
  };
}
