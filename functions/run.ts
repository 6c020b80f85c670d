import { RetentionError } from './errors.ts';
import type { Policy } from './domain/policy.ts';
import type { Survey } from './inventory/preflight.ts';
import type { Budget, RunRequest, SliceEnd, World } from './ports.ts';
import { approvedFor, policyFor } from './phases/approved-list.ts';
import { applyStep } from './phases/apply.ts';
import { beginRun, countingAnew, refuseDisarmed, withRequests } from './phases/begin-run.ts';
import { closeCollection, collectStep } from './phases/collect.ts';
import { countDeath } from './store/deaths.ts';
import { emptyStep } from './phases/empty.ts';
import { followStep, waitOrEnd } from './phases/follow.ts';
import { guardStep } from './phases/guard.ts';
import { judgeParts } from './phases/plan.ts';
import { ledgerStep } from './phases/ledger.ts';
import { type Held, withoutChanges } from './phases/hands-of.ts';
import type { HeldLease } from './store/lease.ts';
import { type ProgressRecorder, underLease } from './store/progress.ts';
import { afterAnswer, surveyOrWait, waitForAnswers } from './phases/outage.ts';
import { planTrash } from './phases/trash.ts';
import { reportBeginning, reportUnbegun, tellFailure } from './phases/report-ends.ts';
import { reportStep } from './phases/report.ts';
import { loadState, type RunState, saveState } from './store/run-state.ts';
import {
  creditedTo,
  endedRun,
  endSlice,
  sliceEnd,
  withDuration,
  withFigures,
} from './phases/slice-end.ts';
import { settleStep } from './phases/settle-uncertain.ts';
import { registryNow, surveyOf } from './phases/survey.ts';
import { takeInventory } from './phases/inventory.ts';
import { isNewest } from './phases/write-report.ts';

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
  const earlier = await loadState(counting.store, request);
  if (earlier?.phase === 'done') return endedRun(earlier, request.owner);
  refuseDisarmed(request, earlier);
  if (earlier?.phase === 'follow') return await followSlice(earlier, request, counting);
  const told = await underLease(request, counting);
  const begun = await loadOrBegin(request, told);
  const world = begun.mode === 'dry-run' ? withoutChanges(told.world) : told.world;
  const { owner, waitAtMost } = request;
  const tools: Tools = { ...told, world, budget, told, waitAtMost, owner };
  let state = begun;
  try {
    if (told.lease.isAfterDeath) await countDeath(begun, request.owner, told.world);
    state = await work(state, tools);
  } catch (error) {
    await tellFailure(withRequests(state, tools.world), error, tools);
    throw error;
  }
  return await endSlice(state, tools);
}

interface Tools {
  readonly world: World;
  readonly budget: Budget;
  readonly lease: HeldLease;
  readonly told: ProgressRecorder;
  readonly waitAtMost: number | undefined;
  readonly owner: string;
}

/** A run that can't begin leaves no lease behind, but a report that says why. */
async function loadOrBegin(
  request: RunRequest,
  { world, lease }: Pick<Tools, 'world' | 'lease'>,
): Promise<RunState> {
  try {
    const stored = await loadState(world.store, request);
    return stored ?? (await beginRun(request, world).catch(reportUnbegun(request, world)));
  } catch (error) {
    if (error instanceof RetentionError) await lease.release();
    throw error;
  }
}

/** One slice of work; its state is stored at the end. */
async function work(begun: RunState, tools: Tools): Promise<RunState> {
  const { world, budget } = tools;
  await tools.told.tell(begun);
  const policy = policyFor(begun, world);
  const startedAt = world.clock.now();
  const survey = await surveyOrWait(begun, policy, tools);
  if ('waiting' in survey) return await stored(survey, tools);
  const now = world.clock.now();
  let state = withDuration(afterAnswer(begun, now), 'preflight', now - startedAt);
  if (state.slices === 0) await reportBeginning(state, { policy, survey }, world);
  state = { ...state, slices: state.slices + 1 };
  while (state.phase !== 'done' && budget.hasTime()) {
    await tools.lease.confirm();
    const { phase } = state;
    state = creditedTo(tools.owner, await nextPhase(state, { policy, survey }, tools));
    if (state.phase !== phase) state = { ...state, phaseSince: world.clock.now() };
    if (state.waiting !== undefined) break;
    // What follows rests on what is stored: a run that was cut off while it applied must never plan anew.
    if (state.phase === phase) continue;
    await tools.lease.confirm();
    await saveState(world.store, state);
    await tools.told.tell(state);
  }
  return await stored(state, tools);
}

async function stored(given: RunState, { world, lease }: Tools): Promise<RunState> {
  const state = withRequests(given, world);
  await lease.confirm();
  await saveState(world.store, state);
  return state;
}

/** One look after garbage collection, by a run that is reported already: what fails here is looked at again later. */
async function followSlice(
  before: RunState,
  request: RunRequest,
  counting: World,
): Promise<SliceEnd> {
  const { owner, waitAtMost } = request;
  const limits = { now: counting.clock.now(), waitAtMost };
  let state = waitOrEnd({ ...before, slices: before.slices + 1 }, limits);
  try {
    const told = await underLease(request, counting);
    const { world } = told;
    const now = await loadState(world.store, request);
    if (now?.phase === 'done') {
      await told.lease.release();
      return endedRun(now, owner);
    }
    try {
      state = await lookAgain(before, { ...told, limits });
    } catch (error) {
      if (!(error instanceof RetentionError)) throw error;
      const { message: problem, remedy } = error;
      world.telemetry.warn('garbage collection was not seen', { problem, remedy });
    }
    state = creditedTo(owner, withRequests(state, world));
    await saveState(world.store, state);
    return await endSlice(state, { ...told, told, owner });
  } catch (error) {
    // Another run works: its deletions and our collection stay apart.
    if (!(error instanceof RetentionError) || !isBusy(error)) throw error;
    return sliceEnd(state, counting.clock.now(), owner);
  }
}

/** What is new is reported again, unless a later run has reported since: the next one then tells what was freed. */
async function lookAgain(
  before: RunState,
  { world, lease, limits }: Held & { readonly limits: Parameters<typeof waitOrEnd>[1] },
): Promise<RunState> {
  const policy = policyFor(before, world);
  const seen = await followStep({ ...before, slices: before.slices + 1 }, policy, { world, lease });
  const state = waitOrEnd(seen, limits);
  if (state.collection?.kind === before.collection?.kind) return state;
  if (!(await isNewest(state.runId, world.store))) return state;
  const survey = await surveyOf(state, policy, world);
  const { ended } = await report(state, { policy, survey }, world);
  if (state.collection?.kind === 'ended') await closeCollection(world, state.collection.id);
  return ended === undefined ? state : { ...state, ended };
}

const isBusy = ({ code }: RetentionError): boolean =>
  code === 'lease-held' || code === 'run-elsewhere';

interface Known {
  readonly policy: Policy;
  readonly survey: Survey;
}

/** Does what can be done of the phase in time, and notes how long it took; waits where Harbor is gone meanwhile. */
async function nextPhase(state: RunState, known: Known, tools: Tools): Promise<RunState> {
  const { world, waitAtMost } = tools;
  const startedAt = world.clock.now();
  const registry = registryNow(state, known.survey);
  const judged = { policy: known.policy, registry };
  const surveyed = { ...judged, survey: known.survey };
  const steps: Readonly<Record<RunState['phase'], () => Promise<RunState>>> = {
    inventory: () => takeInventory(state, known, tools),
    plan: () => judgeParts(state, { ...judged, approved: approvedFor(state, known.survey) }, tools),
    trash: () => planTrash(state, surveyed, world),
    ledger: () => ledgerStep(state, known, tools),
    guard: () => guardStep(state, judged, world),
    apply: () => applyStep(state, { ...surveyed, which: 'deletions' }, tools),
    purge: () => applyStep(state, { ...surveyed, which: 'purge' }, tools),
    empty: () => emptyStep(state, surveyed, tools),
    collect: () => collectStep(state, known.policy, tools),
    report: async () =>
      waitOrEnd(await report(await settleStep(state, tools), known, world), {
        now: world.clock.now(),
        waitAtMost,
      }),
    follow: () => Promise.resolve(state),
    done: () => Promise.resolve(state),
  };
  const next = await steps[state.phase]().catch((error: unknown) =>
    waitForAnswers(state, error, { now: world.clock.now(), waitAtMost }),
  );
  return withDuration(next, state.phase, world.clock.now() - startedAt);
}

async function report(state: RunState, known: Known, world: World): Promise<RunState> {
  const requests = world.harbor.requests();
  const reported = await reportStep(
    state,
    { ...known, registry: registryNow(state, known.survey), requests },
    world,
  );
  return withFigures(reported, world, state.ended);
}
