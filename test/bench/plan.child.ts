// Judges and reports what lies in a folder, as a run does after its inventory.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemStopwatch } from '../../functions/adapters/system-clock.ts';
import { localRunStore } from '../../functions/adapters/local-files.ts';
import type { RegistryFacts } from '../../functions/domain/registry.ts';
import { pullSignal } from '../../functions/inventory/pull-signal.ts';
import type { HarborReader, World } from '../../functions/ports.ts';
import { guardStep } from '../../functions/phases/guard.ts';
import { judgeParts } from '../../functions/phases/plan.ts';
import { reportStep } from '../../functions/phases/report.ts';
import { loadState, stateKeys } from '../../functions/store/run-state.ts';
import { loadSurvey } from '../../functions/store/survey-document.ts';
import { type Measured, measure } from './child.ts';
import { examplePolicy, runId, silent, unlimited } from './run-files.ts';

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

await measure(async ({ folder, policy: name }: PlanInput) => {
  forget(folder);
  const before = megabytesBelow(folder);
  const { text, policy } = examplePolicy(name);
  const store = localRunStore(folder);
  const world: World = {
    store,
    identity: 'bench',
    stopwatch: systemStopwatch,
    harbor: {} as HarborReader,
    clock: { now: () => Date.now() },
    telemetry: silent,
    policy: { load: () => Promise.resolve(text) },
    pause: () => Promise.resolve(),
    inUse: { kinds: [], open: () => ({ name: 'none', read: () => Promise.reject(new Error()) }) },
    readDigestList: () => Promise.resolve(''),
  };
  const survey = await loadSurvey(store, runId);
  const read = await loadState(store, { runId, mode: 'dry-run', owner: 'bench' });
  if (read === undefined) throw new Error(`no state in ${folder}`);
  const registry: RegistryFacts = {
    ...survey.registry,
    pullSignal: pullSignal(read.pullTimes, read.takenAt),
  };
  const given = { policy, registry };
  const judged = await judgeParts(read, given, {
    world,
    budget: unlimited,
    lease: { confirm: () => Promise.resolve() },
  });
  const guarded = await guardStep(judged, given, world);
  const requests = { sent: 0, retried: 0, lowerBound: 0, waitedMs: 0 };
  const reported = await reportStep(guarded, { ...given, survey, requests }, world);
  if (reported.ended === undefined) throw new Error('no end');
  const { condemned } = reported.ended.summary;
  return {
    condemned,
    artifacts: read.artifactsRead,
    repositories: survey.heads.length,
    megabytesRead: before,
    megabytesWritten: megabytesBelow(folder) - before,
  };
});
