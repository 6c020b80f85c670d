import { counted, type Rail } from './rail.ts';

const fewAreNoDrift = 50;
const times = 3;
const runsCompared = 5;

/** Refuses a rule that deletes far more than it did in the last runs under the same policy. */
export const ruleDrift: Rail = {
  name: 'rule-drift',
  refusals: ({ rules, policyHash }, { history }) => {
    const runs = sinceLastChange(history.runs, policyHash).slice(-runsCompared);
    if (runs.length === 0) return [];
    return rules.flatMap(({ rule, deletions }) => {
      let sum = 0;
      for (const run of runs) sum += run.plannedByRule[rule] ?? 0;
      const average = sum / runs.length;
      if (deletions <= fewAreNoDrift || deletions <= times * average) return [];
      return [
        {
          on: rule,
          found: `${counted(deletions, 'artifact')}, where the last ${counted(runs.length, 'run')} had ${average.toFixed(1)} on average`,
          allowed: `${Math.max(fewAreNoDrift, Math.floor(times * average))}: ${times} times the average, and ${fewAreNoDrift} in any case`,
          remedy:
            'Look at what the rule selects now. If it is right, change the policy on purpose (a comment will do): its drift is then measured anew.',
        },
      ];
    });
  },
};

/** The runs under this policy since it was last changed. */
function sinceLastChange<Run extends { readonly policyHash: string }>(
  runs: readonly Run[],
  policyHash: string,
): readonly Run[] {
  const other = runs.findLastIndex((run) => run.policyHash !== policyHash);
  return runs.slice(other + 1);
}
