import { defined } from '../domain/defined.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Plan } from '../domain/plan.ts';
import type { FoundRegrets } from '../domain/regret.ts';
import type { Report } from './report-schema.ts';

/** Signs that a report shows one by one. */
const shown = 20;

/** The signs beyond the bound stand as one. */
function acknowledgedOf({ seen, count }: FoundRegrets, keys: readonly string[]): number {
  const known = new Set(keys);
  const open = seen.filter(({ key }) => !known.has(key)).length;
  return open === 0 ? count : seen.length - open;
}

/** The roll-out of a plan as its report shows it; undefined without one. `acknowledged`: keys of signs. Pure. */
export function rollOutIn(
  { rollOut, population, repositories, empty }: Plan,
  acknowledged: readonly string[] = [],
): Report['rollOut'] | undefined {
  if (rollOut === undefined) return undefined;
  const { startedAt, endsAt, phase, heldBy, inScope, first, names, regrets } = rollOut;
  const { artifacts, bytes, tags } = population.waiting ?? { artifacts: 0, bytes: 0, tags: 0 };
  return {
    startedAt: formatInstant(startedAt),
    endsAt: formatInstant(endsAt),
    phase,
    ...defined({ heldBy }),
    inScope,
    first,
    names: [...names],
    waiting: {
      artifacts,
      bytes,
      tags,
      repositories: repositories.filter((one) => one.waiting !== undefined).length,
      emptyRepositories: empty?.waiting ?? 0,
    },
    ...(regrets === undefined
      ? {}
      : {
          regrets: {
            count: regrets.count,
            acknowledged: acknowledgedOf(regrets, acknowledged),
            examples: regrets.seen.slice(0, shown).map(({ copy, because }) => ({ copy, because })),
            unknown: [...regrets.unknown],
          },
        }),
  };
}
