import type { Plan } from '../domain/plan.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { GuardedPlan, Ruling } from './guarded-plan.ts';
import { rails } from './index.ts';
import type { GuardContext, Rail } from './rail.ts';

/** Asks every rail; one refusal is enough. The only maker of a GuardedPlan. */
export function guardPlan(
  plan: Plan,
  context: GuardContext,
  asked: readonly Rail[] = rails,
): Ruling {
  const [first, ...others] = asked.flatMap((rail) => ask(rail, plan, context));
  if (first !== undefined) return { kind: 'refused', plan, refusals: [first, ...others] };
  return { kind: 'cleared', plan: plan as GuardedPlan };
}

function ask(rail: Rail, plan: Plan, context: GuardContext): readonly Refusal[] {
  try {
    return rail.refusals(plan, context).map((refusal) => ({ rail: rail.name, ...refusal }));
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return [
      {
        rail: rail.name,
        on: 'run',
        found: `the rail failed: ${because}`,
        allowed: 'a rail that can be asked',
        remedy: 'This is a fault of harbor-retention: report it, with the run’s report.',
      },
    ];
  }
}
