import { counted } from '../domain/format-numbers.ts';
import { allowedBy } from '../domain/limits.ts';
import { type Rail } from './rail.ts';

/** Refuses a larger share of all artifacts in scope than `limits.maxDeletionsPercent`. */
export const maxDeletionsPercent: Rail = {
  name: 'max-deletions-percent',
  refusals: ({ population, repositories }, { policy }) => {
    const percent = policy.limits.maxDeletionsPercent;
    let inScope = 0;
    for (const one of repositories) if (policy.inScope(one.project)) inScope += one.artifacts;
    const limit = allowedBy(percent, inScope);
    if (population.deletions <= limit) return [];
    return [
      {
        on: 'run',
        found: `${counted(population.deletions, 'artifact')} of ${counted(inScope, 'artifact')} in scope`,
        allowed: `${limit}, that is ${percent} % (limits.maxDeletionsPercent)`,
        remedy:
          'If the plan is right, raise limits.maxDeletionsPercent, or say onBreach: oldestFirst to work the arrears off run by run.',
      },
    ];
  },
};
