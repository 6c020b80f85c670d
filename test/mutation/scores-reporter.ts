import type { Reporter } from '@stryker-mutator/api/report';
import { relative } from 'node:path';
import { scoresOf, scoresTable } from './scores.ts';

/** Prints each mutant that no test catches, and in the end the score of every mutated file and how long its mutants took. */
export function scoresReporter(): Reporter {
  const seconds = new Map<string, number>();
  let last = performance.now();
  return {
    onMutationTestingPlanReady: () => {
      last = performance.now();
    },
    // By the wall clock, between two answers: the seconds of all files together are those of the whole run.
    onMutantTested: ({ fileName, location, status, replacement }) => {
      if (status === 'Survived' || status === 'NoCoverage') {
        const { line, column } = location.start;
        const place = `${relative(process.cwd(), fileName)}:${line}:${column}`;
        process.stdout.write(`${place} ${status}: ${replacement.replace(/\s+/g, ' ')}\n`);
      }
      const now = performance.now();
      seconds.set(fileName, (seconds.get(fileName) ?? 0) + (now - last) / 1000);
      last = now;
    },
    onMutationTestReportReady: ({ files }) => {
      process.stdout.write(`\n${scoresTable(scoresOf(files, seconds))}\n`);
    },
  };
}
scoresReporter.inject = [] as const;
