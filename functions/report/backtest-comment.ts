import { inBytes, inNumbers } from '../domain/format-numbers.ts';
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
import { code, markOf, row, withinComment } from './comment-markdown.ts';

/** Regrets that are shown, fewer and fewer until the comment is short enough. */
const steps = [25, 10, 5, 2, 0] as const;
/** Nights and notes that are shown. */
const shownNights = 45;
const shownNotes = 20;

/** A backtest as a comment of a pull request, as bounded and as closed as that of a difference. Pure. */
export function backtestMarkdown(found: BacktestDocument): string {
  return withinComment(steps, (most) => comment(found, most));
}

function comment(found: BacktestDocument, most: number): string {
  const { candidate, inForce, nights, notes, passedOver } = found;
  const said = [
    ...passedOver.map(({ run, because }) => `passed over: run ${run}, ${because}`),
    ...notes,
  ];
  const lines = [
    markOf('backtest', candidate.policy.name),
    `### Retention over ${nights.length} nights: ${inNumbers(candidate.regrets.length)} regrets`,
    '',
    `${code(candidate.policy.name)}: ${code(scopeLine(found))}`,
    '',
    ...sideLines(candidate, nights, ofCandidate).map((line) => `- ${line}`),
    ...refusals(nights, ofCandidate),
    ...rules(candidate, most),
    ...(inForce === undefined
      ? ['', 'It is the policy in force.']
      : [
          '',
          `In force, ${code(inForce.policy.name)}:`,
          '',
          ...sideLines(inForce, nights, ofInForce).map((line) => `- ${line}`),
          ...refusals(nights, ofInForce),
        ]),
    ...regrets(candidate, most),
    ...nightTable(found),
    ...(said.length === 0
      ? []
      : ['', '**To know:**', '', ...said.slice(0, shownNotes).map((line) => `- ${code(line)}`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function refusals(nights: readonly BacktestNight[], of: typeof ofInForce): readonly string[] {
  return refusalLines(nights, of).map((line) => `- refused by ${code(line)}`);
}

function heads(cells: readonly string[], left: number): readonly string[] {
  return [row(cells), row(cells.map((_, column) => (column < left ? '---' : '--:')))];
}

function rules(side: BacktestSide, most: number): readonly string[] {
  const rows = ruleRows(side).slice(0, 2 * most);
  if (rows.length === 0) return [];
  const cells = rows.map(([rule = '', ...others]) => row([code(rule), ...others]));
  return ['', ...heads(ruleHead, 1), ...cells];
}

function regrets({ regrets: all }: BacktestSide, most: number): readonly string[] {
  if (all.length === 0) return [];
  const rest = all.slice(most);
  const rows = all.slice(0, most).map((regret) => {
    const [name, tags] = regretName(regret);
    const { size, goneAt, rule, undo, wanted } = regret;
    const seen = wanted.map((one) => wantedInWords(one, goneAt)).join('; ');
    const cells = [code(name), code(tags), inBytes(size), code(rule), inMinute(goneAt)];
    return row([undoInWords[undo], ...cells, code(seen)]);
  });
  return [
    '',
    `<details open><summary>Regrets: ${inNumbers(all.length)}</summary>`,
    '',
    ...heads(['', 'artifact', 'tags', 'size', 'rule', 'gone', 'wanted'], 7),
    ...rows,
    ...(rest.length === 0 ? [] : ['', moreRegrets(rest)]),
    '',
    '</details>',
  ];
}

function nightTable({ nights, inForce }: BacktestDocument): readonly string[] {
  const more = inForce === undefined ? [] : ['goes in force', 'space'];
  const rows = nights.slice(-shownNights).map((night) => {
    const own = [goesInWords(night.candidate), inBytes(spaceAfter(night.candidate))];
    const other =
      night.inForce === undefined
        ? []
        : [goesInWords(night.inForce), inBytes(spaceAfter(night.inForce))];
    return row([inMinute(night.at), inBytes(spaceAsItWas(night)), ...own, ...other]);
  });
  return [
    '',
    '<details><summary>Night by night</summary>',
    '',
    ...heads(['night', 'as it was', 'goes', 'space', ...more], 1),
    ...rows,
    '',
    '</details>',
  ];
}
