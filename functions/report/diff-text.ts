import {
  type ChangedDecision,
  type ArtifactCount,
  countOf,
  type Decision,
  type ReportDiff,
} from './diff-reports.ts';
import { counted, inBytes, inNumbers } from '../domain/format-numbers.ts';
import { table } from './text-table.ts';

/** What is compared, in words of the user. */
export interface Compared {
  readonly before: string;
  readonly after: string;
}

/** Artifacts of a kind that are shown; the others are counted. JSON has them all. */
const shown = 25;
/** The number shown of those whose fate is the same. */
const shownOtherwise = 5;

/** The difference for a terminal. Pure. */
export function diffText(diff: ReportDiff, { before, after }: Compared): string {
  const lines = [`${before} → ${after}`, '', ...summary(diff).map((line) => `  ${line}`)];
  if (diff.rules.length > 0)
    lines.push('', ...table(...ruleTable(diff)).map((line) => `  ${line}`));
  for (const { title, changes, most } of kinds(diff)) {
    if (changes.length === 0) continue;
    lines.push('', `${title}: ${sumOf(countOf(changes))}`);
    for (const change of changes.slice(0, most)) lines.push(...changeLines(change));
    lines.push(...more(changes, most).map((line) => `  ${line}`));
  }
  return `${lines.join('\n')}\n`;
}

/** The difference as a comment of a pull request. Names can't break out of it. Pure. */
export function diffMarkdown(diff: ReportDiff, { before, after }: Compared): string {
  const lines = [
    `### Retention: ${code(before)} → ${code(after)}`,
    '',
    ...summary(diff).map((line) => `- ${line}`),
  ];
  if (diff.rules.length > 0) {
    const [head, rows] = ruleTable(diff);
    lines.push('', row(head), row(head.map((_, column) => (column === 0 ? '---' : '--:'))));
    for (const [rule = '', ...cells] of rows) lines.push(row([code(rule), ...cells]));
  }
  for (const { title, changes, most } of kinds(diff)) {
    if (changes.length === 0) continue;
    lines.push('', `<details><summary>${title}: ${sumOf(countOf(changes))}</summary>`, '');
    lines.push(
      row(['artifact', 'tags', 'size', 'before', 'after']),
      '| --- | --- | --: | --- | --- |',
    );
    for (const { artifact, tags, size, ...sides } of changes.slice(0, most)) {
      const decided = [sides.before, sides.after].map((side) => code(decidedBy(side)));
      lines.push(row([code(short(artifact)), code(tagsOf(tags)), inBytes(size), ...decided]));
    }
    lines.push(...more(changes, most).flatMap((line) => ['', line]), '', '</details>');
  }
  return `${lines.join('\n')}\n`;
}

function summary(diff: ReportDiff): readonly string[] {
  const { onlyBefore, onlyAfter, unchanged } = diff;
  const lines = [
    `newly condemned: ${sumOf(countOf(diff.newlyCondemned))}`,
    `newly kept: ${sumOf(countOf(diff.newlyKept))}`,
    `decided otherwise, with the same fate: ${sumOf(countOf(diff.decidedOtherwise))}`,
    `unchanged: ${sumOf(unchanged)}`,
  ];
  if (onlyBefore.artifacts > 0) lines.push(`only before: ${sumOf(onlyBefore)}`);
  if (onlyAfter.artifacts > 0) lines.push(`only after: ${sumOf(onlyAfter)}`);
  return lines;
}

function kinds(
  diff: ReportDiff,
): readonly { title: string; changes: readonly ChangedDecision[]; most: number }[] {
  return [
    { title: 'Newly condemned', changes: diff.newlyCondemned, most: shown },
    { title: 'Newly kept', changes: diff.newlyKept, most: shown },
    { title: 'Decided otherwise', changes: diff.decidedOtherwise, most: shownOtherwise },
  ];
}

function ruleTable({ rules }: ReportDiff): [readonly string[], readonly (readonly string[])[]] {
  const cells = ({ artifacts, bytes }: ArtifactCount) => [inNumbers(artifacts), inBytes(bytes)];
  return [
    ['rule', 'newly condemned', 'bytes', 'newly kept', 'bytes'],
    rules.map((one) => [one.rule, ...cells(one.newlyCondemned), ...cells(one.newlyKept)]),
  ];
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

function more(changes: readonly ChangedDecision[], most: number): readonly string[] {
  const rest = changes.slice(most);
  return rest.length === 0 ? [] : [`and ${sumOf(countOf(rest))} more; --format json has all`];
}

function sumOf({ artifacts, bytes }: ArtifactCount): string {
  return `${counted(artifacts, 'artifact')}, ${inBytes(bytes)}`;
}

function decidedBy({ fate, reason, rule, by }: Decision): string {
  const what = [rule, by].filter((one) => one !== undefined).join(': ');
  const verb = { keep: 'stays', untag: 'loses tags', delete: 'goes' }[fate];
  return `${verb}: ${reason}${what === '' ? '' : ` (${what})`}`;
}

function short(artifact: string): string {
  return artifact.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}

function tagsOf(tags: readonly string[] | null): string {
  if (tags === null) return 'tags not known';
  return tags.length === 0 ? 'untagged' : tags.join(', ');
}

/** A code span that ends where it should: Harbor's names hold no backtick, what a broken answer holds is anything. */
function code(text: string): string {
  const clean = text
    .replaceAll('`', "'")
    .replaceAll('|', '\\|')
    .replaceAll(/[\r\n]+/g, ' ');
  return `\`${clean}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
