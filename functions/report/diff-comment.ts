import { counted, inBytes } from '../domain/format-numbers.ts';
import { code, markOf, row, withinComment } from './comment-markdown.ts';
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

/** Artifacts of a kind that are shown, fewer and fewer until the comment is short enough. */
const steps = [25, 10, 5, 2, 0] as const;
/**
 * The difference as a comment of a pull request. Its first line is a mark by which a job finds the comment that it
 * wrote before. Names can't break out of it, and it is never longer than `longestComment`. Pure.
 */
export function diffMarkdown(diff: ReportDiff, compared: Compared): string {
  return withinComment(steps, (most) => comment(diff, compared, most));
}

function comment(diff: ReportDiff, compared: Compared, most: number): string {
  const { before, after, facts } = compared;
  const notKnown = compared.notKnown ?? [];
  const [condemned, kept] = [diff.newlyCondemned, diff.newlyKept];
  const lines = [
    markOf('diff', after),
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
