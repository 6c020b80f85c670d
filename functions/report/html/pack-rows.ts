import type { ReportRow } from '../row-schema.ts';
import type { PackedRows } from './packed-rows.ts';

type Columns = {
  -readonly [K in keyof PackedRows]: PackedRows[K] extends readonly (infer T)[] ? T[] : never;
};

/** Takes rows one by one into columns. */
export interface RowPacker {
  readonly add: (row: ReportRow) => void;
  readonly count: () => number;
  readonly packed: () => PackedRows;
}

export function rowPacker(): RowPacker {
  const columns = emptyColumns();
  const numbers = new Map<string, number>();
  const word = (text: string | undefined): number => {
    if (text === undefined) return -1;
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    columns.words.push(text);
    return numbers.size - 1;
  };
  return {
    add: (row) => {
      columns.project.push(word(row.project));
      columns.repository.push(word(row.repository));
      columns.digest.push(row.digest.replace(/^sha256:/, ''));
      columns.tags.push(row.tags);
      columns.labels.push(row.labels);
      columns.type.push(word(row.type));
      columns.size.push(row.size);
      columns.pushed.push(seconds(row.pushedAt));
      columns.pulled.push(seconds(row.pulledAt));
      columns.goes.push(seconds(row.goesAt));
      columns.fate.push(word(row.fate));
      columns.reason.push(word(row.reason));
      columns.rule.push(word(row.rule));
      columns.by.push(word(row.by));
      columns.why.push(row.explanation);
    },
    count: () => columns.size.length,
    packed: () => columns,
  };
}

function seconds(time: string | null | undefined): number | null {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? null : Math.floor(at / 1000);
}

function emptyColumns(): Columns {
  return {
    words: [],
    project: [],
    repository: [],
    digest: [],
    tags: [],
    labels: [],
    type: [],
    size: [],
    pushed: [],
    pulled: [],
    goes: [],
    fate: [],
    reason: [],
    rule: [],
    by: [],
    why: [],
  };
}
