import type { Family } from '../domain/plan.ts';
import type { Docket } from './case.ts';
import { familiesOf, type FamilyInRepository } from './families.ts';
import type { JudgeContext } from './judge-context.ts';
import type { Judgement } from './judge-subjects.ts';
import { allowedInRepository, isAfter, oldestUpTo } from './trim-to-limits.ts';

/**
 * `onBreach: oldestFirst` in one repository: what is beyond its own percentage, or behind the cutoff of the
 * whole run, waits for the next run. Families go whole or not at all.
 */
export function putOff(
  judgements: readonly Judgement[],
  docket: Docket,
  {
    repository,
    context,
    isApproved,
  }: {
    readonly repository: string;
    readonly context: JudgeContext;
    readonly isApproved: boolean;
  },
): { readonly judgements: readonly Judgement[]; readonly families: readonly Family[] } {
  const families = familiesOf(judgements, docket, repository);
  const { policy, cutoff } = context;
  const population = docket.cases.filter(({ role }) => role !== 'untagged-child').length;
  const allowed = isApproved ? Infinity : allowedInRepository(policy.limits, population);
  const going = new Set(oldestUpTo(families, allowed));
  const trimmed = [...judgements];
  const wait = (family: FamilyInRepository, limit: string): void => {
    for (const position of family.members) {
      const judgement = trimmed[position];
      if (judgement?.fate !== 'delete') continue;
      const { rule } = judgement.reason;
      trimmed[position] = { fate: 'keep', reason: { code: 'next-time', rule, limit } };
    }
  };
  for (const family of families) {
    if (!going.has(family)) wait(family, 'maxDeletionsPercentPerRepository');
    else if (cutoff !== undefined && isAfter(family, cutoff)) wait(family, cutoff.limit);
  }
  const open = families.filter((family) => going.has(family));
  return { judgements: trimmed, families: open.map(withoutMembers) };
}

function withoutMembers(family: FamilyInRepository): Family {
  const { pushedAt, digest, repository, deletions, bytes } = family;
  return { pushedAt, digest, repository, deletions, bytes };
}
