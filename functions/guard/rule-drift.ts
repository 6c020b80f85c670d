import { counted } from '../domain/format-numbers.ts';
import { sha256Hex } from '../domain/hash.ts';
import type { RunEntry } from '../domain/run-history.ts';
import { plannedBy } from '../domain/plan.ts';
import { type GuardContext, type Rail } from './rail.ts';

const fewAreNoDrift = 50;
const times = 3;
const runsCompared = 5;

/**
 * Refuses a rule that deletes far more than it did in the last runs under the same policy that were let through, dry or
 * armed. What waits for a roll-out counts as what goes, so that its end is no drift and it hides none. A refused run says nothing of what is usual: counted in, the rail would give in by itself after some nights.
 */
export const ruleDrift: Rail = {
  name: 'rule-drift',
  refusals: ({ rules, policyHash }, context) => {
    // Runs under another policy that came in between, by a person who tries one, say nothing of this one.
    const runs = context.history.runs.filter((run) => run.policyHash === policyHash);
    const acknowledged = acknowledgedBy(context);
    return rules.flatMap((one) => {
      const { rule } = one;
      const deletions = plannedBy(one);
      const fingerprint = fingerprintOf({ policyHash, rule, deletions });
      if (acknowledged.has(fingerprint)) return [];
      const compared = comparedWith(runs, rule, acknowledged).slice(-runsCompared);
      if (compared.length === 0) return [];
      let sum = 0;
      for (const run of compared) sum += run.plannedByRule[rule] ?? 0;
      const average = sum / compared.length;
      if (deletions <= fewAreNoDrift || deletions <= times * average) return [];
      return [
        {
          on: rule,
          found: `${counted(deletions, 'artifact')}, where the last ${counted(compared.length, 'run')} that ${compared.length === 1 ? 'was' : 'were'} let through had ${average.toFixed(1)} on average`,
          allowed: `${Math.max(fewAreNoDrift, Math.floor(times * average))}: ${times} times the average, and ${fewAreNoDrift} in any case`,
          remedy: `Look at what the rule selects now. If it is right, acknowledge this refusal: an event with {"acknowledge": ["${fingerprint}"]}, or apply --acknowledge ${fingerprint}. A change of the policy has drift measured from then on, too.`,
          fingerprint,
        },
      ];
    });
  },
};

/** Names one drift: this many deletions by this rule under this policy. 12 hex digits. */
function fingerprintOf(drift: {
  readonly policyHash: string;
  readonly rule: string;
  readonly deletions: number;
}): string {
  const { policyHash, rule, deletions } = drift;
  return sha256Hex(JSON.stringify(['rule-drift', policyHash, rule, deletions])).slice(0, 12);
}

/** What this run was started with, and what earlier ones were. */
function acknowledgedBy({ acknowledged, history }: GuardContext): ReadonlySet<string> {
  return new Set([...acknowledged, ...history.runs.flatMap((run) => run.acknowledged ?? [])]);
}

/** Runs that were let through; since one whose drift a person acknowledged, that one included, though it was refused. */
function comparedWith(
  runs: readonly RunEntry[],
  rule: string,
  acknowledged: ReadonlySet<string>,
): readonly RunEntry[] {
  const isAcknowledged = ({ policyHash, plannedByRule }: RunEntry): boolean =>
    acknowledged.has(fingerprintOf({ policyHash, rule, deletions: plannedByRule[rule] ?? 0 }));
  const last = runs.findLastIndex(isAcknowledged);
  return runs
    .slice(Math.max(last, 0))
    .filter((run, index) => run.end !== 'refused' || (last >= 0 && index === 0));
}
