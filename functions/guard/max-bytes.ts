import { asNumber } from '../domain/limits.ts';
import { counted, type Rail } from './rail.ts';

/** Refuses more bytes, as a sum of artifact sizes, than `limits.maxBytes`. */
export const maxBytes: Rail = {
  name: 'max-bytes',
  refusals: ({ population }, { policy }) => {
    const limit = asNumber(policy.limits.maxBytes);
    if (population.deletionBytes <= limit) return [];
    return [
      {
        on: 'run',
        found: counted(population.deletionBytes, 'byte'),
        allowed: `${counted(limit, 'byte')} (limits.maxBytes)`,
        remedy: 'If the plan is right, raise limits.maxBytes, or say onBreach: oldestFirst.',
      },
    ];
  },
};
