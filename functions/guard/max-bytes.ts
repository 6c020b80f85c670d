import { counted } from '../domain/format-numbers.ts';
import { asNumber } from '../domain/limits.ts';
import { type Rail } from './rail.ts';

/** Refuses more bytes, as a sum of artifact sizes, than `limits.maxBytes`; the purge of the trash counts apart. */
export const maxBytes: Rail = {
  name: 'max-bytes',
  refusals: ({ population, purge }, { policy }) => {
    const limit = asNumber(policy.limits.maxBytes);
    return [
      { planned: population.deletionBytes, on: 'run' },
      { planned: purge?.deletionBytes ?? 0, on: purge?.project ?? 'trash' },
    ]
      .filter(({ planned }) => planned > limit)
      .map(({ planned, on }) => ({
        on,
        found: counted(planned, 'byte'),
        allowed: `${counted(limit, 'byte')} (limits.maxBytes)`,
        remedy: 'If the plan is right, raise limits.maxBytes, or say onBreach: oldestFirst.',
      }));
  },
};
