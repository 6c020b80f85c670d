import { counted } from '../domain/format-numbers.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Plan } from '../domain/plan.ts';
import type { PlannedRollOut } from '../domain/roll-out.ts';
import type { Warning } from '../domain/warning.ts';
import { guardPlan } from '../guard/guard-plan.ts';
import { limitRails } from '../guard/index.ts';
import type { GuardContext } from '../guard/rail.ts';
import { wholePlan } from '../plan/whole-plan.ts';

/** Limits of single repositories that are named one by one. */
const shown = 5;

/** What an operator should know of a roll-out; none of it changes a verdict. */
export function rollOutWarnings(
  plan: Plan,
  context: Pick<GuardContext, 'policy' | 'registry'>,
): readonly Warning[] {
  const { rollOut } = plan;
  if (rollOut === undefined) return [];
  return [...phaseWarnings(rollOut, context), ...limitWarnings(plan, context)];
}

function phaseWarnings(
  { phase, startedAt, endsAt, heldBy, isLate }: PlannedRollOut,
  { policy: { trash }, registry: { takenAt } }: Pick<GuardContext, 'policy' | 'registry'>,
): readonly Warning[] {
  if (isLate === true)
    return [
      {
        code: 'rollout-late',
        on: 'rollout',
        message: `No run has seen this policy before, and its roll-out has been over since ${formatInstant(endsAt)}: it deletes in all repositories at once.`,
        remedy:
          'To roll this change out as well, set rollout.startedAt to the day on which it is deployed.',
      },
    ];
  const keepFor = trash === 'off' ? 0 : trash.keepFor;
  if (phase === 'all' && takenAt - endsAt >= keepFor)
    return [
      {
        code: 'rollout-over',
        on: 'rollout',
        message: `The roll-out has been over since ${formatInstant(endsAt)}, and what it deleted until then has left the trash.`,
        remedy:
          'Nothing is wrong. Take `rollout` out of the policy, unless missed copies in the trash are to go on halting runs.',
      },
    ];
  if (phase === 'before')
    return [
      {
        code: 'rollout-not-begun',
        on: 'rollout',
        message: `The roll-out begins on ${formatInstant(startedAt)}: until then the rules delete nothing.`,
        remedy: 'Nothing is wrong if that is meant; else correct rollout.startedAt.',
      },
    ];
  if (heldBy === undefined) return [];
  return [
    {
      code: 'rollout-held',
      on: 'rollout',
      message: `The time of the roll-out was over on ${formatInstant(endsAt)}, and it stays in its first tenth: run ${heldBy} was refused by rule-drift or rollout-halted, and nobody has acknowledged that.`,
      remedy:
        'Look at the refusals of that run. A run that is let through, or an acknowledgement of all of them, lets the roll-out go on.',
    },
  ];
}

/** The limits that only the whole plan breaks: they would refuse runs on the day on which all may go. */
function limitWarnings(
  plan: Plan,
  { policy, registry }: Pick<GuardContext, 'policy' | 'registry'>,
): readonly Warning[] {
  if (plan.population.waiting === undefined) return [];
  const context = { policy, registry, history: { runs: [] }, acknowledged: [] };
  const of = (asked: Plan) => {
    const ruling = guardPlan(asked, context, limitRails);
    return ruling.kind === 'refused' ? ruling.refusals : [];
  };
  const now = new Set(of(plan).map(({ rail, on }) => `${rail} ${on}`));
  const later = of(wholePlan(plan, policy.limits)).filter(
    ({ rail, on }) => !now.has(`${rail} ${on}`),
  );
  const more = later.length - shown;
  return [
    ...later.slice(0, shown).map((one): Warning => ({
      code: 'rollout-breaks-limit',
      on: one.on,
      message: `Once all may go, ${one.rail} would refuse the plan: ${one.found}, where ${one.allowed} is allowed.`,
      remedy: one.remedy,
    })),
    ...(more > 0
      ? [
          {
            code: 'rollout-breaks-limit' as const,
            on: 'run',
            message: `Once all may go, ${counted(more, 'more limit')} would refuse the plan.`,
            remedy:
              'Look at the largest shares first; the report has the figures of each repository.',
          },
        ]
      : []),
  ];
}
