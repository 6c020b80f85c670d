import { defined } from '../domain/defined.ts';
import { memoryOf } from '../store/harbor-memory.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RunHistory } from '../domain/run-history.ts';
import { RetentionError } from '../errors.ts';
import { guardPlan } from '../guard/guard-plan.ts';
import type { Ruling } from '../guard/guarded-plan.ts';
import { fingerprintOf, finishPlan } from '../plan/make-plan.ts';
import type { World } from '../ports.ts';
import { type PlanDraft, requireDraft } from '../store/plan-draft.ts';
import { withRecordedDeletions } from '../store/recorded-deletions.ts';
import { loadHistory } from '../store/run-history.ts';
import type { RunState } from '../store/run-state.ts';
import { sealedPlans } from '../store/sealed-plan.ts';
import { done, type Step, stopped } from './phase.ts';
import { plannedRollOut, runsBefore } from './roll-out.ts';

/** A plan with all that guard ruled it by. */
export interface RuledPlan {
  readonly draft: PlanDraft;
  readonly ruling: Ruling;
  readonly history: RunHistory;
  /** Of the history, the runs before this one. */
  readonly earlier: RunHistory;
}

/**
 * Closes the plan and asks guard. Again in every slice: the stored plan has lost its brand, and the same plan under the
 * same facts gets the same answer.
 * @throws RetentionError state-invalid if the plan's parts are gone
 */
export async function ruleOn(
  state: RunState,
  { policy, registry }: { readonly policy: Policy; readonly registry: RegistryFacts },
  world: World,
): Promise<RuledPlan> {
  const draft = await requireDraft(world.store, state.runId);
  const plan = finishPlan(draft.soFar, {
    madeAt: state.takenAt,
    policyHash: policy.hash,
    ruleNames: policy.ruleNames,
    actions: draft.actions,
    ...defined({ purge: draft.purge, empty: draft.empty, rollOut: plannedRollOut(draft) }),
  });
  const history = await loadHistory(memoryOf(world.store, registry.harbor.url));
  const before = runsBefore(state, history);
  const { runId, takenAt: until } = state;
  const here = { runId, harbor: registry.harbor.url, until };
  const earlier = await withRecordedDeletions(world.store, before, here);
  const { acknowledged = [] } = state;
  const context = { policy, registry, history: earlier, acknowledged };
  return { draft, ruling: guardPlan(plan, context), history, earlier };
}

/** Has the plan guarded and stores it; a plan that is refused is reported and not carried out. */
export const guard: Step = async (state, tools) => {
  const { ruling } = await ruleOn(state, tools, tools.world);
  refuseAnotherPlan(state, ruling.plan);
  await sealedPlans.write(tools.world.store, ruling.plan, state.runId);
  return ruling.kind === 'cleared' ? done(state) : stopped(state);
};

/** @throws RetentionError plan-changed if this is not the plan that was confirmed */
function refuseAnotherPlan({ onlyPlan }: RunState, plan: Plan): void {
  const fingerprint = fingerprintOf(plan);
  if (onlyPlan === undefined || fingerprint.startsWith(onlyPlan)) return;
  throw new RetentionError(
    'plan-changed',
    `The plan is another one than was confirmed: ${fingerprint.slice(0, 12)}, not ${onlyPlan.slice(0, 12)}. Nothing was deleted.`,
  );
}
