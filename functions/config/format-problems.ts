import type { Problem } from './problem.ts';

/**
 * Problems for people, as compilers show them: place, path and value, the line with what is meant underlined,
 * what is allowed, and what was likely meant. `severity` is `error` or `warning`.
 */
export function formatProblems(
  problems: readonly Problem[],
  text: string,
  source: { readonly name: string; readonly severity?: 'error' | 'warning' },
): string {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const { name, severity = 'error' } = source;
  return problems.map((problem) => formatOne(problem, lines, { name, severity })).join('\n\n');
}

function formatOne(
  problem: Problem,
  lines: readonly string[],
  source: { readonly name: string; readonly severity: string },
): string {
  const { line, column, message, allowed, suggestion } = problem;
  const subject = [problem.path, problem.value].filter((part) => part !== undefined && part !== '');
  const headline = `${source.name}:${line}:${column}: ${source.severity}: ${[...subject, message].join(' ')}`;
  const gutter = ' '.repeat(String(line).length);
  const shown = (lines[line - 1] ?? '').replaceAll('\t', ' ');
  return [
    headline,
    ` ${gutter} |`,
    ` ${line} | ${shown}`,
    ` ${gutter} | ${' '.repeat(column - 1)}${'^'.repeat(underlined(problem, shown))}`,
    ...(allowed === undefined ? [] : [` ${gutter} = allowed: ${allowed}`]),
    ...(suggestion === undefined ? [] : [` ${gutter} = did you mean ${suggestion}?`]),
  ].join('\n');
}

function underlined({ column, length }: Problem, shown: string): number {
  return Math.max(1, Math.min(length, shown.length - column + 1));
}
