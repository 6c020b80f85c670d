// Whole runs, one after the other, by the engine's own slices; what they ask of S3 is counted.
import { connectHarbor } from '../../functions/adapters/harbor/index.ts';
import { systemStopwatch } from '../../functions/adapters/system-clock.ts';
import { localDigestLists, localRunStore } from '../../functions/adapters/local-files.ts';
import { newSecretMask } from '../../functions/adapters/secret-mask.ts';
import { lambdaTelemetry } from '../../functions/adapters/telemetry.ts';
import { artifactsThatFit } from '../../functions/contract.ts';
import type { SliceEnd, World } from '../../functions/ports.ts';
import { readReport } from '../../functions/report/read-report.ts';
import { runIdAt } from '../../functions/domain/run-id.ts';
import { latestReport } from '../../functions/domain/store-keys.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { runSlice } from '../../functions/run.ts';
import { type Measured, measure } from './child.ts';
import { countingStore, type StoreCounts } from './counting-store.ts';
import { generatedHeads, now, oneRepository } from './generated.ts';
import { generatedHarbor } from './generated-harbor.ts';
import type { HarborAnswer } from './harbor.child.ts';
import { examplePolicy, unlimited } from './run-files.ts';

export interface WholeInput {
  readonly from: { readonly generated: number } | { readonly oneRepository: number } | HarborAnswer;
  readonly folder: string;
  /** A file of `examples/`, or a policy's text. */
  readonly policy: { readonly file: string } | { readonly text: string };
  readonly mode?: 'dry-run' | 'apply';
  /** Runs on so many days, one after the other. Default 1. */
  readonly days?: number;
  /** Memory of the function, MiB; what does not fit is not read. Absent: everything fits. */
  readonly memoryMiB?: number;
}

/** Of the last run. */
export type WholeAnswer = Measured & {
  readonly artifacts: number;
  readonly condemned: number;
  readonly deleted: number;
  readonly unplannable: number;
  readonly slices: number;
  readonly requests: readonly number[];
  readonly lowerBound: number;
  readonly store: StoreCounts;
  readonly phasesMs: Readonly<Record<string, number>>;
  readonly reused: number;
  readonly pageMegabytes: number;
  readonly logKilobytes: number;
};

const day = 86_400_000;

/** What a Lambda would write to its log, counted and thrown away. */
function countedLog(): { bytes: () => number } {
  let bytes = 0;
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    bytes += Buffer.byteLength(chunk);
    return true;
  };
  return { bytes: () => bytes };
}

async function toTheEnd(world: World, runId: string, mode: 'dry-run' | 'apply'): Promise<void> {
  const request = { runId, mode, owner: 'bench', applyNewPolicy: true };
  for (;;) {
    const end: SliceEnd = await runSlice(request, world, unlimited);
    if (end.done) return;
    if (end.wait === undefined) throw new Error('a run without limits ends in one slice');
  }
}

async function reportOf({ store }: World): Promise<Report> {
  const read = readReport((await store.read(latestReport))?.text ?? '');
  if (!read.ok) throw new Error(read.because);
  return read.report;
}

await measure(async (input: WholeInput) => {
  const { from, folder, days = 1, mode = 'dry-run', memoryMiB } = input;
  const log = countedLog();
  const mask = newSecretMask();
  const begun = 'url' in from ? from.now : now;
  let today = begun;
  const startedAt = Date.now();
  // The embedded Harbor's clock stands still; what the client compares with it must not run away.
  const harborClock = { now: () => begun + Date.now() - startedAt };
  const clock = { now: () => today + Date.now() - startedAt };
  const harborOf = (): Pick<World, 'harbor' | 'changes' | 'manifests'> => {
    if ('url' in from) {
      const { reader, manifests, changes } = connectHarbor(from, harborClock);
      return { harbor: reader, manifests, changes };
    }
    const heads =
      'generated' in from ? generatedHeads(from.generated) : oneRepository(from.oneRepository);
    return { harbor: generatedHarbor(heads) };
  };
  const policy =
    'file' in input.policy
      ? examplePolicy(input.policy.file).text
      : { text: input.policy.text, name: 'bench' };
  const requests: number[] = [];
  let store = countingStore(localRunStore(folder));
  let report: Report | undefined;
  for (let number = 0; number < days; number += 1) {
    today = begun + number * day;
    store = countingStore(localRunStore(folder));
    const world: World = {
      store,
      ...harborOf(),
      identity: `bench ${number}`,
      stopwatch: systemStopwatch,
      clock,
      telemetry: lambdaTelemetry({ service: 'bench', logLevel: 'INFO', mask, clock }),
      policy: { load: () => Promise.resolve(policy) },
      pause: () => Promise.resolve(),
      inUse: { kinds: [], open: () => ({ name: 'none', read: () => Promise.reject(new Error()) }) },
      readDigestList: localDigestLists(folder),
      ...(memoryMiB === undefined
        ? {}
        : { maxArtifactsPerRepository: artifactsThatFit(memoryMiB) }),
    };
    await toTheEnd(world, runIdAt(today), mode);
    report = await reportOf(world);
    requests.push(report.requests.sent);
  }
  const { totals } = report ?? {};
  if (report === undefined || totals === undefined) throw new Error('no run was planned');
  const page = (await store.read('reports/latest.html'))?.text ?? '';
  return {
    artifacts: report.artifacts.rows,
    condemned: totals.deletions,
    deleted: report.applied?.deleted ?? 0,
    unplannable: totals.unplannable,
    slices: report.run.slices,
    requests,
    lowerBound: report.requests.lowerBound,
    store: store.counts(),
    phasesMs: report.durationsMs,
    reused: report.reused?.artifacts ?? 0,
    pageMegabytes: Buffer.byteLength(page) / 1e6,
    logKilobytes: log.bytes() / days / 1e3,
  };
});
