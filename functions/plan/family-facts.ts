import { defined } from '../domain/defined.ts';
import type { Member } from '../domain/family.ts';
import { familyIn } from '../domain/graph.ts';
import type { KeepReason } from '../domain/reason.ts';
import type { Case, Docket } from './prepare-repository.ts';
import type { JudgeContext } from './judge-context.ts';
import type { Judgement } from './judge-subjects.ts';

/** Why a hold keeps an artifact: for itself, or for what would go with it. */
export function heldBy({ by, hold, member }: NonNullable<Case['hold']>): KeepReason {
  const { unknown, margin, use } = hold;
  const because = member === undefined ? hold.because : `of ${nameOf(member)}: ${hold.because}`;
  if (unknown !== undefined) return { code: 'fact-unknown', fact: unknown, by, because };
  if (member?.as === 'child') {
    const why = use === undefined ? {} : { because: hold.because, use };
    return { code: 'child-held', child: member.digest, by, ...why };
  }
  return { code: 'held', by, because, ...defined({ margin, use }) };
}

/**
 * What an artifact takes along, and what putting all of it back needs, must be known before it may go: undefined if it
 * is, else why the artifact stays.
 */
export function missingFact(
  { artifact }: Pick<Case, 'artifact'>,
  { graph }: Docket,
  { unreadFamilies }: JudgeContext,
): Judgement | undefined {
  const own = unknownIn(artifact);
  if (own !== undefined) return stays(own, `its ${own} could not be read`);
  for (const member of familyIn(graph, artifact, 'deleted')) {
    if (member.artifact === undefined) {
      if (unreadFamilies === 'ignored') continue;
      const fact = member.as === 'child' ? 'children' : 'accessories';
      return stays(
        fact,
        `${nameOf(member)} would go with it and could not be read (artifact:read)`,
      );
    }
    const fact = member.artifact.tags === 'unknown' ? 'tags' : unknownIn(member.artifact);
    if (fact !== undefined) return stays(fact, `${fact} of ${nameOf(member)} could not be read`);
  }
  return undefined;
}

function unknownIn({ accessories, labels }: Case['artifact']): string | undefined {
  if (accessories === 'unknown') return 'accessories';
  return labels === 'unknown' ? 'labels' : undefined;
}

function stays(fact: string, because: string): Judgement {
  return { fate: 'keep', reason: { code: 'fact-unknown', fact, by: 'deleting', because } };
}

/** `its accessory sha256:0123456789ab`. */
export function nameOf({ as, digest }: Pick<Member, 'as' | 'digest'>): string {
  return `its ${as} ${digest.slice(0, 'sha256:'.length + 12)}`;
}
