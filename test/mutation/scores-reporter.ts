import type { Reporter } from '@stryker-mutator/api/report';
import { relative } from 'node:path';
import { scoresOf, scoresTable } from './scores.ts';

/** Prints each mutant that no test catches, and in the end the score of every mutated file and how long its mutants took. */
export function scoresReporter(): Reporter {
  // By the wall clock, between two answers: the seconds of all files together are those of the whole run.
  const seconds = new Map<string, number>();
  let last = performance.now();
  return {
    onMutationTestingPlanReady: () => {
      last = performance.now();
    },
    onMutantTested: ({ fileName, location, status, replacement }) => {
      const file = relative(process.cwd(), fileName);
      if (status === 'Survived' || status === 'NoCoverage') {
        const { line, column } = location.start;
        const written = replacement.replace(/\s+/g, ' ');
        process.stdout.write(`${file}:${line}:${column} ${status}: ${written}\n`);
      }
      const now = performance.now();
      seconds.set(file, (seconds.get(file) ?? 0) + (now - last) / 1000);
      last = now;
    },
    onMutationTestReportReady: ({ files }) => {
      process.stdout.write(`\n${scoresTable(scoresOf(files, seconds))}\n`);
    },
  };
}
scoresReporter.inject = [] as const;
