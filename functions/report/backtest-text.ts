import { counted, inBytes, inNumbers } from '../domain/format-numbers.ts';
import type { BacktestDocument, BacktestNight, BacktestSide } from './backtest-schema.ts';
import {
  goesInWords,
  inMinute,
  moreRegrets,
  ofCandidate,
  ofInForce,
  refusalLines,
  regretName,
  ruleHead,
  ruleRows,
  scopeLine,
  sideLines,
  spaceAfter,
  spaceAsItWas,
  undoInWords,
  wantedInWords,
} from './backtest-words.ts';
import { table } from './text-table.ts';

/** Nights and regrets that are shown; JSON has them all. */
const shownNights = 45;
const shownRegrets = 20;
/** Those of the policy in force, which is only beside. */
const shownInForce = 3;
const barWidth = 8;

/** A backtest for a terminal: each night, then what would have been wanted, the gravest first. Pure. */
export function backtestText(found: BacktestDocument): string {
  const { nights, candidate, inForce, passedOver, notes } = found;
  const lines = [
    `${candidate.policy.name} over ${scopeLine(found)}`,
    '',
    ...sideBlock(candidate, nights, ofCandidate),
    ...(inForce === undefined
      ? ['', '  It is the policy in force.']
      : ['', `In force: ${inForce.policy.name}`, '', ...sideBlock(inForce, nights, ofInForce)]),
    '',
    ...nightTable(found).map((line) => `  ${line}`),
    '',
    '  Space is what is listed and what lies in the trash, after the night: sums of artifact sizes, an upper bound.',
    ...block('Refused', refusalLines(nights, ofCandidate)),
    ...block('Refused under the policy in force', refusalLines(nights, ofInForce)),
    ...regretBlock('Regrets', candidate, shownRegrets),
    ...(inForce === undefined
      ? []
      : regretBlock('Regrets of the policy in force', inForce, shownInForce)),
    ...block(
      'Passed over',
      passedOver.map(({ run, because }) => `run ${run}, ${because}`),
    ),
    ...block('To know', notes),
  ];
  return `${lines.join('\n')}\n`;
}

function sideBlock(
  side: BacktestSide,
  nights: readonly BacktestNight[],
  of: typeof ofInForce,
): readonly string[] {
  const rules = side.rules.length === 0 ? [] : ['', ...table(ruleHead, ruleRows(side))];
  return [...sideLines(side, nights, of), ...rules].map((line) => (line === '' ? '' : `  ${line}`));
}

function nightTable({ nights, inForce }: BacktestDocument): readonly string[] {
  const shown = nights.slice(-shownNights);
  const most = Math.max(1, ...shown.map((night) => spaceAfter(night.candidate)));
  const head = ['night', 'as it was', 'goes', 'space', ''.padEnd(barWidth)];
  const ofForce = inForce === undefined ? [] : ['in force', 'space'];
  const rows = shown.map((night) => {
    const space = spaceAfter(night.candidate);
    const cells = [goesInWords(night.candidate), inBytes(space), barOf(space, most)];
    const other =
      night.inForce === undefined
        ? []
        : [goesInWords(night.inForce), inBytes(spaceAfter(night.inForce))];
    return [inMinute(night.at), inBytes(spaceAsItWas(night)), ...cells, ...other];
  });
  const left = nights.length - shown.length;
  return [
    ...(left > 0 ? [`(${counted(left, 'earlier night')}: --format json)`] : []),
    ...table([...head, ...ofForce], rows),
  ];
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function barOf(value: number, most: number): string {
  const parts = Math.max(0, Math.round((value / most) * barWidth * 8));
  const bar = '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
  return bar.padEnd(barWidth);
}

function regretBlock(title: string, { regrets }: BacktestSide, most: number): readonly string[] {
  if (regrets.length === 0) return [];
  const lines = regrets.slice(0, most).flatMap((regret) => {
    const [name, tags] = regretName(regret);
    const { size, goneAt, rule, undo, wanted } = regret;
    const seen = wanted.map((one) => wantedInWords(one, goneAt)).join('; ');
    return [
      `${undoInWords[undo]}: ${name}  ${tags}  ${inBytes(size)}`,
      `  ${inMinute(goneAt)} by rule ${rule}; ${seen}`,
    ];
  });
  const rest = regrets.slice(most);
  return block(`${title}: ${inNumbers(regrets.length)}`, [
    ...lines,
    ...(rest.length === 0 ? [] : [moreRegrets(rest)]),
  ]);
}

function block(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
