import { counted } from '../domain/format-numbers.ts';
import { asNumber } from '../domain/limits.ts';
import { type Rail } from './rail.ts';

/** Refuses more deletions, more removals of single tags, or more purges of the trash than `limits.maxDeletions`. */
export const maxDeletions: Rail = {
  name: 'max-deletions',
  refusals: ({ population, purge }, { policy }) => {
    const limit = asNumber(policy.limits.maxDeletions);
    return [
      { planned: population.deletions, what: 'artifact' },
      { planned: population.tagRemovals, what: 'single tag' },
      { planned: purge?.deletions ?? 0, what: 'purge' },
    ]
      .filter(({ planned }) => planned > limit)
      .map(({ planned, what }) => ({
        on: 'run',
        found: counted(planned, what),
        allowed: `${counted(limit, what)} (limits.maxDeletions)`,
        remedy:
          'If the plan is right, raise limits.maxDeletions; for artifacts, onBreach: oldestFirst works the arrears off run by run.',
      }));
  },
};
