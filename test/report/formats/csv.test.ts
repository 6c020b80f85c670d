import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csv, guarded } from '../../../functions/report/formats/csv.ts';
import type { ReportRow } from '../../../functions/report/row-schema.ts';
import { hostile, shownReport, shownRow } from '../../support/shown-report.ts';

/** RFC 4180, strictly: CRLF between records, quotes doubled inside quotes and nowhere else. */
function parse(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let at = 0;
  const cell = (): string => {
    if (text[at] !== '"') {
      const [plain = ''] = /^[^",\r\n]*/.exec(text.slice(at, at + 100)) ?? [];
      at += plain.length;
      return plain;
    }
    let value = '';
    for (at += 1; ; at += 1) {
      if (at >= text.length) throw new Error('a quote is not closed');
      if (text[at] !== '"') value += text[at];
      else if (text[at + 1] === '"') value += text[(at += 1)];
      else break;
    }
    at += 1;
    return value;
  };
  while (at < text.length) {
    const record = [cell()];
    while (text[at] === ',') {
      at += 1;
      record.push(cell());
    }
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`no end of record at ${at}`);
    at += 2;
    records.push(record);
  }
  return records;
}

const head = csv.render(shownReport());
const cells = (row: ReportRow): readonly string[] => parse(csv.row?.(row) ?? '')[0] ?? [];
const column = (name: string): number => parse(head.slice(1))[0]?.indexOf(name) ?? -1;

/** What spreadsheets begin a formula with. */
const triggers = /^[\s\p{C}\p{Z}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212]|^[\t\r\n]/u;

const pieces = [
  ...Array.from('=+-@＝−\t\r\n \u00a0\ufeff;|,"\''),
  'cmd',
  'A1',
  'ü',
  '\u202e',
  '=HYPERLINK("http://x")',
];

/** Cells, formulas and separators more often than chance has them. */
const nasty = fc
  .array(fc.constantFrom(...pieces), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('a CSV of rows', () => {
  test('begins with the mark of UTF-8 and the names of the columns', () => {
    expect(head.startsWith('\uFEFF"project","repository","digest","tags"')).toBe(true);
    expect(cells(shownRow())).toHaveLength(parse(head.slice(1))[0]?.length ?? 0);
  });

  test('leaves digests, times, sizes and ordinary names as they are', () => {
    const row = shownRow({ tags: ['v1', 'v1.2'], labels: ['a b'] });
    const read = cells(row);
    const value = (name: string) => read[column(name)];
    expect(value('digest')).toBe(row.digest);
    expect(value('pushedAt')).toBe(row.pushedAt);
    expect(value('size')).toBe('1000000');
    expect(value('tags')).toBe('v1 | v1.2');
    expect(value('labels')).toBe('a b');
    expect(value('explanation')).toBe(row.explanation);
  });

  test('tells unknown tags from none', () => {
    expect(cells(shownRow({ tags: null }))[column('tags')]).toBe('unknown');
    expect(cells(shownRow({ tags: [] }))[column('tags')]).toBe('');
  });

  test('is read back as it was written, but for the apostrophes before formulas', () => {
    fc.assert(
      fc.property(nasty, fc.string({ unit: 'grapheme' }), (one, other) => {
        const read = cells(shownRow({ project: one, explanation: other }));
        expect(read[column('project')]).toBe(guarded(one));
        expect(read[column('explanation')]).toBe(guarded(other));
        expect(guarded(one).replaceAll("'", '')).toBe(one.replaceAll("'", ''));
      }),
      { numRuns: 500 },
    );
  });

  test('holds no formula, whatever a spreadsheet takes for the end of a cell', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const read = cells(shownRow({ project: text, tags: [text, text], rule: text }));
        for (const cell of read) {
          for (const part of [cell, ...cell.split(/[;\t\r\n|]/)])
            expect(part).not.toMatch(triggers);
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each(hostile.map((text) => ({ text })))('carries $text', ({ text }) => {
    expect(cells(shownRow({ repository: text }))[column('repository')]).toBe(guarded(text));
  });

  test.each([
    ['=1+1', "'=1+1"],
    [' \u00a0@SUM(A1)', "' \u00a0@SUM(A1)"],
    ['＝1', "'＝1"],
    ['a;=1', "a;'=1"],
    ['v1-rc', 'v1-rc'],
    ['a = b', 'a = b'],
  ])('writes %j as %j', (text, written) => {
    expect(guarded(text)).toBe(written);
  });
});
