import { ageFinding, unknownPushTime } from '../age.ts';
import { keepCondition } from '../keep-condition.ts';
import { duration } from '../parameters.ts';

/** Keeps what was pushed in the last T; exactly T old is kept. */
export const pushedWithin = keepCondition({
  key: 'pushedWithin',
  kind: 'age',
  params: duration,
  description: 'Keeps what was pushed in the last T.',
  judge: (members, within, { now }) =>
    members.map(({ pushed }) =>
      pushed === 'unknown'
        ? unknownPushTime
        : ageFinding({ by: 'pushed', since: pushed, within }, now),
    ),
});
