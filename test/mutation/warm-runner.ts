import {
  type InstrumenterContext,
  INSTRUMENTER_CONSTANTS,
  type MutantCoverage,
  type StrykerOptions,
} from '@stryker-mutator/api/core';
import {
  commonTokens,
  declareFactoryPlugin,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import * as fc from 'fast-check';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type CollectedTest, collectTests } from './collect-tests.ts';
import { scoresReporter } from './scores-reporter.ts';

/**
 * A test runner for Stryker that loads all test files once into each worker and then only calls the tests that cover a
 * mutant, quick ones and those that caught most so far first, until one fails. Stryker's runner for jest builds a new environment and imports every module
 * again for each mutant and test file.
 */
function warmRunner({ warm }: StrykerOptions): TestRunner {
  const context: InstrumenterContext = {};
  let tests: readonly CollectedTest[] = [];
  const known: Known = { took: new Map(), kills: new Map() };
  return {
    // What was imported stays, so that a mutant in code that only runs at the import can't be tested.
    capabilities: () => ({ reloadEnvironment: false }),
    init: async () => {
      Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: context });
      // The same cases in every run, so that scores can be compared; no search for the smallest failing case; and few
      // cases, as a mutant that survives has met all properties that reach it.
      fc.configureGlobal({ seed: 20261130, endOnFailure: true, numRuns: casesPerProperty });
      process.env['PROPERTY_RUNS'] = String(casesPerProperty);
      const files = globSync(testFilesOf(warm)).toSorted();
      tests = await collectTests(files.map((file) => resolve(file)));
      if (existsSync(timesFile)) known.took = timesIn(readFileSync(timesFile, 'utf8'));
    },
    dryRun: async (): Promise<DryRunResult> => {
      const results: TestResult[] = [];
      for (const test of tests) {
        context.currentTestId = test.id;
        results.push(await resultOf(test, known));
      }
      context.currentTestId = undefined;
      // For the other worker, and for one that takes the place of a worker that a mutant stopped.
      writeFileSync(timesFile, JSON.stringify([...known.took]));
      const mutantCoverage = reachedByTests(context.mutantCoverage ?? { static: {}, perTest: {} });
      return { status: DryRunStatus.Complete, tests: results, mutantCoverage };
    },
    mutantRun: async ({ activeMutant, testFilter, hitLimit }: MutantRunOptions) => {
      const wanted = new Set(testFilter);
      const chosen = tests
        .filter(({ id }) => testFilter === undefined || wanted.has(id))
        .toSorted((one, other) => costOf(one, known) - costOf(other, known));
      context.activeMutant = activeMutant.id;
      // Stryker allows a hundred times the hits of all covering tests together, which takes minutes in what runs often.
      context.hitLimit = hitLimit === undefined ? undefined : hitLimit / 20;
      try {
        return await firstFailure(chosen, { context, known });
      } finally {
        context.activeMutant = undefined;
      }
    },
  };
}
warmRunner.inject = tokens(commonTokens.options);

const casesPerProperty = 10;

/** In the copy of the project that Stryker makes for a run. */
const timesFile = 'times-of-tests.json';

function timesIn(text: string): Map<string, number> {
  return new Map(JSON.parse(text) as readonly (readonly [string, number])[]);
}

/**
 * Leaves out of what ran at the import whatever tests run, too: Stryker would start a worker anew for each such mutant,
 * although what runs at the import is not tested.
 */
function reachedByTests({ static: atImport, perTest }: MutantCoverage): MutantCoverage {
  const tested = new Set(Object.values(perTest).flatMap((coverage) => Object.keys(coverage)));
  const onlyAtImport = Object.entries(atImport).filter(([mutant]) => !tested.has(mutant));
  return { static: Object.fromEntries(onlyAtImport), perTest };
}

function testFilesOf(settings: unknown): readonly string[] {
  const { tests } = settings as { readonly tests: readonly string[] };
  return tests;
}

/** What this worker has learnt of tests, by their ids. */
interface Known {
  /** Milliseconds. */
  took: Map<string, number>;
  readonly kills: Map<string, number>;
}

/** The lower, the sooner a test is likely to catch the next mutant. */
function costOf({ id }: CollectedTest, { took, kills }: Known): number {
  return (took.get(id) ?? 0) / (0.1 + (kills.get(id) ?? 0));
}

interface Running {
  readonly context: InstrumenterContext;
  readonly known: Known;
}

async function firstFailure(
  tests: readonly CollectedTest[],
  { context, known }: Running,
): Promise<MutantRunResult> {
  const results: TestResult[] = [];
  for (const test of tests) {
    context.hitCount = context.hitLimit === undefined ? undefined : 0;
    results.push(await resultOf(test, known));
    const isEndless = determineHitLimitReached(context.hitCount, context.hitLimit);
    if (isEndless !== undefined) return toMutantRunResult(isEndless);
    if (results.at(-1)?.status !== TestStatus.Failed) continue;
    known.kills.set(test.id, (known.kills.get(test.id) ?? 0) + 1);
    break;
  }
  return toMutantRunResult({ status: DryRunStatus.Complete, tests: results });
}

async function resultOf(test: CollectedTest, { took }: Known): Promise<TestResult> {
  const { id, file } = test;
  const base = { id, name: id, fileName: file };
  if (test.isSkipped) return { ...base, timeSpentMs: 0, status: TestStatus.Skipped };
  const begun = performance.now();
  const failure = await test.run().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const timeSpentMs = performance.now() - begun;
  if (failure !== undefined) {
    return { ...base, timeSpentMs, status: TestStatus.Failed, failureMessage: failure };
  }
  took.set(id, timeSpentMs);
  return { ...base, timeSpentMs, status: TestStatus.Success };
}

/** What Stryker loads. */
export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'warm', warmRunner),
  declareFactoryPlugin(PluginKind.Reporter, 'scores', scoresReporter),
];

/** The setting of this runner in Stryker's configuration. */
export const strykerValidationSchema = {
  properties: {
    warm: {
      type: 'object',
      required: ['tests'],
      properties: { tests: { type: 'array', items: { type: 'string' } } },
    },
  },
};
