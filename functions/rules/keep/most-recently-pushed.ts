import { keepCondition } from '../keep-condition.ts';
import { count } from '../parameters.ts';
import { rankFindings } from '../rank.ts';

/** Keeps the N newest by push. */
export const mostRecentlyPushed = keepCondition({
  key: 'mostRecentlyPushed',
  kind: 'count',
  params: count,
  counts: ({ of }) => of,
  description: 'Keeps the N most recently pushed.',
  judge: (members, { count: places }) =>
    rankFindings(members, { by: 'pushed', places, at: ({ pushed }) => pushed }),
});
