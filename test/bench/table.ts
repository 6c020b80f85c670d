import { availableParallelism, totalmem } from 'node:os';
import type { Measured } from './child.ts';

/** One measurement at its full size and, where growth is of interest, at a tenth of it. */
export interface Line {
  readonly what: string;
  readonly artifacts: number;
  readonly full: Measured;
  readonly tenth?: { readonly artifacts: number; readonly measured: Measured };
  readonly note: string;
}

const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Two significant digits below ten, whole numbers above. */
export function short(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : count.format(value);
}

/** k in "grows with the k-th power": 1 is linear; n log n between these sizes is about 1.1. */
function exponent(line: Line, of: (measured: Measured) => number): string {
  const { tenth } = line;
  if (tenth === undefined) return '';
  const growth = of(line.full) / of(tenth.measured);
  return (Math.log(growth) / Math.log(line.artifacts / tenth.artifacts)).toFixed(2);
}

/** As Markdown. */
export function table(lines: readonly Line[]): string {
  const head = [
    'what',
    'artifacts',
    'seconds',
    'CPU s',
    'peak MiB',
    'CPU grows with n^',
    'memory with n^',
    '',
  ];
  const rows = lines.map((line) => [
    line.what,
    line.artifacts === 0 ? '' : count.format(line.artifacts),
    short(line.full.seconds),
    short(line.full.cpuSeconds),
    count.format(line.full.peakMiB),
    exponent(line, ({ cpuSeconds }) => cpuSeconds),
    exponent(line, ({ peakMiB }) => peakMiB),
    line.note,
  ]);
  return markdown(head, rows);
}

/** A table of Markdown: the first column is flush left, as is one without a heading, the others right. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const align = head.map((title, index) => (index === 0 || title === '' ? '---' : '--:'));
  return [head, align, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The machine, by cores and memory only. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const [node = ''] = process.versions.node.split('.');
  return `${availableParallelism()} cores, ${memory} GiB of memory, Node ${node}`;
}
