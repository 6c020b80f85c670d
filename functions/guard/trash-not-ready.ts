import type { Rail } from './rail.ts';

/** Refuses if the trash project is missing, public, full, or not left alone: a deletion could not be undone. */
export const trashNotReady: Rail = {
  name: 'trash-not-ready',
  refusals: (_plan, { policy, registry }) => {
    if (policy.trash === 'off' || registry.trash === undefined) return [];
    const { project, problems } = registry.trash;
    return problems.map((problem) => ({
      on: project,
      found: problem.found,
      allowed: 'a trash project as policy.md §8 wants it',
      remedy: problem.remedy,
    }));
  },
};
