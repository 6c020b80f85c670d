import { memoryOf } from '../store/harbor-memory.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RunHistory } from '../domain/run-history.ts';
import { RetentionError } from '../errors.ts';
import { guardPlan } from '../guard/guard-plan.ts';
import type { Ruling } from '../guard/guarded-plan.ts';
import { fingerprintOf, finishPlan } from '../plan/make-plan.ts';
import type { RunStore, World } from '../ports.ts';
import { type PlanDraft, requireDraft } from '../store/plan-draft.ts';
import { withRecordedDeletions } from '../store/recorded-deletions.ts';
import { type RunState, stateKeys } from '../store/run-state.ts';

const historyKey = 'state/history.json';

/** A plan with all that guard ruled it by. */
export interface Ruled {
  readonly draft: PlanDraft;
  readonly ruling: Ruling;
  readonly history: RunHistory;
}

/**
 * Closes the plan and asks guard. In every slice anew: the stored plan has lost its brand, and the same plan under the
 * same facts gets the same answer.
 * @throws RetentionError state-invalid if the plan's parts are gone
 */
export async function ruleOn(
  state: RunState,
  { policy, registry }: { readonly policy: Policy; readonly registry: RegistryFacts },
  world: World,
): Promise<Ruled> {
  const draft = await requireDraft(world.store, state.runId);
  const plan = finishPlan(draft.soFar, {
    madeAt: state.takenAt,
    policyHash: policy.hash,
    ruleNames: policy.ruleNames,
    actions: draft.actions,
    ...(draft.purge === undefined ? {} : { purge: draft.purge }),
    ...(draft.empty === undefined ? {} : { empty: draft.empty }),
  });
  const history = await loadHistory(memoryOf(world.store, registry.harbor.url));
  // What a later run planned says nothing of this plan.
  const before = {
    runs: history.runs.filter((run) => run.runId !== state.runId && run.at <= state.takenAt),
  };
  const { runId, takenAt: until } = state;
  const here = { runId, harbor: registry.harbor.url, until };
  const earlier = await withRecordedDeletions(world.store, before, here);
  const { acknowledged = [] } = state;
  const context = { policy, registry, history: earlier, acknowledged };
  return { draft, ruling: guardPlan(plan, context), history };
}

/** Has the plan guarded; what follows is up to mode and ruling. */
export async function guardStep(
  state: RunState,
  given: { readonly policy: Policy; readonly registry: RegistryFacts },
  world: World,
): Promise<RunState> {
  const { ruling } = await ruleOn(state, given, world);
  refuseAnotherPlan(state, ruling.plan);
  await storePlan(world.store, state, ruling.plan);
  const goesOn = ruling.kind === 'cleared' && state.mode === 'apply';
  return { ...state, phase: goesOn ? 'apply' : 'report' };
}

/** @throws RetentionError plan-changed if this is not the plan that was confirmed */
function refuseAnotherPlan({ onlyPlan }: RunState, plan: Plan): void {
  const fingerprint = fingerprintOf(plan);
  if (onlyPlan === undefined || fingerprint.startsWith(onlyPlan)) return;
  throw new RetentionError(
    'plan-changed',
    `The plan is another one than was confirmed: ${fingerprint.slice(0, 12)}, not ${onlyPlan.slice(0, 12)}. Nothing was deleted.`,
  );
}

async function storePlan(store: RunStore, state: RunState, plan: Plan): Promise<void> {
  await store.write(stateKeys(state.runId).plan, JSON.stringify(plan), 'application/json');
}

/**
 * The earlier runs on one Harbor (`memoryOf` of the store); none is a history too. One that is damaged is not taken for none:
 * the rails that compare would be silent. @throws RetentionError state-invalid
 */
export async function loadHistory(store: RunStore): Promise<RunHistory> {
  const stored = await store.read(historyKey);
  if (stored === undefined) return { runs: [] };
  const value = parsed(stored.text);
  if (isHistory(value)) return value;
  throw new RetentionError(
    'state-invalid',
    `${store.address}/${historyKey} below the Harbor's own folder is no history of runs.`,
    {
      remedy:
        'Remove it: the next run starts a new comparison, and an armed one by schedule is a dry run once, as under a new policy.',
    },
  );
}

/** Stores the history that later runs compare with. */
export async function saveHistory(store: RunStore, history: RunHistory): Promise<void> {
  await store.write(historyKey, JSON.stringify(history), 'application/json');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const counted = [
  'at',
  'projects',
  'repositories',
  'artifacts',
  'deletedArtifacts',
  'deletedRepositories',
] as const;

function isHistory(value: unknown): value is RunHistory {
  if (typeof value !== 'object' || value === null || !('runs' in value)) return false;
  const { runs } = value;
  return Array.isArray(runs) && runs.every(isEntry);
}

function isEntry(entry: Partial<RunHistory['runs'][number]> | null): boolean {
  return (
    typeof entry === 'object' &&
    typeof entry?.plannedByRule === 'object' &&
    counted.every((key) => typeof entry[key] === 'number')
  );
}
