import type { Limits } from '../domain/limits.ts';
import type { Plan, RepositoryTotals, Totals } from '../domain/plan.ts';

/**
 * The sums of a plan as if its roll-out were over: what waits goes as well, but for artifacts that `oldestFirst` would
 * trim to the limits. For those who ask which limit the whole plan would break; nothing is carried out by it. Pure.
 */
export function wholePlan(plan: Plan, { onBreach }: Pick<Limits, 'onBreach'>): Plan {
  const isTrimmed = onBreach === 'oldestFirst';
  return {
    ...plan,
    population: whole(plan.population, isTrimmed),
    repositories: plan.repositories.map((one) => whole(one, isTrimmed)),
  };
}

function whole<T extends Totals | RepositoryTotals>(totals: T, isTrimmed: boolean): T {
  const { waiting } = totals;
  if (waiting === undefined) return totals;
  return {
    ...totals,
    tagRemovals: totals.tagRemovals + waiting.tags,
    ...(isTrimmed
      ? {}
      : {
          deletions: totals.deletions + waiting.artifacts,
          deletionBytes: totals.deletionBytes + waiting.bytes,
        }),
  };
}
