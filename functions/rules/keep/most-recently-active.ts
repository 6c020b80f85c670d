import { keepCondition } from '../keep-condition.ts';
import { count } from '../parameters.ts';
import { rankFindings } from '../rank.ts';

/** Keeps the N newest by the later of push and pull. */
export const mostRecentlyActive = keepCondition({
  key: 'mostRecentlyActive',
  kind: 'count',
  params: count,
  counts: ({ of }) => of,
  needs: ['pull-times'],
  description: 'Keeps the N most recently active: by the later of push and pull.',
  // Half of the order is gone with the pull signal (docs/policy.md#which-time-is-meant).
  judge: (members, { count: places }, { pullSignal }) =>
    pullSignal === 'lost'
      ? members.map(() => ({ says: 'signal-lost' }))
      : rankFindings(members, { by: 'active', places, at: ({ active }) => active }),
});
