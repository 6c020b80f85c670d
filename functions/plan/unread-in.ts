import type { Digest } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import { familyIn } from '../domain/graph.ts';
import type { CompleteRepository } from '../domain/repository.ts';
import { docketOf, layOut } from './prepare-repository.ts';
import type { JudgeContext } from './judge-context.ts';
import { beforeLimits } from './judge-repository.ts';

/**
 * What must be read besides the list, before a plan can be made of it: what hangs on something that would go, and on what
 * holds a place in the counts that let it go. As the limits of a run, and what makes a rule keep more, only save, it is
 * enough for every plan. Pure.
 */
export function unreadIn(facts: CompleteRepository, context: JudgeContext): readonly Member[] {
  const asking: JudgeContext = { ...context, unreadFamilies: 'ignored' };
  const docket = docketOf(facts, asking, layOut(facts, asking.policy));
  const { judgements, unread: places } = beforeLimits(facts, docket, asking);
  const going = docket.cases.filter(({ position }) => judgements[position]?.fate === 'delete');
  const unread = new Map<Digest, Member>();
  for (const { artifact } of [...going, ...places]) {
    for (const member of familyIn(docket.graph, artifact, 'deleted')) {
      if (member.artifact === undefined) unread.set(member.digest, member);
    }
  }
  return [...unread.values()];
}
