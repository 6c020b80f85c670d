import { defined } from '../domain/defined.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { PlannedRollOut } from '../domain/roll-out.ts';
import type { Plan } from '../domain/plan.ts';
import { fingerprintOfRegrets, sortRegrets } from '../domain/regret.ts';
import type { RunEntry, RunHistory } from '../domain/run-history.ts';
import type { Ruling } from '../guard/guarded-plan.ts';
import { haltingRails } from '../guard/index.ts';
import type { Survey } from '../inventory/preflight.ts';
import { rollOutAt } from '../plan/roll-out.ts';
import type { RunStore } from '../ports.ts';
import type { PlanDraft } from '../store/plan-draft.ts';
import { loadHistory } from '../store/run-history.ts';
import type { RunState } from '../store/run-state.ts';

/**
 * How far the roll-out is for this run. It is decided once and stays in the draft: no slice, and no second look at a
 * repository, may see another one. Undefined: the policy has none, or the whole policy is asked for.
 */
export async function rollOutOf(
  state: RunState,
  {
    policy,
    registry,
    survey,
  }: {
    readonly policy: Policy;
    readonly registry: RegistryFacts;
    readonly survey: Pick<Survey, 'heads' | 'unplannable'>;
  },
  memory: RunStore,
): Promise<PlanDraft['rollOut']> {
  if (policy.rollout === undefined || state.wholePolicy === true) return undefined;
  const history = runsThatHold(state, await loadHistory(memory));
  const { acknowledged = [] } = state;
  const { heads, unplannable } = survey;
  const isWhole = Object.keys(unplannable).length === 0;
  return rollOutAt(policy, { now: registry.takenAt, heads, isWhole, history, acknowledged });
}

/** The roll-out with what was missed since it began, as the plan shows it. */
export function plannedRollOut({ rollOut, regrets }: PlanDraft): PlannedRollOut | undefined {
  return rollOut === undefined ? undefined : { ...rollOut, ...defined({ regrets }) };
}

/** The runs before this one: what a later run planned says nothing of this plan. */
export function runsBefore(
  { runId, takenAt }: Pick<RunState, 'runId' | 'takenAt'>,
  { runs }: RunHistory,
): RunHistory {
  return { runs: runs.filter((run) => run.runId !== runId && run.at <= takenAt) };
}

/**
 * The runs before this one, and of those that seem later the ones that halt: after a clock that was set back, or beside
 * a run that slept, a halt of the future holds as one of the past.
 */
export function runsThatHold(
  { runId, takenAt }: Pick<RunState, 'runId' | 'takenAt'>,
  { runs }: RunHistory,
): RunHistory {
  const holds = ({ at, halts }: RunEntry): boolean => at <= takenAt || halts !== undefined;
  return { runs: runs.filter((run) => run.runId !== runId && holds(run)) };
}

/** What later runs need to know so that no halt of a roll-out ends by waiting, and none is acknowledged twice. */
export function rollOutMemory(
  { acknowledged = [] }: Pick<RunState, 'acknowledged'>,
  ruling: Ruling,
  earlier: RunHistory,
): Pick<RunEntry, 'halts' | 'regrets'> {
  const { rollOut } = ruling.plan;
  if (rollOut === undefined) return {};
  const refusals = ruling.kind === 'refused' ? ruling.refusals : [];
  const halts = refusals
    .filter(({ rail }) => haltingRails.has(rail))
    .map(({ fingerprint = 'unknown' }) => fingerprint);
  const seen = rollOut.regrets?.seen ?? [];
  return {
    ...(halts.length === 0 ? {} : { halts }),
    ...(seen.length === 0 ? {} : { regrets: sortRegrets(seen, earlier.runs, acknowledged) }),
  };
}

/** Keys of the signs that somebody has acknowledged, by this run or before; undefined without a roll-out. */
export function acknowledgedRegrets(
  { acknowledged = [] }: Pick<RunState, 'acknowledged'>,
  { rollOut }: Plan,
  earlier: RunHistory,
): readonly string[] | undefined {
  if (rollOut === undefined) return undefined;
  const sorted = sortRegrets(rollOut.regrets?.seen ?? [], earlier.runs, acknowledged);
  const isSaid = acknowledged.includes(fingerprintOfRegrets(sorted.open));
  return isSaid ? [...sorted.open, ...sorted.acknowledged] : sorted.acknowledged;
}
