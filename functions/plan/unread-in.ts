import type { Digest } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import { familyIn } from '../domain/graph.ts';
import type { CompleteRepository } from '../domain/repository.ts';
import { type Case, docketOf, type Docket, layOut } from './prepare-repository.ts';
import type { JudgeContext } from './judge-context.ts';
import { beforeLimits } from './judge-repository.ts';
import type { Judgement } from './judge-subjects.ts';

/**
 * What must be read besides the list, before a plan can be made of it: what hangs on something that would go or lose tags,
 * and on what holds a place in the counts that let it go. As the limits of a run, and what makes a rule keep more, only
 * save, it is enough for every plan; and the pulls of children that were not read can only save what they hang on. Pure.
 */
export function unreadIn(facts: CompleteRepository, context: JudgeContext): readonly Member[] {
  const asking: JudgeContext = { ...context, unreadFamilies: 'ignored' };
  const docket = docketOf(facts, asking, layOut(facts, asking.policy));
  const { judgements, unread: places } = beforeLimits(facts, docket, asking);
  const going = docket.cases.filter(
    ({ position }) => (judgements[position]?.fate ?? 'keep') !== 'keep',
  );
  const unread = new Map<Digest, Member>();
  for (const { artifact } of [...going, ...places]) {
    for (const member of familyIn(docket.graph, artifact, 'deleted')) {
      if (member.artifact === undefined) unread.set(member.digest, member);
    }
  }
  for (const { artifact } of rivals(judgements, docket, context)) {
    for (const member of familyIn(docket.graph, artifact, 'deleted')) {
      if (member.artifact === undefined && member.as === 'child') unread.set(member.digest, member);
    }
  }
  return [...unread.values()];
}

/** Where the floor saves something by its activity, and pulls are read: those that a child's pull may rank before it. */
function rivals(
  judgements: readonly Judgement[],
  { cases }: Docket,
  { policy }: JudgeContext,
): readonly Case[] {
  const saves = judgements.some(({ reason }) => reason.code === 'keep-at-least');
  return saves && policy.needs.pullTimes ? cases : [];
}
