import { defined } from '../domain/defined.ts';
import { sha256Hex } from '../domain/hash.ts';
import type { PolicyFrame } from '../domain/policy.ts';
import { RetentionError } from '../errors.ts';
import type { Survey } from '../inventory/preflight.ts';
import type { RunRequest, World } from '../ports.ts';
import { buildReport, type ReportFacts } from '../report/build-report.ts';
import { unbegun } from './begin-run.ts';
import type { HeldLease } from '../store/lease.ts';
import type { ProgressRecorder } from '../store/progress.ts';
import type { RunState } from '../store/run-state.ts';
import { notify } from './notify.ts';
import { type AppliedTotals, tallyRecords } from '../store/applied-totals.ts';
import { writeReport, writeUnfinished } from './write-report.ts';

/** A report that stands there from the beginning: whatever cuts the run off, it says that the run is not finished. */
export async function reportBeginning(
  state: RunState,
  known: { readonly policy: PolicyFrame; readonly survey: Survey },
  world: World,
): Promise<void> {
  const report = buildReport({
    ...bare(state),
    run: { ...bare(state).run, end: 'unfinished' },
    policy: { ...bare(state).policy, hash: known.policy.hash },
    harbor: known.survey.registry.harbor,
    warnings: known.survey.warnings,
  });
  await writeUnfinished(report, state.reportKey, world);
}

/** A run that failed leaves a report that says so. A store that can't be written must not hide why the run failed. */
export async function reportFailure(state: RunState, error: unknown, world: World): Promise<void> {
  const expected = error instanceof RetentionError;
  const applied = state.mode === 'apply' ? await tallyIfAny(state, world) : undefined;
  const report = buildReport({
    ...bare(state),
    ...defined({ applied }),
    run: { ...bare(state).run, end: 'failed', finishedAt: world.clock.now() },
    error: {
      code: expected ? error.code : 'unexpected',
      message: error instanceof Error ? error.message : String(error),
      remedy: expected ? error.remedy : 'This is a fault of harbor-retention: report it.',
    },
  });
  try {
    await writeReport(report, state.reportKey, world);
    await notify(report, state, world);
  } catch (writing) {
    const because = writing instanceof Error ? writing.message : String(writing);
    world.telemetry.error('report of the failure could not be written', { because });
  }
}

/** Leaves a report of a run that can't even begin, and throws the error on. */
export function reportUnbegun(request: RunRequest, world: World) {
  return async (error: unknown): Promise<never> => {
    await reportFailure(unbegun(request, world.clock.now()), error, world);
    throw error;
  };
}

/** Says so in report and progress, and lets go of the lease; a run that lost its lease says nothing any more. */
export async function recordFailure(
  state: RunState,
  error: unknown,
  {
    world,
    recorder,
    lease,
  }: {
    readonly world: World;
    readonly recorder: Pick<ProgressRecorder, 'record'>;
    readonly lease: Pick<HeldLease, 'release'>;
  },
): Promise<void> {
  if (error instanceof RetentionError && error.code === 'lease-held') return;
  await reportFailure(state, error, world);
  await recorder.record(state, { end: 'failed' });
  await lease.release();
}

/** What was done before the run failed; a store that can't be read must not hide why it failed. */
async function tallyIfAny(state: RunState, world: World): Promise<AppliedTotals | undefined> {
  try {
    return await tallyRecords(world.store, state);
  } catch {
    return undefined;
  }
}

/** What is known of a run before it has a plan. */
function bare(state: RunState): ReportFacts {
  return {
    run: {
      id: state.runId,
      mode: state.mode,
      end: 'unfinished',
      startedAt: state.takenAt,
      slices: state.slices,
    },
    policy: {
      hash: sha256Hex(state.policy.text),
      name: state.policy.name,
      ...defined({ version: state.policy.version }),
    },
    harbor: undefined,
    plan: undefined,
    ranking: [],
    emptyRepositories: [],
    lastActivity: new Map(),
    refusals: [],
    warnings: [],
    requests: state.requests,
    durationsMs: state.durationsMs,
    parts: [],
  };
}
