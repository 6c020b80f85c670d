import type { Rail } from './rail.ts';

const farthestMs = 5 * 60_000;

/**
 * Refuses if our clock and Harbor's differ by more than 5 minutes, or Harbor's is not known
 * (docs/policy.md#which-time-is-meant).
 */
export const clocksApart: Rail = {
  name: 'clocks-apart',
  refusals: (_plan, { registry }) => {
    const { currentTime, measuredAt, url } = registry.harbor;
    const refusal = {
      on: url,
      allowed: 'clocks that differ by at most 300 seconds',
      remedy:
        'Correct the clock that is wrong (NTP on the machines of Harbor); ages can’t be judged until then.',
    };
    if (currentTime === 'unknown') return [{ ...refusal, found: 'Harbor’s clock is not known' }];
    const apart = currentTime - measuredAt;
    if (Math.abs(apart) <= farthestMs) return [];
    const seconds = Math.round(Math.abs(apart) / 1000);
    return [
      {
        ...refusal,
        found: `Harbor’s clock is ${seconds} seconds ${apart > 0 ? 'ahead of' : 'behind'} ours`,
      },
    ];
  },
};
