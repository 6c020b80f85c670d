import { formatDuration } from '../../domain/duration.ts';
import { protection } from '../protection.ts';
import { duration } from '../parameters.ts';

/** Holds what is too young to be judged, by push; an unknown push time holds. */
export const minimumAge = protection({
  key: 'minimumAge',
  params: duration.prefault('24h'),
  description: 'Nothing younger than this, by push, is ever deleted.',
  inRepository: ({ now }, least) => ({
    each: ({ times: { pushed } }) => {
      if (pushed === 'unknown') {
        return { because: 'Harbor shows no credible push time', unknown: 'push time' };
      }
      // Exactly that old is still kept, as with every age (docs/policy.md#which-time-is-meant).
      if (now - pushed > least) return undefined;
      return {
        because: `it was pushed less than ${formatDuration(least)} ago`,
        margin: { kind: 'time', by: 'pushed', since: pushed, goesAt: pushed + least + 1 },
      };
    },
  }),
});
