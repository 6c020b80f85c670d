import { keepCondition } from '../keep-condition.ts';
import { count } from '../parameters.ts';
import { rankFindings } from '../rank.ts';

/** Keeps the N newest by pull; what was never seen pulled ranks by its push (docs/policy.md#which-time-is-meant). */
export const mostRecentlyPulled = keepCondition({
  key: 'mostRecentlyPulled',
  kind: 'count',
  params: count,
  counts: ({ of }) => of,
  needs: ['pull-times'],
  description: 'Keeps the N most recently pulled; one never pulled ranks by its push.',
  judge: (members, { count: places }, { pullSignal }) =>
    pullSignal === 'lost'
      ? members.map(() => ({ says: 'signal-lost' }))
      : rankFindings(members, {
          by: 'pulled',
          places,
          at: ({ pulled, pushed }) => (pulled === 'unknown' ? pushed : pulled),
        }),
});
