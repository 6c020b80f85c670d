import { defined } from '../domain/defined.ts';
import type { Family, RepositoryPlan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { fullName, type RepositoryFacts } from '../domain/repository.ts';
import {
  recentSightings,
  untaggedIn,
  untaggedSince,
  type UntaggedSightings,
} from '../domain/untagged-sightings.ts';
import { type JudgeContext, judgeContext } from '../plan/judge-context.ts';
import { judgeRepository } from '../plan/judge-repository.ts';
import { addRepositories, emptyPlan, type PlanSoFar } from '../plan/make-plan.ts';
import { cutoffFor, type TrimCutoff } from '../plan/trim-to-limits.ts';
import type { Absences } from './absences.ts';
import { factsWithout } from './facts-without.ts';
import type { Night } from './night.ts';
import { type PlannedRemoval, removalsIn, type Taking } from './removals-in.ts';

/** When a repository was last seen whole, and what was untagged then. */
export interface Sighted {
  readonly at: number;
  readonly untagged: UntaggedSightings;
}

/** One night under one policy, while its facts are gone through. */
export interface SimulatedNight {
  /** Judges a repository without what has gone from it. Returns are marked before. */
  judge(facts: RepositoryFacts, absences: Absences | undefined, seen: Sighted | undefined): void;
  /**
   * Whether the facts must be gone through again: with `onBreach: oldestFirst`, what goes is known only when everything
   * that might go is (docs/policy.md#limits). The second time is the last.
   */
  needsAgain(): boolean;
  readonly plan: () => PlanSoFar;
  readonly removals: () => readonly PlannedRemoval[];
  /** What was untagged, by repository, where the policy asks for it. */
  readonly sighted: () => ReadonlyMap<string, Sighted>;
}

/** Repositories whose sums are added to the plan at once; each adding copies what there is. */
const atOnce = 256;

/** What one going through of the facts adds up. */
function newPass() {
  let soFar: PlanSoFar = emptyPlan;
  let waiting: Parameters<typeof addRepositories>[1][number][] = [];
  const families: Family[] = [];
  const removals: PlannedRemoval[] = [];
  const addUp = (): PlanSoFar => {
    soFar = addRepositories(soFar, waiting);
    waiting = [];
    return soFar;
  };
  const add = ({ totals, rules, reasons, canaries, ...plan }: RepositoryPlan): void => {
    waiting.push({ totals, rules, reasons, canaries });
    for (const family of plan.families) families.push(family);
    if (waiting.length >= atOnce) addUp();
  };
  return { add, addUp, families, removals };
}

/** Begins a night; `position` counts from 0. */
export function simulatedNight(policy: Policy, night: Night, position: number): SimulatedNight {
  const { takenAt, registry } = night;
  const context = judgeContext(policy, registry);
  const sighted = new Map<string, Sighted>();
  let cutoff: TrimCutoff | undefined;
  let pass = newPass();

  const contextOf = (facts: RepositoryFacts, seen: Sighted | undefined): JudgeContext => {
    if (!policy.needs.untaggedMemory) return { ...context, ...defined({ cutoff }) };
    const before = recentSightings(seen?.untagged, seen?.at, takenAt);
    if (facts.kind === 'complete') {
      const untagged = untaggedIn(facts, before, takenAt);
      sighted.set(fullName(facts.head), { at: takenAt, untagged });
    }
    return { ...context, untaggedSince: untaggedSince(facts, before), ...defined({ cutoff }) };
  };

  return {
    judge: (real, absences, seen) => {
      const facts = absences === undefined ? real : factsWithout(real, absences);
      const plan = judgeRepository(facts, contextOf(facts, seen));
      pass.add(plan);
      const undo = undoIn(facts, policy, context);
      const taking = { night: position, at: takenAt, undo };
      for (const removal of removalsIn(plan, facts, taking)) pass.removals.push(removal);
    },
    needsAgain: () => {
      if (cutoff !== undefined || policy.limits.onBreach !== 'oldestFirst') return false;
      cutoff = cutoffFor(pass.families, policy.limits, artifactsInScope(policy, pass.addUp()));
      if (cutoff !== undefined) pass = newPass();
      return cutoff !== undefined;
    },
    plan: () => pass.addUp(),
    removals: () => pass.removals,
    sighted: () => sighted,
  };
}

function undoIn(
  { head }: RepositoryFacts,
  { trash }: Policy,
  { projects }: JudgeContext,
): Taking['undo'] {
  // Harbor accepts no copy back into a proxy cache.
  return trash === 'off' || projects.get(head.project)?.isProxyCache === true ? 'none' : 'trash';
}

/** Artifacts in projects that some rule selects, which the percentage of a run is of. */
export function artifactsInScope(policy: Policy, { repositories }: PlanSoFar): number {
  let inScope = 0;
  for (const { project, artifacts } of repositories)
    if (policy.inScope(project)) inScope += artifacts;
  return inScope;
}
