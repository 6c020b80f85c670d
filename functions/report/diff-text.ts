import { inBytes } from '../domain/format-numbers.ts';
import { type ChangedDecision, countOf, type ReportDiff } from './diff-reports.ts';
import {
  type Compared,
  decidedBy,
  factLines,
  kinds,
  more,
  ruleTable,
  short,
  summary,
  sumOf,
  tagsOf,
} from './diff-words.ts';
import { table } from './text-table.ts';

/** Artifacts of a kind that are shown; the others are counted. JSON has them all. */
const shown = 25;
/** The number shown of those whose fate is the same. */
const shownOtherwise = 5;

/** The difference for a terminal. Pure. */
export function diffText(diff: ReportDiff, compared: Compared): string {
  const { before, after, facts, notKnown = [] } = compared;
  const head = [...(facts === undefined ? [] : factLines(facts)), ...summary(diff)];
  const lines = [`${before} → ${after}`, '', ...head.map((line) => `  ${line}`)];
  if (diff.rules.length > 0)
    lines.push('', ...table(...ruleTable(diff)).map((line) => `  ${line}`));
  for (const { title, changes, isMinor } of kinds(diff)) {
    if (changes.length === 0) continue;
    const most = isMinor === true ? shownOtherwise : shown;
    lines.push('', `${title}: ${sumOf(countOf(changes))}`);
    for (const change of changes.slice(0, most)) lines.push(...changeLines(change));
    lines.push(...more(changes, most).map((line) => `  ${line}`));
  }
  if (notKnown.length > 0)
    lines.push('', 'Not known, and therefore kept:', ...notKnown.map((one) => `  ${one}`));
  return `${lines.join('\n')}\n`;
}

function changeLines({
  artifact,
  tags,
  size,
  before,
  after,
  explanation,
}: ChangedDecision): string[] {
  return [
    `  ${short(artifact)}  ${tagsOf(tags)}  ${inBytes(size)}`,
    `    ${decidedBy(before)} → ${decidedBy(after)}`,
    `    ${explanation}`,
  ];
}
