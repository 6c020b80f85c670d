import { counted, inBytes, inNumbers } from '../../domain/format-numbers.ts';
import type {
  BacktestDocument,
  BacktestNight,
  BacktestRegret,
  BacktestSide,
} from '../backtest-schema.ts';
import {
  goesInWords,
  inMinute,
  type NightFigures,
  refusalLines,
  regretName,
  spaceAfter,
  spaceAsItWas,
  undoInWords,
  wantedInWords,
  watchLines,
} from '../backtest-words.ts';
import { columns } from './bars.ts';
import { type Curve, curves, legend } from './curve.ts';
import { type Content, markup, type Markup } from './markup.ts';
import { type Column, name, section, table } from './table.ts';

/** Regrets that the page shows; all of them stand in the JSON. */
const shownRegrets = 100;

/** Space over the nights, as it was and as it would have been, and what went each night. */
export function spaceSection({ nights, inForce }: BacktestDocument): Markup | undefined {
  if (nights.length < 2) return undefined;
  const others = nights.flatMap((night) => night.inForce ?? []);
  const all: readonly Curve[] = [
    { kind: 'was', name: 'as it was', values: nights.map(spaceAsItWas) },
    {
      kind: 'own',
      name: 'this policy',
      values: nights.map(({ candidate }) => spaceAfter(candidate)),
    },
    ...(inForce === undefined
      ? []
      : [{ kind: 'other', name: 'the policy in force', values: others.map(spaceAfter) } as const]),
  ];
  const words = all.map(({ name: who, values }) => {
    const [first = 0, last = 0] = [values[0], values.at(-1)];
    return `${who} from ${inBytes(first)} to ${inBytes(last)}`;
  });
  const most = Math.max(...all.flatMap(({ values }) => values));
  return section('space', 'Space', [
    legend(all),
    markup`<figure class="wide">${curves(all, `Space over ${counted(nights.length, 'night')}: ${words.join('; ')}.`)}<p class="span">from 0 to ${inBytes(most)}, ${inMinute(nights[0]?.at ?? '')} to ${inMinute(nights.at(-1)?.at ?? '')} UTC; what is listed and what lies in the trash, at most</p></figure>`,
    markup`<div class="trend">${[
      gonePanel('Gone each night', nights, ({ candidate }) => candidate),
      inForce === undefined
        ? undefined
        : gonePanel('Gone each night, in force', nights, (night) => night.inForce),
    ]}</div>`,
  ]);
}

function gonePanel(
  title: string,
  nights: readonly BacktestNight[],
  of: (night: BacktestNight) => NightFigures | undefined,
): Content {
  const values = nights.map((night) => of(night)?.gone.artifacts ?? 0);
  const refused = nights.filter((night) => (of(night)?.refusals.length ?? 0) > 0).length;
  const most = inNumbers(Math.max(...values));
  const text = `${title}: at most ${most} in a night, ${counted(refused, 'night')} refused.`;
  return markup`<figure><figcaption><span>${title}</span> <b>≤ ${most}</b></figcaption>${columns(values, text)}<p class="span">${counted(refused, 'night')} refused</p></figure>`;
}

/** What would have been wanted after it had gone, the gravest first; and how much of it could be seen. */
export function regretsSection(id: string, title: string, side: BacktestSide): Markup {
  const { regrets } = side;
  const watched = watchLines(side).map((line) => markup`<li>${line}</li>`);
  const rest = regrets.length - shownRegrets;
  return section(id, `${title}: ${inNumbers(regrets.length)}`, [
    markup`<ul class="plain">${watched}</ul>`,
    regrets.length === 0
      ? markup`<p class="none">None that the facts show.</p>`
      : table('The gravest first', regretColumns, regrets.slice(0, shownRegrets)),
    rest > 0 ? markup`<p class="more">And ${inNumbers(rest)} more, in the JSON.</p>` : undefined,
  ]);
}

const regretColumns: readonly Column<BacktestRegret>[] = [
  { head: 'Artifact', kind: 'wide', cell: (one) => name(regretName(one)[0]) },
  { head: 'Tags', minor: true, cell: (one) => name(regretName(one)[1]) },
  { head: 'Undo', cell: ({ undo }) => undoInWords[undo] },
  {
    head: 'Wanted',
    cell: ({ wanted, goneAt }) =>
      wanted.map((one) => markup`<div>${wantedInWords(one, goneAt)}</div>`),
  },
  { head: 'Gone', minor: true, cell: ({ goneAt }) => inMinute(goneAt) },
  { head: 'Rule', minor: true, cell: ({ rule }) => name(rule) },
  { head: 'Size', kind: 'number', cell: ({ size }) => inBytes(size) },
];

/** What each rule took, and how much of it would have been wanted. */
export function rulesSection({ candidate, inForce }: BacktestDocument): Markup | undefined {
  const sides = [candidate, ...(inForce === undefined ? [] : [inForce])];
  if (sides.every(({ rules }) => rules.length === 0)) return undefined;
  const captions = ['This policy', 'The policy in force'];
  return section(
    'rules',
    'Rules',
    sides.map(({ rules }, position) =>
      rules.length === 0
        ? undefined
        : table(
            captions[position] ?? '',
            [
              { head: 'Rule', kind: 'wide', cell: ({ rule }) => name(rule) },
              { head: 'Goes', kind: 'number', cell: ({ gone }) => inNumbers(gone.artifacts) },
              { head: 'Bytes', kind: 'number', cell: ({ gone }) => inBytes(gone.bytes) },
              { head: 'Regrets', kind: 'number', cell: ({ regrets }) => inNumbers(regrets) },
              { head: 'Lost', kind: 'number', cell: ({ lost }) => inNumbers(lost) },
            ],
            rules,
          ),
    ),
  );
}

/** Every night as a table, and which rails refused. */
export function nightsSection({ nights, inForce }: BacktestDocument): Markup {
  const refused = [
    ...refusalLines(nights, ({ candidate }) => candidate),
    ...refusalLines(nights, (night) => night.inForce).map((line) => `in force: ${line}`),
  ];
  const others: readonly Column<BacktestNight>[] =
    inForce === undefined
      ? []
      : [
          {
            head: 'Goes, in force',
            kind: 'number',
            cell: (night) => night.inForce && goesInWords(night.inForce),
          },
          {
            head: 'Space, in force',
            kind: 'number',
            minor: true,
            cell: (night) => night.inForce && inBytes(spaceAfter(night.inForce)),
          },
        ];
  const own: readonly Column<BacktestNight>[] = [
    { head: 'Night', cell: ({ at }) => inMinute(at) },
    {
      head: 'As it was',
      kind: 'number',
      minor: true,
      cell: (night) => inBytes(spaceAsItWas(night)),
    },
    { head: 'Goes', kind: 'number', cell: ({ candidate }) => goesInWords(candidate) },
    { head: 'Space', kind: 'number', cell: ({ candidate }) => inBytes(spaceAfter(candidate)) },
  ];
  return section('nights', 'Nights', [
    refused.length === 0
      ? undefined
      : markup`<ul class="notes">${refused.map((line) => markup`<li class="note look"><p><span class="kind">Refused</span> ${line}</p></li>`)}</ul>`,
    table('Newest first', [...own, ...others], nights.toReversed()),
  ]);
}
