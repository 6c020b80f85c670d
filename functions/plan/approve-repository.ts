import { type Approval, approvedRule } from '../domain/approval.ts';
import { formatInstant, knownOf } from '../domain/instant.ts';
import { fullName, type RepositoryFacts } from '../domain/repository.ts';
import type { Docket } from './prepare-repository.ts';
import { heldBy, missingFact } from './family-facts.ts';
import type { JudgeContext } from './judge-context.ts';
import { keepGraphWhole } from './keep-graph-whole.ts';
import type { Judgement } from './judge-subjects.ts';

/** A score that moved further than this is another one than was approved. */
const scoreTolerance = 0.05;

/**
 * Whether a repository may go whole: it is on the list, its score is about what was approved, and nothing was pushed to
 * it since. Undefined: it is not on the list. Pure; what is not known refuses.
 */
export function approvalOf(
  facts: RepositoryFacts,
  { approved, approvalStands }: Pick<JudgeContext, 'approved' | 'approvalStands'>,
  score: number | undefined,
): Approval | undefined {
  const name = fullName(facts.head);
  const entry = approved?.repositories.find((one) => one.name === name);
  if (approved === undefined || entry === undefined) return undefined;
  if (facts.kind === 'unplannable') return { kind: 'refused', because: facts.because };
  if (score === undefined && approvalStands !== true) {
    return {
      kind: 'refused',
      because: 'the policy ranks no repositories, so its score can’t be compared',
    };
  }
  if (
    score !== undefined &&
    approvalStands !== true &&
    Math.abs(score - entry.score) > scoreTolerance
  ) {
    return {
      kind: 'refused',
      because: `its score is ${score} by now, ${entry.score} was approved`,
    };
  }
  for (const { digest, pushedAt, tags } of facts.artifacts) {
    const times = [pushedAt, ...knownOf(tags).map((tag) => tag.pushedAt)];
    if (tags === 'unknown' || times.includes('unknown')) {
      return { kind: 'refused', because: `tags or push times of ${digest} are not known` };
    }
    const since = times.find((time) => time !== 'unknown' && time > approved.rankedAt);
    if (since !== undefined && since !== 'unknown') {
      return {
        kind: 'refused',
        because: `${digest} was pushed on ${formatInstant(since)}, after the ranking`,
      };
    }
  }
  return { kind: 'approved' };
}

/**
 * Everything in an approved repository goes, but what a protection holds, and what hangs on that. The floor and the
 * percentage per repository do not count here; nothing else is set aside (docs/arming.md#whole-repositories).
 */
export function condemnApproved(docket: Docket, context: JudgeContext): readonly Judgement[] {
  return keepGraphWhole(
    docket.cases.map((one): Judgement | undefined => {
      if (one.hold !== undefined) return { fate: 'keep', reason: heldBy(one.hold) };
      if (one.role === 'untagged-child') return undefined;
      const missing = missingFact(one, docket, context);
      if (missing !== undefined || one.role === 'follower') return missing;
      return { fate: 'delete', reason: { code: 'condemned', rule: approvedRule, missed: [] } };
    }),
    docket,
  );
}
