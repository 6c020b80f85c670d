import { byText } from '../domain/artifact-order.ts';
import { defined } from '../domain/defined.ts';
import { sha256Hex } from '../domain/hash.ts';
import type { Instant } from '../domain/instant.ts';
import type {
  ActionPart,
  CanarySighting,
  EmptyTotals,
  Plan,
  PurgeTotals,
  ReasonTotals,
  RepositoryPlan,
  RepositoryTotals,
  RuleTotals,
  Totals,
  Waiting,
} from '../domain/plan.ts';
import type { PlannedRollOut } from '../domain/roll-out.ts';
import { mergeReasons } from './totals.ts';
import { addWaiting } from './waiting.ts';

/**
 * What a plan under way holds: per repository a handful of numbers, nothing per artifact. Plain JSON, so that
 * the next slice can continue with it.
 */
export interface PlanSoFar {
  readonly repositories: readonly RepositoryTotals[];
  readonly rules: readonly RuleTotals[];
  readonly reasons: readonly ReasonTotals[];
  readonly canaries: readonly CanarySighting[];
}

export const emptyPlan: PlanSoFar = { repositories: [], rules: [], reasons: [], canaries: [] };

/** Adds repositories to a plan under way; give many at once, each call copies the list of repositories. */
export function addRepositories(
  soFar: PlanSoFar,
  plans: readonly Pick<RepositoryPlan, 'totals' | 'rules' | 'reasons' | 'canaries'>[],
): PlanSoFar {
  return {
    repositories: [...soFar.repositories, ...plans.map(({ totals }) => totals)],
    rules: mergeRules([...soFar.rules, ...plans.flatMap(({ rules }) => rules)]),
    reasons: mergeReasons([...soFar.reasons, ...plans.flatMap(({ reasons }) => reasons)]),
    canaries: [...soFar.canaries, ...plans.flatMap(({ canaries }) => canaries)],
  };
}

/** What the sums were made with. */
export interface PlanFrame {
  readonly madeAt: Instant;
  readonly policyHash: string;
  /** All rules of the policy: one that selected nothing is shown with zeros. */
  readonly ruleNames: readonly string[];
  readonly actions: readonly ActionPart[];
  readonly purge?: PurgeTotals;
  readonly empty?: EmptyTotals;
  readonly rollOut?: PlannedRollOut;
}

/** Closes a plan. Its id is a hash over everything in it, so that an altered plan is noticed. */
export function finishPlan(soFar: PlanSoFar, frame: PlanFrame): Plan {
  const { madeAt, policyHash, ruleNames, actions, purge, empty, rollOut } = frame;
  const repositories = soFar.repositories.toSorted(
    (one, other) => byText(one.project, other.project) || byText(one.repository, other.repository),
  );
  const body = {
    madeAt,
    policyHash,
    population: totalsOf(repositories),
    repositories,
    rules: mergeRules([...ruleNames.map(zero), ...soFar.rules]),
    reasons: soFar.reasons,
    canaries: soFar.canaries.toSorted((one, other) => byText(one.reference, other.reference)),
    actions,
    ...defined({ purge, empty, rollOut }),
  };
  return { id: sha256Hex(JSON.stringify(body)), ...body };
}

/**
 * What a person confirms: policy and actions, with the facts they rest on, but not the time of planning. The same plan
 * made again a minute later has the same fingerprint. Hex SHA-256.
 */
export function fingerprintOf(plan: Plan): string {
  const { actions, purge, empty } = plan;
  const all = [...actions, ...(purge?.actions ?? []), ...(empty?.actions ?? [])];
  const parts = all.map(({ sha256 }) => sha256);
  return sha256Hex(JSON.stringify([plan.policyHash, ...parts]));
}

function totalsOf(repositories: readonly RepositoryTotals[]): Totals {
  let waiting: Waiting | undefined;
  const totals = {
    projects: new Set(repositories.map(({ project }) => project)).size,
    repositories: repositories.length,
    unplannable: 0,
    artifacts: 0,
    bytes: 0,
    deletions: 0,
    deletionBytes: 0,
    tagRemovals: 0,
    deferred: 0,
  };
  let unread = 0;
  for (const one of repositories) {
    if (one.unplannable !== undefined) totals.unplannable += 1;
    totals.artifacts += one.artifacts;
    totals.bytes += one.bytes;
    totals.deletions += one.deletions;
    totals.deletionBytes += one.deletionBytes;
    totals.tagRemovals += one.tagRemovals;
    totals.deferred += one.deferred;
    unread += one.unread ?? 0;
    waiting = addWaiting(waiting, one.waiting);
  }
  return { ...totals, ...(unread === 0 ? {} : { unread }), ...defined({ waiting }) };
}

function zero(rule: string): RuleTotals {
  return { rule, selected: 0, kept: 0, deletions: 0, deletionBytes: 0, tagRemovals: 0 };
}

function mergeRules(all: readonly RuleTotals[]): readonly RuleTotals[] {
  const merged = new Map<string, RuleTotals>();
  for (const one of all) {
    const known = merged.get(one.rule) ?? zero(one.rule);
    merged.set(one.rule, {
      rule: one.rule,
      selected: known.selected + one.selected,
      kept: known.kept + one.kept,
      deletions: known.deletions + one.deletions,
      deletionBytes: known.deletionBytes + one.deletionBytes,
      tagRemovals: known.tagRemovals + one.tagRemovals,
      ...defined({ waiting: addWaiting(known.waiting, one.waiting) }),
    });
  }
  return [...merged.values()].toSorted((one, other) => byText(one.rule, other.rule));
}
