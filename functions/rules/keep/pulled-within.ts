import { ageFinding, unknownPushTime } from '../age.ts';
import { keepCondition } from '../keep-condition.ts';
import { duration } from '../parameters.ts';

/** Keeps what was active in the last T: a push counts too, so that what is new and not pulled yet is not stale. */
export const pulledWithin = keepCondition({
  key: 'pulledWithin',
  kind: 'age',
  params: duration,
  needs: ['pull-times'],
  pullsWithin: (within) => within,
  description: 'Keeps what was pulled or pushed in the last T.',
  judge: (members, within, { now, pullSignal }) =>
    members.map(({ active }) => {
      if (pullSignal === 'lost') return { says: 'signal-lost' };
      return active === 'unknown'
        ? unknownPushTime
        : ageFinding({ by: 'active', since: active, within }, now);
    }),
});
