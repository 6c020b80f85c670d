import { counted, inBytes } from '../domain/format-numbers.ts';
import { countOf, type ReportDiff } from './diff-reports.ts';
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

/** GitHub refuses a longer comment (docs/pull-requests.md#the-comment). */
export const longestComment = 65_536;

/** Artifacts of a kind that are shown, fewer and fewer until the comment is short enough. */
const steps = [25, 10, 5, 2, 0] as const;
/** Characters of a name or a sentence; a tag has up to 128, an artifact up to ten thousand tags. */
const longestCell = 400;

/**
 * The difference as a comment of a pull request. Its first line is a mark by which a job finds the comment that it
 * wrote before. Names can't break out of it, and it is never longer than `longestComment`. Pure.
 */
export function diffMarkdown(diff: ReportDiff, compared: Compared): string {
  let text = '';
  for (const most of steps) {
    text = comment(diff, compared, most);
    if (text.length <= longestComment) return text;
  }
  return text;
}

function comment(diff: ReportDiff, compared: Compared, most: number): string {
  const { before, after, facts } = compared;
  const notKnown = compared.notKnown ?? [];
  const [condemned, kept] = [diff.newlyCondemned, diff.newlyKept];
  const lines = [
    markOf(after),
    `### Retention: ${counted(condemned.length, 'artifact')} newly condemned, ${kept.length} newly kept`,
    '',
    `${code(before)} → ${code(after)}`,
    '',
    ...summary(diff).map((line) => `- ${line}`),
    ...(facts === undefined ? [] : factLines(facts).slice(0, 5)).map(
      (line) => `- ${emphasised(line)}`,
    ),
    ...rules(diff, most),
  ];
  for (const { title, changes, isMinor } of kinds(diff)) {
    if (changes.length === 0) continue;
    const shown = isMinor === true ? Math.min(most, 5) : most;
    lines.push('', `<details><summary>${title}: ${sumOf(countOf(changes))}</summary>`, '');
    lines.push(
      row(['artifact', 'tags', 'size', 'before', 'after', 'why']),
      '| --- | --- | --: | --- | --- | --- |',
    );
    for (const { artifact, tags, size, explanation, ...sides } of changes.slice(0, shown)) {
      const [earlier, later] = [code(decidedBy(sides.before)), code(decidedBy(sides.after))];
      const named = [code(short(artifact)), code(tagsOf(tags)), inBytes(size)];
      lines.push(row([...named, earlier, later, code(explanation)]));
    }
    lines.push(...more(changes, shown).flatMap((line) => ['', line]), '', '</details>');
  }
  if (notKnown.length > 0) {
    const rest = notKnown.length - most;
    lines.push('', '**Not known, and therefore kept:**', '');
    lines.push(...notKnown.slice(0, most).map((line) => `- ${code(line)}`));
    if (rest > 0) lines.push(`- and ${rest} more; --format json has all`);
  }
  return `${lines.join('\n')}\n`;
}

/** An HTML comment can't hold two hyphens in a row, and names of files can. */
function markOf(after: string): string {
  const name = after
    .slice(-100)
    .replaceAll(/[^\w./-]/g, '_')
    .replaceAll(/-{2,}/g, '-');
  return `<!-- harbor-retention diff ${name} -->`;
}

function emphasised(line: string): string {
  return line.replace(/^warning: /, '**Warning:** ');
}

function rules(diff: ReportDiff, most: number): readonly string[] {
  if (diff.rules.length === 0) return [];
  const [head, rows] = ruleTable(diff);
  const left = rows.length - 2 * most;
  return [
    '',
    row(head),
    row(head.map((_, column) => (column === 0 ? '---' : '--:'))),
    ...rows.slice(0, 2 * most).map(([rule = '', ...cells]) => row([code(rule), ...cells])),
    ...(left > 0 ? ['', `and ${counted(left, 'rule')} more; --format json has all`] : []),
  ];
}

/** A code span that ends where it should: Harbor's names hold no backtick, what a broken answer holds is anything. */
function code(text: string): string {
  const cut = text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
  return `\`${cut.replaceAll('`', "'").replaceAll(/[\r\n]+/g, ' ')}\``;
}

/** A pipe ends a cell, inside of a code span too. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
