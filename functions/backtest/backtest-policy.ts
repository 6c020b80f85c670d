import type { Amount } from '../domain/amount.ts';
import { defined } from '../domain/defined.ts';
import { limitsNeeded } from '../domain/limits-needed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { fullName, type RepositoryFacts } from '../domain/repository.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RunEntry } from '../domain/run-history.ts';
import type { Instant } from '../domain/instant.ts';
import { guardPlan } from '../guard/guard-plan.ts';
import type { GuardContext } from '../guard/rail.ts';
import { ruleDrift } from '../guard/rule-drift.ts';
import { finishPlan } from '../plan/make-plan.ts';
import { type Absences, noAbsences } from './absences.ts';
import { findRegrets, findUses, type UseWitness } from './find-regrets.ts';
import { findReturns } from './find-returns.ts';
import type { Night, NightResult } from './night.ts';
import type { Watched } from './removal.ts';
import { endedSince, entryOf, withRealDeletions } from './simulated-history.ts';
import { type PlannedRemoval, remove } from './removals-in.ts';
import {
  artifactsInScope,
  type Sighted,
  type SimulatedNight,
  simulatedNight,
} from './simulated-night.ts';
import { nothing, type SimulatedTrash, simulatedTrash } from './simulated-trash.ts';

/**
 * A policy that is judged over past nights, in order, as if it had been armed. For each night: `begin`, `visit` with
 * each repository of its facts, the same again if `needsAgain` says so, and `end`. What a night takes is missing from
 * the later ones. Memory: what went, and sums of one night.
 */
export interface PolicyBacktest {
  begin(night: Night): void;
  visit(facts: RepositoryFacts): void;
  needsAgain(): boolean;
  end(): void;
  /** After the last night: what lists of now name by its digest, though its row left the facts. */
  finish(witnesses: readonly UseWitness[]): void;
  /** One for each night that ended. */
  readonly nights: readonly NightResult[];
  /** What went, in the order in which it went. */
  readonly watched: readonly Watched[];
}

interface UnderWay {
  readonly night: Night;
  readonly simulated: SimulatedNight;
  /** The facts are gone through for the first time. */
  isFirst: boolean;
}

/** What the nights so far have left. */
interface Left {
  readonly policy: Policy;
  readonly as: JudgedAs;
  readonly nights: NightResult[];
  readonly watched: Watched[];
  /** By repository. */
  readonly gone: Map<string, Absences>;
  readonly seen: Map<string, Sighted>;
  readonly history: RunEntry[];
  readonly trash: SimulatedTrash;
}

/** What a person is taken to do in a backtest. */
export interface JudgedAs {
  /** Somebody looks at each drift and acknowledges it, so that it refuses nothing. */
  readonly acknowledgesDrift?: boolean;
}

/** Starts before the first night: nothing is gone, and nothing is known of what was untagged before. */
export function backtestPolicy(policy: Policy, as: JudgedAs = {}): PolicyBacktest {
  const left: Left = {
    policy,
    as,
    nights: [],
    watched: [],
    gone: new Map(),
    seen: new Map(),
    history: [],
    trash: simulatedTrash(policy.trash, policy.limits),
  };
  const protecting = new Set(policy.needs.labels);
  let current: UnderWay | undefined;
  const underWay = (): UnderWay => {
    if (current === undefined) throw new Error('no night has begun');
    return current;
  };
  return {
    nights: left.nights,
    watched: left.watched,
    begin: (night) => {
      const simulated = simulatedNight(policy, night, left.nights.length);
      current = { night, simulated, isFirst: true };
    },
    visit: (facts) => {
      const { night, simulated, isFirst } = underWay();
      const name = fullName(facts.head);
      const absences = left.gone.get(name);
      if (isFirst && absences !== undefined) {
        findReturns(facts, absences, night.takenAt);
        findRegrets(facts, absences, { ...night, protecting });
      }
      simulated.judge(facts, absences, left.seen.get(name));
    },
    needsAgain: () => {
      const one = underWay();
      one.isFirst = false;
      return one.simulated.needsAgain();
    },
    end: () => {
      const { night, simulated } = underWay();
      findUses(left.watched, night.witnesses);
      endNight(left, night, simulated);
      current = undefined;
    },
    finish: (witnesses) => findUses(left.watched, witnesses),
  };
}

/** Asks the rails; what they let through is gone from now on. */
function endNight(left: Left, night: Night, simulated: SimulatedNight): void {
  const { nights, watched, seen, history, trash, policy } = left;
  const { takenAt, registry } = night;
  const soFar = simulated.plan();
  const plan = finishPlan(soFar, {
    madeAt: takenAt,
    policyHash: policy.hash,
    ruleNames: policy.ruleNames,
    actions: [],
    ...defined({ purge: trash.due(takenAt) }),
  });
  const runs = withRealDeletions(history, night, endedSince(watched, history.at(-1)));
  const context = { policy, registry, history: { runs }, acknowledged: [] };
  const { refusals, drifts } = askRails(plan, context, left.as);
  const isRefused = refusals.length > 0;
  const purged = isRefused ? nothing : trash.purge(takenAt);
  if (!isRefused) take(left, simulated.removals(), takenAt);
  for (const [repository, sighted] of simulated.sighted()) seen.set(repository, sighted);
  const acknowledged = drifts.flatMap(({ fingerprint }) => fingerprint ?? []);
  history.push({ ...entryOf(plan, night, isRefused), acknowledged });
  nights.push({
    ...plannedIn(plan),
    ...(isRefused ? { gone: nothing, goneTags: 0 } : goneIn(plan)),
    purged,
    trash: trash.holds(),
    refusals,
    ...(drifts.length === 0 ? {} : { acknowledged: drifts.map(({ on }) => on) }),
    limitsNeeded: limitsNeeded(plan, artifactsInScope(policy, soFar)),
  });
}

/** What the rails say, and the drifts that somebody acknowledges before they ask again. */
function askRails(
  plan: Plan,
  context: GuardContext,
  { acknowledgesDrift = false }: JudgedAs,
): { readonly refusals: readonly Refusal[]; readonly drifts: readonly Refusal[] } {
  const ruling = guardPlan(plan, context);
  const refusals = ruling.kind === 'refused' ? ruling.refusals : [];
  const drifts = acknowledgesDrift ? refusals.filter(({ rail }) => rail === ruleDrift.name) : [];
  return { refusals: refusals.filter((one) => !drifts.includes(one)), drifts };
}

function take(
  { gone, watched, trash }: Left,
  removals: readonly PlannedRemoval[],
  at: Instant,
): void {
  trash.put(at, sizesInTrash(removals));
  for (const planned of removals) {
    const { repository } = planned.removal;
    const absences = gone.get(repository) ?? noAbsences();
    gone.set(repository, absences);
    watched.push(remove(planned, absences));
  }
}

function sizesInTrash(removals: readonly PlannedRemoval[]): readonly number[] {
  return removals.flatMap(({ removal: { undo, size } }) => (undo === 'trash' ? [size] : []));
}

type Planned = Pick<
  NightResult,
  'listed' | 'planned' | 'plannedTags' | 'deferred' | 'unknown' | 'unplannable'
>;

function plannedIn({ population, reasons }: Plan): Planned {
  let unknown = 0;
  for (const { code, artifacts } of reasons) if (code === 'fact-unknown') unknown += artifacts;
  const planned: Amount = { artifacts: population.deletions, bytes: population.deletionBytes };
  return {
    listed: { artifacts: population.artifacts, bytes: population.bytes },
    planned,
    plannedTags: population.tagRemovals,
    deferred: population.deferred,
    unknown,
    unplannable: population.unplannable,
  };
}

function goneIn({ population }: Plan): Pick<NightResult, 'gone' | 'goneTags'> {
  const gone = { artifacts: population.deletions, bytes: population.deletionBytes };
  return { gone, goneTags: population.tagRemovals };
}
