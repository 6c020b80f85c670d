import {
  backtestPolicy,
  type JudgedAs,
  type PolicyBacktest,
} from '../../functions/backtest/backtest-policy.ts';
import type { UseWitness } from '../../functions/backtest/find-regrets.ts';
import type { RegretKind, Sighting, Watched } from '../../functions/backtest/removal.ts';
import type { Instant } from '../../functions/domain/instant.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { RegistryFacts } from '../../functions/domain/registry.ts';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { day, now } from './builder.ts';
import { deepFreeze } from './freeze.ts';
import { registryOf } from './judge.ts';

/** A night of a made history, some days after the instant of the tests. */
export interface MadeNight {
  readonly day: number;
  readonly facts: readonly RepositoryFacts[];
  readonly registry?: Partial<RegistryFacts>;
  readonly witnesses?: readonly UseWitness[];
  readonly reallyDeleted?: number;
}

/** The moment of a night. */
export const onDay = (days: number): Instant => now + days * day;

/** The registry on a night: Harbor's clock is right. */
export function registryOnDay({ day: days, registry = {} }: MadeNight): RegistryFacts {
  const at = onDay(days);
  const plain = registryOf({ now: at });
  const harbor = { ...plain.harbor, currentTime: at, measuredAt: at };
  return { ...plain, harbor, ...registry };
}

/** Backtests a policy over a made history, the facts frozen. */
export function backtestNights(
  policy: Policy,
  nights: readonly MadeNight[],
  as: JudgedAs = {},
): PolicyBacktest {
  const backtest = backtestPolicy(policy, as);
  for (const night of nights) {
    const { facts, witnesses = [], reallyDeleted = 0 } = night;
    const takenAt = onDay(night.day);
    backtest.begin({ takenAt, registry: registryOnDay(night), witnesses, reallyDeleted });
    for (const one of facts) backtest.visit(deepFreeze(one));
    if (backtest.needsAgain()) for (const one of facts) backtest.visit(one);
    backtest.end();
  }
  return backtest;
}

/** What went, by its first tag or the first digits of its digest, and by a single tag. */
export const nameOf = ({ removal: { tag, tags, digest } }: Watched): string =>
  tag ?? tags[0] ?? digest.slice(7, 15);

/** The names of what each night took. */
export function takenBy({ watched, nights }: PolicyBacktest): readonly (readonly string[])[] {
  return nights.map((_, night) =>
    watched
      .filter(({ removal }) => removal.night === night)
      .map(nameOf)
      .toSorted(),
  );
}

/** What was wanted later, by name. */
export function regretsIn({
  watched,
}: PolicyBacktest): Readonly<Record<string, { [K in RegretKind]?: Sighting }>> {
  return Object.fromEntries(
    watched
      .filter(({ sightings }) => Object.keys(sightings).length > 0)
      .map((one) => [nameOf(one), one.sightings]),
  );
}
