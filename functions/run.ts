import { loadState, saveState } from './store/run-state-document.ts';
import { RetentionError } from './errors.ts';
import { policyFor } from './phases/approved-list.ts';
import { applyDeletions } from './phases/apply.ts';
import { beginRun, countingAnew, refuseDisarmed, withRequests } from './phases/begin-run.ts';
import { collectGarbage } from './phases/collect.ts';
import { removeEmptyRepositories } from './phases/empty.ts';
import { followSlice } from './phases/follow-slice.ts';
import { guard } from './phases/guard.ts';
import { withoutChanges } from './phases/changes.ts';
import { takeInventory } from './phases/inventory.ts';
import { ledger } from './phases/ledger.ts';
import { afterAnswer, surveyOrWait, waitForAnswers } from './phases/outage.ts';
import type { Phase, PhaseEnd, PhaseTools } from './phases/phase.ts';
import { judgeParts } from './phases/plan.ts';
import { purgeTrash } from './phases/purge.ts';
import { report } from './phases/report.ts';
import { reportBeginning, reportUnbegun, recordFailure } from './phases/report-ends.ts';
import { creditedTo, endedRun, endSlice, sliceEnd, withDuration } from './phases/slice-end.ts';
import { registryNow } from './phases/survey.ts';
import { planTrash } from './phases/trash.ts';
import type { Budget, RunRequest, SliceEnd, World } from './ports.ts';
import { countDeath } from './store/deaths.ts';
import type { HeldLease } from './store/lease.ts';
import { type ProgressRecorder, underLease } from './store/progress.ts';
import type { RunState, RunUnderWay } from './store/run-state.ts';

/** A run, in order. A phase is added by one file in phases/ and one line here. */
export const phases = [
  { name: 'inventory', step: takeInventory, inDryRun: true },
  { name: 'plan', step: judgeParts, inDryRun: true },
  { name: 'trash', step: planTrash, inDryRun: true },
  { name: 'ledger', step: ledger, inDryRun: true },
  { name: 'guard', step: guard, inDryRun: true },
  { name: 'apply', step: applyDeletions, inDryRun: false },
  { name: 'purge', step: purgeTrash, inDryRun: false },
  { name: 'empty', step: removeEmptyRepositories, inDryRun: false },
  { name: 'collect', step: collectGarbage, inDryRun: false },
  { name: 'report', step: report, inDryRun: true },
] as const satisfies readonly Phase[];

export type PhaseName = (typeof phases)[number]['name'];

/** Whether a run of this version can be in a phase of that name. */
export const isPhase = (name: string): name is PhaseName =>
  phases.some((phase) => phase.name === name);

/**
 * The whole run: policy → survey → inventory → plan → guard → apply → report. Goes on where the state of this run id
 * says, until it is done, the time is up, or Harbor must be waited for; a run that has ended answers as it did then.
 * Any slice may be repeated. Holds the lease meanwhile, also over a wait in the middle of its changes; not while all
 * that is left is to see what garbage collection frees.
 * @throws RetentionError, or a fault of ours; a report that says so is written first, unless another run has the lease
 */
export async function runSlice(
  request: RunRequest,
  given: World,
  budget: Budget,
): Promise<SliceEnd> {
  const counting = countingAnew(given);
  const earlier = await loadState(counting.store, request, isPhase);
  if (earlier?.ended !== undefined && earlier.phase === 'done')
    return endedRun(earlier, request.owner);
  refuseDisarmed(request, earlier);
  if (earlier?.ended !== undefined) return await followSlice(earlier, request, counting);
  const recorder = await underLease(request, counting);
  const begun = await loadOrBegin(request, recorder);
  if (begun.ended !== undefined) {
    // Another process ended it before this one had the lease.
    await recorder.lease.release();
    return sliceEnd(begun, recorder.world.clock.now(), request.owner);
  }
  const world = begun.mode === 'dry-run' ? withoutChanges(recorder.world) : recorder.world;
  const { owner, waitAtMost } = request;
  const slice: Slice = { ...recorder, world, budget, recorder, waitAtMost, owner };
  let state: RunState = begun;
  try {
    if (recorder.lease.isAfterDeath) await countDeath(begun, request.owner, recorder.world);
    state = await work(begun, slice);
  } catch (error) {
    await recordFailure(withRequests(state, world), error, slice);
    throw error;
  }
  return await endSlice(state, slice);
}

interface Slice extends Omit<PhaseTools, 'policy' | 'survey' | 'registry'> {
  readonly lease: HeldLease;
  readonly recorder: ProgressRecorder;
  readonly owner: string;
}

/**
 * A run that can't begin releases its lease and leaves a report that says why. It may have begun, or ended,
 * meanwhile.
 */
async function loadOrBegin(
  request: RunRequest,
  { world, lease }: Pick<Slice, 'world' | 'lease'>,
): Promise<RunState> {
  try {
    const stored = await loadState(world.store, request, isPhase);
    refuseDisarmed(request, stored);
    return stored ?? (await beginRun(request, world).catch(reportUnbegun(request, world)));
  } catch (error) {
    if (error instanceof RetentionError) await lease.release();
    throw error;
  }
}

/** One slice of work, phase after phase; the state is stored after each, and at the end. */
async function work(begun: RunUnderWay, slice: Slice): Promise<RunState> {
  const { world, budget, lease, recorder } = slice;
  await recorder.record(begun);
  const policy = policyFor(begun, world);
  const startedAt = world.clock.now();
  const survey = await surveyOrWait(begun, policy, slice);
  if ('waiting' in survey) return await stored(survey, slice);
  const now = world.clock.now();
  let state = withDuration(afterAnswer(begun, now), 'preflight', now - startedAt);
  if (state.slices === 0) await reportBeginning(state, { policy, survey }, world);
  state = { ...state, slices: state.slices + 1 };
  while (budget.hasTime()) {
    await lease.confirm();
    const registry = registryNow(state, survey);
    const end = await perform(state, { ...slice, policy, survey, registry });
    if (end.kind === 'reported') return await stored(creditedTo(slice.owner, end.state), slice);
    ({ state } = end);
    if (end.kind !== 'unfinished') state = inNextPhase(end, world.clock.now());
    if (state.waiting !== undefined) break;
    if (end.kind === 'unfinished') continue;
    // What follows rests on what is stored: a run that was cut off while it applied must never plan again.
    await lease.confirm();
    await saveState(world.store, state);
    await recorder.record(state);
  }
  return await stored(state, slice);
}

/** Does what can be done of the phase in time, and notes how long it took; waits where Harbor is gone meanwhile. */
async function perform(before: RunUnderWay, tools: PhaseTools): Promise<PhaseEnd> {
  const { world, waitAtMost } = tools;
  const startedAt = world.clock.now();
  const end = await phaseOf(before)
    .step(before, tools)
    .catch((error: unknown): PhaseEnd => {
      const limits = { now: world.clock.now(), waitAtMost };
      return { kind: 'unfinished', state: waitForAnswers(before, error, limits) };
    });
  const took = world.clock.now() - startedAt;
  return end.kind === 'reported'
    ? {
        ...end,
        state: { ...withDuration(end.state, before.phase, took), phaseSince: world.clock.now() },
      }
    : { ...end, state: withDuration(end.state, before.phase, took) };
}

function phaseOf({ phase }: RunUnderWay): Phase {
  const found = phases.find(({ name }) => name === phase);
  if (found === undefined) throw new Error(`no phase is called ${phase}`);
  return found;
}

/** The run, in the phase that follows: the next one that its mode has, or the report where nothing more is changed. */
function inNextPhase(
  { kind, state }: PhaseEnd & { readonly kind: 'done' | 'stopped' },
  now: number,
): RunUnderWay {
  const at = phases.findIndex(({ name }) => name === state.phase);
  const next = phases.find(({ name, inDryRun }, index) =>
    kind === 'stopped' ? name === 'report' : index > at && (inDryRun || state.mode === 'apply'),
  );
  if (next === undefined) throw new Error(`no phase follows ${state.phase}`);
  return { ...state, phase: next.name, phaseSince: now };
}

async function stored<State extends RunState>(
  given: State,
  { world, lease }: Slice,
): Promise<State> {
  const state = withRequests(given, world);
  await lease.confirm();
  await saveState(world.store, state);
  return state;
}
