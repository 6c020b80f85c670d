// Judges and reports what lies in a folder, as a run does after its inventory.
import { loadState } from '../../functions/store/run-state-document.ts';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemStopwatch } from '../../functions/adapters/system-clock.ts';
import { localRunStore } from '../../functions/adapters/local-files.ts';
import type { RegistryFacts } from '../../functions/domain/registry.ts';
import { pullSignal } from '../../functions/inventory/pull-signal.ts';
import type { HarborReader, World } from '../../functions/ports.ts';
import { guard } from '../../functions/phases/guard.ts';
import { judgeParts } from '../../functions/phases/plan.ts';
import { writeRunReport } from '../../functions/phases/run-report.ts';
import { isPhase } from '../../functions/run.ts';
import { stateKeys } from '../../functions/domain/store-keys.ts';
import { loadSurvey } from '../../functions/store/survey-document.ts';
import { type Measured, measure } from './child.ts';
import { examplePolicy, runId, silent, toolsOf } from './run-files.ts';

export interface PlanInput {
  readonly folder: string;
  readonly policy: string;
}

export type PlanAnswer = Measured & {
  readonly artifacts: number;
  readonly condemned: number;
  readonly repositories: number;
  readonly megabytesRead: number;
  readonly megabytesWritten: number;
};

function megabytesBelow(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  return bytes / 1e6;
}

/** What an earlier plan on the same inventory left. */
function forget(folder: string): void {
  for (const key of ['reports', 'state/harbors', stateKeys(runId).draft])
    rmSync(join(folder, key), { recursive: true, force: true });
}

/** What is judged was read before. */
const noRequests = { sent: 0, retried: 0, lowerBound: 0, waitedMs: 0 };

await measure(async ({ folder, policy: name }: PlanInput) => {
  forget(folder);
  const before = megabytesBelow(folder);
  const { text, policy } = examplePolicy(name);
  const store = localRunStore(folder);
  const world: World = {
    store,
    identity: 'bench',
    stopwatch: systemStopwatch,
    harbor: { requests: () => noRequests } as unknown as HarborReader,
    clock: { now: () => Date.now() },
    telemetry: silent,
    policy: { load: () => Promise.resolve(text) },
    pause: () => Promise.resolve(),
    inUse: { kinds: [], open: () => ({ name: 'none', read: () => Promise.reject(new Error()) }) },
    readDigestList: () => Promise.resolve(''),
  };
  const survey = await loadSurvey(store, runId);
  const read = await loadState(store, { runId, mode: 'dry-run', owner: 'bench' }, isPhase);
  if (read === undefined || read.ended !== undefined) throw new Error(`no state in ${folder}`);
  const registry: RegistryFacts = {
    ...survey.registry,
    pullSignal: pullSignal(read.pullTimes, read.takenAt),
  };
  const tools = { ...toolsOf({ policy, survey }, world), registry };
  const judged = await judgeParts(read, tools);
  if (judged.kind !== 'done') throw new Error('not judged');
  const guarded = await guard(judged.state, tools);
  const reported = await writeRunReport(guarded.state, tools, world);
  const { condemned } = reported.ended.summary;
  return {
    condemned,
    artifacts: read.artifactsRead,
    repositories: survey.heads.length,
    megabytesRead: before,
    megabytesWritten: megabytesBelow(folder) - before,
  };
});
