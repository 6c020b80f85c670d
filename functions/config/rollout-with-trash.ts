import type { CrossCheck } from './cross-checks.ts';

/** Whether something was missed shows in the trash: without it nothing could halt a roll-out. */
export const rolloutWithTrash: CrossCheck = ({ document }) => {
  if (!('rollout' in document) || document['trash'] !== 'off') return [];
  return [
    {
      path: ['rollout'],
      message: 'needs a trash, and this policy says trash: off',
      allowed: 'rollout with a trash: pulls, restores and uses of the copies there halt it',
      atKey: true,
    },
  ];
};
