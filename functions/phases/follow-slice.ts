import { loadState, saveState } from '../store/run-state-document.ts';
import { RetentionError } from '../errors.ts';
import type { RunRequest, SliceEnd, World } from '../ports.ts';
import { underLease } from '../store/progress.ts';
import type { FinishedRun, ReportedRun } from '../store/run-state.ts';
import { policyFor } from './approved-list.ts';
import { withRequests } from './begin-run.ts';
import { closeCollection } from './collect.ts';
import { followCollection, waitOrEnd } from './follow.ts';
import type { Held } from './changes.ts';
import { writeRunReport } from './run-report.ts';
import { creditedTo, endedRun, endSlice, sliceEnd } from './slice-end.ts';
import { registryNow, surveyOf } from './survey.ts';
import { isNewest } from './write-report.ts';

/** One look after garbage collection, by a run that is reported already: what fails here is looked at again later. */
export async function followSlice(
  before: ReportedRun,
  request: RunRequest,
  counting: World,
): Promise<SliceEnd> {
  const { owner, waitAtMost } = request;
  const limits = { now: counting.clock.now(), waitAtMost };
  let state = waitOrEnd({ ...before, slices: before.slices + 1 }, limits);
  try {
    const recorder = await underLease(request, counting);
    const { world } = recorder;
    const now = await loadState(world.store, request, neverUnderWay);
    if (now?.ended !== undefined && now.phase === 'done') {
      await recorder.lease.release();
      return endedRun(now, owner);
    }
    // Another owner may have looked, and started a collection, before this one had the lease.
    const current = now?.ended === undefined ? before : now;
    state = waitOrEnd({ ...current, slices: current.slices + 1 }, limits);
    try {
      state = await lookAgain(current, { ...recorder, limits });
    } catch (error) {
      if (!(error instanceof RetentionError)) throw error;
      const { message: problem, remedy } = error;
      world.telemetry.warn('garbage collection was not seen', { problem, remedy });
    }
    state = creditedTo(owner, withRequests(state, world));
    await recorder.lease.confirm();
    await saveState(world.store, state);
    return await endSlice(state, { ...recorder, recorder, owner });
  } catch (error) {
    // Another run works: its deletions and our collection stay apart.
    if (!(error instanceof RetentionError) || !isBusy(error)) throw error;
    return sliceEnd(state, counting.clock.now(), owner);
  }
}

/** A run that is reported is in no other phase any more. */
const neverUnderWay = (): boolean => false;

const isBusy = ({ code }: RetentionError): boolean =>
  code === 'lease-held' || code === 'run-elsewhere';

/** Writes the report again with what is new. If a later run has reported since, the next run reports what was freed. */
async function lookAgain(
  before: ReportedRun,
  { world, lease, limits }: Held & { readonly limits: Parameters<typeof waitOrEnd>[1] },
): Promise<ReportedRun | FinishedRun> {
  const policy = policyFor(before, world);
  const seen = await followCollection({ ...before, slices: before.slices + 1 }, policy, {
    world,
    lease,
  });
  const state = waitOrEnd(seen, limits);
  if (state.collection?.kind === before.collection?.kind) return state;
  if (!(await isNewest(state.runId, world.store))) return state;
  const survey = await surveyOf(state, policy, world);
  const known = { policy, survey, registry: registryNow(state, survey) };
  const { ended } = await writeRunReport(state, known, world);
  if (state.collection?.kind === 'ended') await closeCollection(world, state.collection.id);
  return { ...state, ended };
}
