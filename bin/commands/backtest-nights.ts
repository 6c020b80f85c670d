import { inUseKinds } from '../../functions/adapters/in-use/index.ts';
import {
  backtestPolicy,
  type JudgedAs,
  type PolicyBacktest,
} from '../../functions/backtest/backtest-policy.ts';
import type { UseWitness } from '../../functions/backtest/find-regrets.ts';
import { listedAmount } from '../../functions/backtest/listed-amount.ts';
import {
  type ListsOfNow,
  registryAsSeen,
  type Substitute,
} from '../../functions/backtest/registry-as-seen.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import { defined } from '../../functions/domain/defined.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { RealNight } from '../../functions/report/backtested.ts';
import type { PastRun } from '../../functions/store/past-runs.ts';

/** One policy of a backtest, and what stands for lists that its nights did not read. */
export interface BacktestedSide {
  readonly policy: Policy;
  readonly now: ListsOfNow;
}

export interface SideResult extends Pick<PolicyBacktest, 'nights' | 'watched'> {
  /** On how many nights something else stood for what the policy would have read. */
  readonly substitutes: ReadonlyMap<Substitute, number>;
}

/** On how many nights something could not be seen that would show a regret. */
export interface Blindness {
  /** Harbor seemed to record no pulls. */
  readonly pulls: number;
  /** A list of images in use could not be read. */
  readonly uses: number;
}

export interface BacktestedNights {
  readonly nights: readonly RealNight[];
  readonly blind: Blindness;
  /** In the order of the sides. */
  readonly sides: readonly SideResult[];
}

export interface Backtesting {
  /** Lists of images in use that are in force now. */
  readonly witnesses: readonly UseWitness[];
  readonly as?: JudgedAs;
  /** Called before each night, with its number from 1. */
  readonly onNight?: (number: number, run: PastRun) => void;
}

/** Judges policies over the facts of past runs, in one pass over each; nothing is written. */
export async function backtestOver(
  runs: readonly PastRun[],
  sides: readonly BacktestedSide[],
  { witnesses, as, onNight }: Backtesting,
): Promise<BacktestedNights> {
  const open = sides.map((side) => ({
    ...side,
    backtest: backtestPolicy(side.policy, as),
    substitutes: new Map<Substitute, number>(),
  }));
  const policies = policiesOf();
  const nights: RealNight[] = [];
  const blind = { pulls: 0, uses: 0 };
  for (const [position, run] of runs.entries()) {
    onNight?.(position + 1, run);
    const { takenAt } = run;
    const registry = await run.registry();
    if (registry.pullSignal === 'lost') blind.pulls += 1;
    if (registry.inUse.unreadable.length > 0) blind.uses += 1;
    const isLast = position === runs.length - 1;
    const before: UseWitness = { images: registry.inUse, at: takenAt, isDated: false };
    const shown = isLast ? [before, ...witnesses] : [before];
    const reallyDeleted = runs[position - 1]?.deleted ?? 0;
    for (const side of open) {
      const seen = registryAsSeen(registry, { ...side, ofNight: policies(run) });
      count(seen.substitutes, side.substitutes);
      const night = { takenAt, registry: seen.registry, witnesses: shown, reallyDeleted };
      side.backtest.begin(night);
    }
    nights.push(
      await goThrough(
        run,
        open.map(({ backtest }) => backtest),
      ),
    );
    for (const { backtest } of open) backtest.end();
  }
  for (const { backtest } of open) backtest.finish(witnesses);
  return {
    nights,
    blind,
    sides: open.map(({ backtest: { nights: own, watched }, substitutes }) => ({
      nights: own,
      watched,
      substitutes,
    })),
  };
}

/** The facts of one night, once for all policies, and again for those that need it. */
async function goThrough(run: PastRun, backtests: readonly PolicyBacktest[]): Promise<RealNight> {
  const listed = { artifacts: 0, bytes: 0 };
  for await (const facts of run.facts()) {
    const { artifacts, bytes } = listedAmount(facts);
    listed.artifacts += artifacts;
    listed.bytes += bytes;
    for (const backtest of backtests) backtest.visit(facts);
  }
  const again = backtests.filter((backtest) => backtest.needsAgain());
  if (again.length > 0)
    for await (const facts of run.facts()) for (const backtest of again) backtest.visit(facts);
  const { runId, takenAt, deleted, trash } = run;
  return { runId, takenAt, deleted, listed, ...defined({ trash }) };
}

function count(found: readonly Substitute[], counts: Map<Substitute, number>): void {
  for (const one of found) counts.set(one, (counts.get(one) ?? 0) + 1);
}

/** The policies of runs, each text read once; undefined where this version can't read one. */
function policiesOf(): (run: PastRun) => Policy | undefined {
  const known = new Map<string, Policy | undefined>();
  return ({ policy: { text, name } }) => {
    if (!known.has(text)) {
      const loaded = loadPolicy(text, { name, inUseSources: inUseKinds });
      known.set(text, loaded.ok ? loaded.policy : undefined);
    }
    return known.get(text);
  };
}
