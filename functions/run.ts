import { loadPolicy } from './config/load-policy.ts';
import { formatProblems } from './config/format-problems.ts';
import type { Policy } from './domain/policy.ts';
import type { RegistryFacts } from './domain/registry.ts';
import { RetentionError } from './errors.ts';
import type { Survey } from './inventory/preflight.ts';
import { noPullTimes, pullSignal } from './inventory/pull-signal.ts';
import type { Budget, PolicyText, Progress, RunRequest, SliceEnd, World } from './ports.ts';
import { reportKeys } from './report/report-keys.ts';
import { conclude } from './steps/conclude.ts';
import { judgeParts } from './steps/judge-parts.ts';
import { reportBeginning, reportFailure } from './steps/report-ends.ts';
import { loadState, newState, type RunState, saveState } from './steps/run-state.ts';
import { surveyOf } from './steps/survey.ts';
import { takeInventory } from './steps/take-inventory.ts';

/**
 * The whole run: policy → survey → inventory → plan → guard → report. Goes on where the state of this run id says,
 * until it is done or the time is up; a run that has ended answers as it did then.
 * @throws RetentionError, or a fault of ours; a report that says so is written first where a store is there
 */
export async function runSlice(
  request: RunRequest,
  world: World,
  budget: Budget,
): Promise<SliceEnd> {
  let state = (await loadState(world.store, request)) ?? (await begin(request, world));
  if (state.phase === 'done') return ended(state);
  try {
    const policy = policyOf(state.policy, world);
    const surveyedAt = world.clock.now();
    const survey = await surveyOf(state, policy, world);
    state = withDuration(state, 'preflight', world.clock.now() - surveyedAt);
    if (state.slices === 0) await reportBeginning(state, { policy, survey }, world);
    state = { ...state, slices: state.slices + 1 };
    while (state.phase !== 'done' && budget.hasTime()) {
      state = await nextPhase(state, { policy, survey }, { world, budget });
    }
    state = withRequests(state, world);
    await saveState(world.store, state);
  } catch (error) {
    await reportFailure(withRequests(state, world), error, world);
    throw error;
  }
  return state.phase === 'done' ? ended(state) : { done: false, progress: progressOf(state) };
}

interface Known {
  readonly policy: Policy;
  readonly survey: Survey;
}

/** Does what can be done of the phase in time, and notes how long it took. */
async function nextPhase(
  state: RunState,
  known: Known,
  tools: { readonly world: World; readonly budget: Budget },
): Promise<RunState> {
  const { world } = tools;
  const startedAt = world.clock.now();
  const registry: RegistryFacts = {
    ...known.survey.registry,
    pullSignal: pullSignal(state.pullTimes, state.takenAt),
  };
  const next = await {
    inventory: () => takeInventory(state, known, tools),
    plan: () => judgeParts(state, { policy: known.policy, registry }, tools),
    conclude: () =>
      conclude(state, { ...known, registry, requests: world.harbor.requests() }, world),
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
  const reportKey = reportKeys(request.runId, takenAt).report;
  return newState({ request, takenAt, policy, reportKey, pullTimes: noPullTimes });
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

/** Requests are counted per process; the state holds those of the slices before. */
function withRequests(state: RunState, world: World): RunState {
  const here = world.harbor.requests();
  return {
    ...state,
    requests: {
      sent: state.requests.sent + here.sent,
      retried: state.requests.retried + here.retried,
      lowerBound: state.requests.lowerBound + here.lowerBound,
      waitedMs: state.requests.waitedMs + here.waitedMs,
    },
  };
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
