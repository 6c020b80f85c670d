import { defaults } from '../../../functions/contract.ts';

/** What is simulated; every number can be given as a flag: `npm run scale -- --artifacts 1000000`. */
export const inputs = {
  harbors: 10,
  /** In all Harbors together. */
  artifacts: 10_000_000,
  artifactsPerRepository: 100,
  /** Network time of a request, there and back, ms. */
  roundTripMs: 50,
  /** Minutes after the first night's start when Harbor stops answering, and for how long; 0: never. */
  outageAtMinutes: 3,
  outageMinutes: 60,
  memoryMiB: 1_024,
  sliceSeconds: defaults.sliceSeconds,
  maxSlices: defaults.maxSlices,
  maxConcurrency: defaults.maxConcurrency,
  /** Share of the artifacts that the policy condemns on the first night. */
  condemned: 0.6,
  /** limits.maxDeletions, with onBreach: oldestFirst. */
  maxDeletions: 20_000,
  /** trash.keepFor, in days. */
  keepForDays: 14,
  /** New artifacts a day, as a share; as many of them are condemned in time. */
  pushedPerDay: 0.002,
  seed: 1,
} as const satisfies Readonly<Record<string, number>>;

export type Inputs = { readonly [Name in keyof typeof inputs]: number };

/** The inputs with what the command line says otherwise. @throws Error for what is no input or no number */
export function inputsFrom(args: readonly string[]): Inputs {
  const given: Record<string, number> = {};
  for (let index = 0; index < args.length; index += 2) {
    const name = (args[index] ?? '').replace(/^--/, '');
    const value = Number(args[index + 1] ?? 'nothing');
    if (!(name in inputs) || !Number.isFinite(value))
      throw new Error(
        `${args.slice(index, index + 2).join(' ')}: a name and a number were expected, names are ${Object.keys(inputs).join(', ')}.`,
      );
    given[name] = value;
  }
  return { ...inputs, ...given };
}

/** What a model can't invent: measured, and where. Times in ms. */
export const measured = {
  /**
   * A page of 100 with tags, labels and accessories; a small server serves little more than one reader
   * (docs/harbor.md#speed).
   */
  pageMs: 45,
  readersServed: 1.2,
  /** Single reads, a copy, a deletion (docs/harbor.md#copying). */
  readMs: 3,
  copyMs: 55,
  deleteMs: 10,
  /** Requests for one deletion through the trash, and for a purge (BENCHMARKS.md, counted in its deletions). */
  requestsPerDeletion: 6,
  requestsPerPurge: 3,
  /** CPU for each artifact, on a whole processor: reading (history), judging, reporting and the page (generated). */
  readCpuMs: 0.056,
  judgeCpuMs: 0.06,
  /** Requests to S3 for each part of 5,000 artifacts and for each batch of 20 actions (BENCHMARKS.md, whole runs). */
  putsPerPart: 3.65,
  getsPerPart: 1.6,
  putsPerBatch: 3,
  getsPerBatch: 4,
  putsPerRun: 38,
  getsPerRun: 26,
  s3Ms: 30,
  /** Bytes for each artifact: facts, rows, rewritten state (BENCHMARKS.md, whole runs). */
  factBytes: 103,
  reportBytes: 103,
  stateBytes: 55,
  /** The plan under way, in memory and in S3: sums of each repository. */
  draftBytesPerRepository: 311,
  logBytesPerMinute: 2_400,
  /** A process begins, imports the bundle, reads secret, policy, state, and signs in. */
  startMs: 1_500,
} as const;

/** What the engine does, by its own constants (functions/): said here again, as they are private there. */
export const engine = {
  partArtifacts: 5_000,
  readers: 8,
  saveEvery: 16,
  retries: 5,
  firstPauseMs: 500,
  timeoutMs: 60_000,
  batch: 20,
  projectsAtOnce: 3,
  invocationMs: 900_000,
  stalePlanHours: 48,
  pausesS: [30, 60, 120, 300, 600] as readonly number[],
  progressMs: 15_000,
} as const;
