import { loadPolicy } from './config/load-policy.ts';
import { formatProblems } from './config/format-problems.ts';
import { sha256Hex } from './domain/hash.ts';
import type { Policy } from './domain/policy.ts';
import type { RegistryFacts } from './domain/registry.ts';
import { RetentionError } from './errors.ts';
import type { Survey } from './inventory/preflight.ts';
import { noPullTimes, pullSignal } from './inventory/pull-signal.ts';
import type {
  Budget,
  PolicyText,
  Progress,
  RequestCount,
  RunRequest,
  SliceEnd,
  World,
} from './ports.ts';
import { reportKeys } from './report/report-keys.ts';
import { approvedFor, readApproved } from './steps/approved-list.ts';
import { applyStep } from './steps/apply-step.ts';
import { collectStep } from './steps/collect-step.ts';
import { emptyStep } from './steps/empty-step.ts';
import { guardStep, loadHistory } from './steps/guard-step.ts';
import { judgeParts } from './steps/judge-parts.ts';
import { type HeldLease, takeLease } from './steps/lease.ts';
import { planPurge } from './steps/purge-step.ts';
import { reportBeginning, reportFailure } from './steps/report-ends.ts';
import { reportStep } from './steps/report-step.ts';
import { addRequests, loadState, newState, type RunState, saveState } from './steps/run-state.ts';
import { surveyOf } from './steps/survey.ts';
import { takeInventory } from './steps/take-inventory.ts';

/**
 * The whole run: policy → survey → inventory → plan → guard → apply → report. Goes on where the state of this run id
 * says, until it is done or the time is up; a run that has ended answers as it did then. Holds the lease meanwhile.
 * @throws RetentionError, or a fault of ours; a report that says so is written first, unless another run has the lease
 */
export async function runSlice(
  request: RunRequest,
  given: World,
  budget: Budget,
): Promise<SliceEnd> {
  const world = countingAnew(given);
  const earlier = await loadState(world.store, request);
  if (earlier?.phase === 'done') return ended(earlier);
  refuseDisarmed(request, earlier);
  const lease = await takeLease(world.store, request, world.clock);
  let state = (await loadState(world.store, request)) ?? (await begin(request, world));
  try {
    state = await work(state, { world, budget, lease });
  } catch (error) {
    if (!(error instanceof RetentionError) || error.code !== 'lease-held') {
      await reportFailure(withRequests(state, world), error, world);
      await lease.release();
    }
    throw error;
  }
  // Between slices nobody else may begin; the same owner goes on with its own lease.
  if (state.phase !== 'done') return { done: false, progress: progressOf(state) };
  await lease.release();
  return ended(state);
}

/** One slice of work; its state is stored at the end. */
async function work(begun: RunState, tools: Tools): Promise<RunState> {
  const { world, budget } = tools;
  const policy = policyOf(begun.policy, world);
  const startedAt = world.clock.now();
  const survey = await surveyOf(begun, policy, world);
  let state = withDuration(begun, 'preflight', world.clock.now() - startedAt);
  if (state.slices === 0) await reportBeginning(state, { policy, survey }, world);
  state = { ...state, slices: state.slices + 1 };
  while (state.phase !== 'done' && budget.hasTime()) {
    await tools.lease.confirm();
    const { phase } = state;
    state = await nextPhase(state, { policy, survey }, tools);
    // What follows rests on what is stored: a run that was cut off while it applied must never plan anew.
    if (state.phase === phase) continue;
    await tools.lease.confirm();
    await saveState(world.store, state);
  }
  state = withRequests(state, world);
  await tools.lease.confirm();
  await saveState(world.store, state);
  return state;
}

interface Tools {
  readonly world: World;
  readonly budget: Budget;
  readonly lease: HeldLease;
}

/** Requests are counted per process, in which several runs may follow one another. */
function countingAnew(world: World): World {
  const before = world.harbor.requests();
  const requests = (): RequestCount => {
    const now = world.harbor.requests();
    return {
      sent: now.sent - before.sent,
      retried: now.retried - before.retried,
      lowerBound: now.lowerBound - before.lowerBound,
      waitedMs: now.waitedMs - before.waitedMs,
    };
  };
  return { ...world, harbor: { ...world.harbor, requests } };
}

/** A dry run that is asked for is never an armed one that goes on. @throws RetentionError event-invalid */
function refuseDisarmed(request: RunRequest, earlier: RunState | undefined): void {
  if (earlier?.mode !== 'apply' || request.mode === 'apply') return;
  throw new RetentionError(
    'event-invalid',
    `Run ${request.runId} was begun as an armed run, and a dry run is asked for. Nothing was done.`,
    {
      remedy:
        'Start a dry run without a runId; or go on with the armed one on an armed deployment.',
    },
  );
}

interface Known {
  readonly policy: Policy;
  readonly survey: Survey;
}

/** Does what can be done of the phase in time, and notes how long it took. */
async function nextPhase(state: RunState, known: Known, tools: Tools): Promise<RunState> {
  const { world } = tools;
  const startedAt = world.clock.now();
  const registry: RegistryFacts = {
    ...known.survey.registry,
    pullSignal: pullSignal(state.pullTimes, state.takenAt),
  };
  const judged = { policy: known.policy, registry };
  const requests = world.harbor.requests();
  const next = await {
    inventory: () => takeInventory(state, known, tools),
    plan: () => judgeParts(state, { ...judged, approved: approvedFor(state, known.survey) }, tools),
    trash: () => planPurge(state, { ...judged, survey: known.survey }, world),
    guard: () => guardStep(state, judged, world),
    apply: () => applyStep(state, { ...judged, which: 'deletions' }, tools),
    purge: () => applyStep(state, { ...judged, which: 'purge' }, tools),
    empty: () => emptyStep(state, { ...judged, survey: known.survey }, tools),
    collect: () => collectStep(state, known.policy, tools),
    report: () => reportStep(state, { ...known, registry, requests }, world),
    done: () => Promise.resolve(state),
  }[state.phase]();
  return withDuration(next, state.phase, world.clock.now() - startedAt);
}

function withDuration(state: RunState, what: string, ms: number): RunState {
  const before = state.durationsMs[what] ?? 0;
  return { ...state, durationsMs: { ...state.durationsMs, [what]: before + ms } };
}

async function begin(request: RunRequest, world: World): Promise<RunState> {
  const policy = await world.policy.load();
  const takenAt = world.clock.now();
  const approved =
    request.approved === undefined ? {} : { approved: await readApproved(request.approved, world) };
  const reportKey = reportKeys(request.runId, takenAt).report;
  const last = (await loadHistory(world.store)).runs.at(-1);
  const isFirstUnderPolicy =
    request.mode === 'apply' &&
    request.applyNewPolicy !== true &&
    last?.policyHash !== sha256Hex(policy.text);
  return newState({
    request,
    takenAt,
    policy,
    reportKey,
    pullTimes: noPullTimes,
    isFirstUnderPolicy,
    ...approved,
  });
}

/** A policy with an error is never run. @throws RetentionError policy-invalid, with every problem */
function policyOf(source: PolicyText, world: World): Policy {
  const loaded = loadPolicy(source.text, { name: source.name, inUseSources: world.inUse.kinds });
  if (loaded.ok) return loaded.policy;
  const { problems } = loaded;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const shown = formatProblems(problems, source.text, { name: source.name });
  throw new RetentionError('policy-invalid', `The policy has ${count}.\n${shown}`);
}

/** The state holds the requests of the slices before. */
function withRequests(state: RunState, world: World): RunState {
  return { ...state, requests: addRequests(state.requests, world.harbor.requests()) };
}

function ended(state: RunState): SliceEnd {
  if (state.ended === undefined) throw new Error('a run that is done has ended');
  return { done: true, reportKey: state.reportKey, ...state.ended };
}

function progressOf(state: RunState): Progress {
  const isReading = state.phase === 'inventory';
  return {
    phase: isReading ? 'inventory' : 'plan',
    done: state.read.length,
    of: state.parts,
    what: 'parts',
  };
}
