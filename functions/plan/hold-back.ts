import { defined } from '../domain/defined.ts';
import type { RollOutWait } from '../domain/reason.ts';
import type { RollOut } from '../domain/roll-out.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Judgement } from './judge-subjects.ts';
import { isFirst, mayGo } from './roll-out.ts';

/**
 * What is condemned in a repository to which the roll-out has not come yet stays, with all its tags. Nothing else
 * changes, and nothing is ever condemned for it. Pure.
 */
export function holdBack(
  judgements: readonly Judgement[],
  rollOut: RollOut | undefined,
  name: string,
): readonly Judgement[] {
  if (rollOut === undefined || mayGo(rollOut, name)) return judgements;
  const wait = waitIn(rollOut, name);
  return judgements.map((judgement): Judgement => {
    if (judgement.fate === 'keep') return judgement;
    const tags = judgement.fate === 'untag' ? judgement.tags : undefined;
    const { rule } = judgement.reason;
    return {
      fate: 'keep',
      reason: { code: 'rollout-waits', rule, ...wait, ...defined({ tags }) },
    };
  });
}

function waitIn(rollOut: RollOut, name: string): Pick<RollOutWait, 'isFirst' | 'until' | 'heldBy'> {
  const { startedAt, endsAt, heldBy } = rollOut;
  if (isFirst(rollOut, name)) return { isFirst: true, until: startedAt };
  return heldBy === undefined ? { until: endsAt } : { heldBy };
}

/** The fate as if the roll-out were over. Pure. */
export function wholeFate({ fate, reason }: Pick<Verdict, 'fate' | 'reason'>): Verdict['fate'] {
  if (reason.code !== 'rollout-waits') return fate;
  return reason.tags === undefined ? 'delete' : 'untag';
}
