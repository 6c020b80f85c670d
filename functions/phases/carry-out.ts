import type { Undo } from '../domain/trash.ts';
import { type Applying, applyPlan } from '../apply/apply-plan.ts';
import { isWaitedFor } from '../apply/apply-project.ts';
import type { Instant } from '../domain/instant.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RunHistory } from '../domain/run-history.ts';
import { RetentionError } from '../errors.ts';
import { reportKeys } from '../domain/store-keys.ts';
import { approvedFor } from './approved-list.ts';
import { claimKeeper } from './claim.ts';
import { ruleOn } from './guard.ts';
import { applyPorts } from './changes.ts';
import { secondJudge } from './judge-again.ts';
import { done, type PhaseTools, type Step, stopped, unfinished } from './phase.ts';
import { goingOn, type RunState, type RunUnderWay } from '../store/run-state.ts';
import { defaultWaitAtMost, waitAgain } from '../store/waiting.ts';

/** Facts about workloads, replication and counts age; a first clean-up may well take a day. */
const oldestPlan = 48 * 3_600_000;

type Which = 'deletions' | 'purge';

/**
 * Does what the plan says, as far as time goes. A plan that guard no longer clears is not touched. While Harbor is
 * read-only the run waits; once it has waited long enough, it says what was refused and leaves the rest.
 */
export function carryOut(which: Which): Step {
  return async (state, tools) => {
    const { world } = tools;
    refuseStale(state, world.clock.now());
    const { ruling, history } = await ruleOn(state, tools, world);
    refuseOvertaken(state, { policy: tools.policy, history });
    if (ruling.kind === 'refused') return stopped(goingOn(state, world.clock.now()));
    if (state.waiting !== undefined && (await world.harbor.identify()).readOnly === true) {
      const longer = waitLonger(state, tools);
      if (longer !== undefined) return unfinished(longer);
    }
    const applying = applyingIn(state, { plan: ruling.plan, which }, tools);
    const end = await applyPlan(ruling.plan, applying, which);
    if (!end.done && isWaitedFor(end.stop, applying))
      return unfinished(waitLonger(state, tools) ?? state);
    const next = goingOn(state, world.clock.now());
    if (!end.done) return unfinished(next);
    // A lost sign-in or a read-only Harbor: nothing else is tried.
    return end.stop?.of === 'run' ? stopped(next) : done(next);
  };
}

function applyingIn(
  state: RunUnderWay,
  { plan, which }: { readonly plan: Plan; readonly which: Which },
  tools: PhaseTools,
): Applying {
  const { policy, registry, survey, world, lease } = tools;
  const keys = reportKeys(state.runId);
  const { population, purge } = plan;
  const planned =
    which === 'purge' ? (purge?.deletions ?? 0) : population.deletions + population.tagRemovals;
  let applied = 0;
  const ports = applyPorts(world, lease);
  const confirmClaim = claimKeeper(survey.trash?.project, ports, world);
  return {
    ports,
    store: world.store,
    budget: tools.budget,
    runId: state.runId,
    harbor: registry.harbor.url,
    undoIn: (project) => undoIn(project, { policy, registry }),
    judgeAgain: secondJudge(
      {
        state,
        policy,
        registry,
        survey,
        approved: approvedFor(state, survey),
        rollOut: plan.rollOut,
      },
      world,
    ),
    confirmLease: async () => {
      await lease.confirm();
      await confirmClaim();
    },
    keys: {
      record: keys.record,
      healing: keys.healing,
    },
    healsIn: (project) =>
      registry.projects.every((one) => one.name !== project || !one.isProxyCache),
    recordPrefix: keys.records,
    waitsForWrites: waitLonger(state, tools) !== undefined,
    countDone: (count) => {
      applied += count;
      world.telemetry.progress({ phase: 'apply', done: applied, of: planned, what: which });
    },
  };
}

/** The run, waiting until Harbor accepts writes; undefined if it has waited long enough. */
function waitLonger(
  state: RunUnderWay,
  { world, waitAtMost = defaultWaitAtMost }: PhaseTools,
): RunUnderWay | undefined {
  const given = { now: world.clock.now(), waited: state.waitedMs ?? 0, atMost: waitAtMost };
  const waiting = waitAgain('harbor-read-only', state.waiting, given);
  return waiting === undefined ? undefined : { ...state, waiting };
}

/** @throws RetentionError state-invalid */
function refuseStale({ runId, takenAt }: RunState, now: Instant): void {
  const age = now - takenAt;
  if (age <= oldestPlan) return;
  throw new RetentionError(
    'state-invalid',
    `The plan of run ${runId} is ${Math.round(age / 3_600_000)} hours old: nothing of it is carried out any more.`,
  );
}

/**
 * A run that was cut off may be continued much later; the plan of a later one, or a policy that was changed since,
 * may keep what this one condemned. @throws RetentionError state-invalid
 */
export function refuseOvertaken(
  { runId, takenAt }: RunState,
  { policy, history }: { readonly policy: Policy; readonly history: RunHistory },
): void {
  const later = history.runs.find(
    (run) => run.at > takenAt && (run.mode === 'apply' || run.policyHash !== policy.hash),
  );
  if (later === undefined) return;
  const what = later.mode === 'apply' ? 'armed' : 'under another policy';
  throw new RetentionError(
    'state-invalid',
    `After run ${runId} had been planned, run ${later.runId} began later (${what}): nothing more of the older plan is carried out.`,
    { remedy: 'Start a new run, by an event without "runId"; what was done stays restorable.' },
  );
}

/**
 * Proxy caches accept no copy back; their upstream has what is deleted there
 * (docs/policy.md#what-holds-whatever-the-rules-say).
 */
function undoIn(
  project: string,
  { policy, registry }: { readonly policy: Policy; readonly registry: RegistryFacts },
): Undo {
  const facts = registry.projects.find((one) => one.name === project);
  if (policy.trash === 'off' || facts?.isProxyCache === true) return { kind: 'none' };
  return { kind: 'trash', project: policy.trash.project, keepFor: policy.trash.keepFor };
}
