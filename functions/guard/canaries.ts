import type { Rail } from './rail.ts';

/** Refuses if what must stay would go, or was not seen: a half-blind listing looks like a healthy short one. */
export const canaries: Rail = {
  name: 'canaries',
  refusals: (plan, { policy }) =>
    policy.canaries.flatMap((reference) => {
      const seen = plan.canaries.filter((canary) => canary.reference === reference);
      if (seen.length > 0 && seen.every((canary) => canary.fate === 'keep')) return [];
      return [
        {
          on: reference,
          found: seen.length === 0 ? 'it was not seen' : 'it would go',
          allowed: 'a canary that is seen and stays (canaries.mustStay)',
          remedy:
            seen.length === 0
              ? 'Check that the robot may read its project and that it is still there; else correct canaries.mustStay.'
              : 'Correct the rule that condemns it; `harbor-retention explain` names it.',
        },
      ];
    }),
};
