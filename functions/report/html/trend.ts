import type { Report } from '../report-schema.ts';
import { counted, inBytes, inNumbers } from '../../domain/format-numbers.ts';
import { columns } from './bars.ts';
import { type Content, markup, type Markup } from './markup.ts';
import { inDay } from './status.ts';
import { section, table } from './table.ts';

type TrendRun = NonNullable<Report['trend']>[number];

interface Series {
  readonly title: string;
  readonly of: (run: TrendRun) => number | undefined;
  readonly words: (value: number) => string;
  /** The sum says more than the last one. */
  readonly isSummed?: boolean;
  /** On a phone only the picture shows it. */
  readonly minor?: boolean;
}

const series: readonly Series[] = [
  { title: 'Artifacts', of: ({ artifacts }) => artifacts, words: inNumbers, minor: true },
  { title: 'Bytes', of: ({ bytes }) => bytes, words: inBytes, minor: true },
  { title: 'Condemned', of: ({ condemned }) => condemned, words: inNumbers },
  { title: 'Deleted', of: ({ deleted }) => deleted, words: inNumbers },
  { title: 'In the trash before', of: ({ trash }) => trash, words: inNumbers, minor: true },
  {
    title: 'Freed by garbage collection',
    of: ({ freedBytes }) => freedBytes,
    words: inBytes,
    isSummed: true,
  },
];

/** The last runs, as pictures and as a table. */
export function trendSection({ trend = [] }: Report): Markup | undefined {
  if (trend.length < 2) return undefined;
  return section('trend', `The last ${counted(trend.length, 'run')}`, [
    markup`<div class="trend">${series.map((one) => panel(one, trend))}</div>`,
    markup`<details><summary>As a table</summary>${trendTable(trend)}</details>`,
  ]);
}

function panel({ title, of, words, isSummed }: Series, trend: readonly TrendRun[]): Content {
  const values = trend.map(of);
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  const last = values.at(-1);
  const span = `from ${words(Math.min(...known))} to ${words(Math.max(...known))}`;
  let sum = 0;
  for (const value of known) sum += value;
  const latest = last === undefined ? '–' : words(last);
  const now = isSummed === true ? `${words(sum)} in all` : latest;
  return markup`<figure><figcaption><span>${title}</span> <b>${now}</b></figcaption>${columns(
    values,
    `${title} over ${counted(trend.length, 'run')}: ${span}; now ${now === '–' ? 'not known' : now}.`,
  )}<p class="span">${span}</p></figure>`;
}

function trendTable(trend: readonly TrendRun[]): Markup {
  const cell =
    ({ of, words }: Series) =>
    (run: TrendRun): string => {
      const value = of(run);
      return value === undefined ? '–' : words(value);
    };
  return table(
    'The numbers of the last runs, newest first',
    [
      { head: 'Run', cell: ({ at }) => inDay(at) },
      {
        head: 'Kind',
        minor: true,
        cell: ({ mode, end }) =>
          end === 'refused' ? 'refused' : mode === 'apply' ? 'armed' : 'dry run',
      },
      ...series.map((one) => ({
        head: one.title,
        kind: 'number' as const,
        minor: one.minor ?? false,
        cell: cell(one),
      })),
    ],
    trend.toReversed(),
  );
}
