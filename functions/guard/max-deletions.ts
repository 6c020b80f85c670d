import { asNumber } from '../domain/limits.ts';
import { counted, type Rail } from './rail.ts';

/** Refuses more deletions of artifacts, or more removals of single tags, than `limits.maxDeletions`. */
export const maxDeletions: Rail = {
  name: 'max-deletions',
  refusals: ({ population }, { policy }) => {
    const limit = asNumber(policy.limits.maxDeletions);
    return [
      { planned: population.deletions, what: 'artifact' },
      { planned: population.tagRemovals, what: 'single tag' },
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
