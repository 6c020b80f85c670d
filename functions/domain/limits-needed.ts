import { allowedBy, type Limits, percentPerRepositoryFrom } from './limits.ts';
import type { Plan } from './plan.ts';

/** The limits that are numbers. */
export type LimitKey = Exclude<keyof Limits, 'onBreach'>;

/** The rail that keeps each limit. */
export const limitRails: Readonly<Record<LimitKey, string>> = {
  maxDeletions: 'max-deletions',
  maxDeletionsPercent: 'max-deletions-percent',
  maxDeletionsPercentPerRepository: 'max-deletions-percent-per-repository',
  maxBytes: 'max-bytes',
};

/** The least value of each limit that lets a plan pass. Whole numbers; percentages round up. */
export type LimitsNeeded = Readonly<Record<LimitKey, number>>;

/** What the limits would have to be for this plan to pass them. `inScope`: artifacts in projects that rules select. */
export function limitsNeeded(
  { population, repositories, purge }: Pick<Plan, 'population' | 'repositories' | 'purge'>,
  inScope: number,
): LimitsNeeded {
  const { deletions, tagRemovals, deletionBytes } = population;
  let perRepository = 0;
  for (const one of repositories) {
    if (one.artifacts < percentPerRepositoryFrom || one.approved === true) continue;
    perRepository = Math.max(perRepository, percentFor(one.deletions, one.artifacts));
  }
  return {
    maxDeletions: Math.max(deletions, tagRemovals, purge?.deletions ?? 0),
    maxDeletionsPercent: percentFor(deletions, inScope),
    maxDeletionsPercentPerRepository: perRepository,
    maxBytes: Math.max(deletionBytes, purge?.deletionBytes ?? 0),
  };
}

/** The least whole percentage that allows so many of a population, as `allowedBy` rounds. */
function percentFor(count: number, population: number): number {
  if (count === 0) return 0;
  let percent = Math.floor((100 * count) / population);
  while (allowedBy(percent, population) < count) percent += 1;
  return percent;
}
