import type { Family } from '../domain/plan.ts';
import type { Docket } from './prepare-repository.ts';
import { familiesOf, type FamilyInRepository } from './families.ts';
import type { JudgeContext } from './judge-context.ts';
import type { Judgement } from './judge-subjects.ts';
import {
  allowedInRepository,
  exceedsAlone,
  isTooLarge,
  oldestUpTo,
  waitsFor,
} from './trim-to-limits.ts';

/**
 * `onBreach: oldestFirst` in one repository: what is beyond its own percentage, or after the cutoff of the whole run, waits
 * for the next run. Families go whole or not at all; one that exceeds a limit by itself is set aside, so that it keeps no
 * other from going.
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
  const wait = (family: FamilyInRepository, limit: string, alone?: true): void => {
    for (const position of family.members) {
      const judgement = trimmed[position];
      if (judgement?.fate !== 'delete') continue;
      const { rule } = judgement.reason;
      const reason = { code: 'next-time', rule, limit, ...(alone && { alone }) } as const;
      trimmed[position] = { fate: 'keep', reason };
    }
  };
  const open: Family[] = [];
  for (const family of families) {
    if (isTooLarge(family.deletions, allowed)) {
      wait(family, inRepository, true);
      open.push({ ...withoutMembers(family), tooLargeFor: inRepository });
      continue;
    }
    if (!going.has(family)) {
      wait(family, inRepository);
      continue;
    }
    open.push(withoutMembers(family));
    if (cutoff === undefined) continue;
    const alone = exceedsAlone(family, policy.limits, cutoff.artifacts);
    const limit = alone ?? waitsFor(family, cutoff);
    if (limit !== undefined) wait(family, limit, alone === undefined ? undefined : true);
  }
  return { judgements: trimmed, families: open };
}

const inRepository = 'maxDeletionsPercentPerRepository';

function withoutMembers(family: FamilyInRepository): Family {
  const { pushedAt, digest, repository, deletions, bytes } = family;
  return { pushedAt, digest, repository, deletions, bytes };
}
