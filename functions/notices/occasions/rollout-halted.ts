import type { Occasion } from '../notice.ts';

const shown = 5;

/** What was deleted since a roll-out began was missed, or nobody could see whether it was: the roll-out stands still. */
export const rolloutHalted: Occasion = {
  kind: 'rollout-halted',
  severity: 'warning',
  lines: ({ report: { refusals, rollOut, run }, address }) => {
    if (!refusals.some(({ rail }) => rail === 'rollout-halted')) return [];
    const { examples = [], count = 0 } = rollOut?.regrets ?? {};
    const more = count - Math.min(shown, examples.length);
    return [
      `The roll-out is halted: nothing is deleted until this is looked at. See harbor-retention report ${run.id} --out ${address}`,
      ...examples.slice(0, shown).map(({ copy, because }) => `Missed: ${copy} ${because}.`),
      ...(more > 0 ? [`… and ${more} more.`] : []),
    ];
  },
};
