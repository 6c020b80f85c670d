import { type Applying, applyPlan } from '../apply/apply-plan.ts';
import type { Undo } from '../apply/hands.ts';
import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { Budget, World } from '../ports.ts';
import { RetentionError } from '../errors.ts';
import { reportKeys } from '../report/report-keys.ts';
import { ruleOn } from './guard-step.ts';
import type { HeldLease } from './lease.ts';
import { type RunState, stateKeys } from './run-state.ts';

export interface ApplyTools {
  readonly world: World;
  readonly budget: Budget;
  readonly lease: HeldLease;
}

/** Facts about workloads, replication and counts age; a first clean-up may well take a day. */
const oldestPlan = 48 * 3_600_000;

const following = { deletions: 'purge', purge: 'empty' } as const;

/** Does what the plan says, as far as time goes. A plan that guard no longer clears is not touched. */
export async function applyStep(
  state: RunState,
  given: {
    readonly policy: Policy;
    readonly registry: RegistryFacts;
    readonly which: 'deletions' | 'purge';
  },
  { world, budget, lease }: ApplyTools,
): Promise<RunState> {
  refuseStale(state, world.clock.now());
  const { ruling } = await ruleOn(state, given, world);
  if (ruling.kind === 'refused') return { ...state, phase: 'report' };
  const keys = reportKeys(state.runId, state.takenAt);
  const { population, purge } = ruling.plan;
  const planned =
    given.which === 'purge'
      ? (purge?.deletions ?? 0)
      : population.deletions + population.tagRemovals;
  let applied = 0;
  const applying: Applying = {
    hands: { harbor: world.harbor, clock: world.clock, pause: world.pause },
    store: world.store,
    budget,
    runId: state.runId,
    harbor: given.registry.harbor.url,
    undoIn: (project) => undoIn(project, given),
    confirmLease: () => lease.confirm(),
    keys: {
      intent: stateKeys(state.runId).intent,
      record: keys.record,
      healing: keys.healing,
    },
    healsIn: (project) =>
      given.registry.projects.every((one) => one.name !== project || !one.isProxyCache),
    recordPrefix: keys.records,
    tell: (count) => {
      applied += count;
      world.telemetry.progress({ phase: 'apply', done: applied, of: planned, what: given.which });
    },
  };
  const end = await applyPlan(ruling.plan, applying, given.which);
  if (!end.done) return state;
  // A lost sign-in or a read-only Harbor: nothing else is tried.
  const isStopped = end.stop?.of === 'run';
  return { ...state, phase: isStopped ? 'report' : following[given.which] };
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

/** Proxy caches accept no copy back; their upstream has what is deleted there (policy.md §4). */
function undoIn(
  project: string,
  { policy, registry }: { readonly policy: Policy; readonly registry: RegistryFacts },
): Undo {
  const facts = registry.projects.find((one) => one.name === project);
  if (policy.trash === 'off' || facts?.isProxyCache === true) return { kind: 'none' };
  return { kind: 'trash', project: policy.trash.project, keepFor: policy.trash.keepFor };
}
