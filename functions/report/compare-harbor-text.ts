import { counted, inBytes, inNumbers } from '../domain/format-numbers.ts';
import type { Cause, Difference, HarborComparison } from './compare-harbor.ts';
import { table } from './text-table.ts';

const heads: Readonly<Record<Difference, string>> = {
  same: 'The same',
  'kept-here': 'Kept here, deleted by Harbor',
  'taken-here': 'Deleted here, kept by Harbor',
  'not-compared': 'Not compared',
};

/** The comparison for a terminal: all causes in one table, then examples of each difference. */
export function comparisonText({ artifacts, causes }: HarborComparison): string {
  const rows = causes.map(({ difference, because, artifacts: count, bytes }) => [
    `${heads[difference]}: ${because}`,
    inNumbers(count),
    inBytes(bytes),
  ]);
  const examples = causes.flatMap(exampleLines);
  return `${[
    ...table(['cause', 'artifacts', 'bytes'], rows),
    '',
    `${counted(artifacts, 'artifact')}, ${inNumbers(sumOf(causes, 'same'))} of them the same, ${inNumbers(sumOf(causes, 'kept-here'))} kept here, ${inNumbers(sumOf(causes, 'taken-here'))} deleted here, ${inNumbers(sumOf(causes, 'not-compared'))} not compared.`,
    ...(examples.length === 0 ? [] : ['', 'For example:', ...examples]),
  ].join('\n')}\n`;
}

function exampleLines({ because, examples }: Cause): readonly string[] {
  return examples.length === 0 ? [] : [`  ${because}:`, ...examples.map((one) => `    ${one}`)];
}

/** How many artifacts have this difference. */
export function sumOf(causes: readonly Cause[], difference: Difference): number {
  let sum = 0;
  for (const one of causes) if (one.difference === difference) sum += one.artifacts;
  return sum;
}
