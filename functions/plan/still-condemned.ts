import type { DeleteArtifact, RemoveTag } from '../domain/action.ts';
import { graphOf, isPresent, parentsOf } from '../domain/graph.ts';
import type { Policy } from '../domain/policy.ts';
import type { CompleteRepository } from '../domain/repository.ts';
import type { Verdict } from '../domain/verdict.ts';
import { docketOf, layOut } from './prepare-repository.ts';
import { heldBy, missingFact } from './family-facts.ts';
import type { JudgeContext } from './judge-context.ts';
import { judgeRepository } from './judge-repository.ts';

/** A repository read again, and what is to become of its artifacts by what it holds now. */
export interface JudgedAgain {
  readonly facts: CompleteRepository;
  readonly context: JudgeContext;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/**
 * Judges a repository that was read again. The limits of the run were kept when it was planned, and its own deletions
 * since are no reason to keep anything, so neither limits nor the score of an approved repository count here. Pure.
 */
export function judgeAgain(facts: CompleteRepository, given: JudgeContext): JudgedAgain {
  const { cutoff: _, policy, ...rest } = given;
  const limits = { ...policy.limits, onBreach: 'refuse' as const };
  const context: JudgeContext = { ...rest, policy: { ...policy, limits }, approvalStands: true };
  return { facts, context, verdicts: verdictsIn(facts, context) };
}

/**
 * Why an action is not carried out, although it was planned: the verdict that speaks against it by now. Undefined: both
 * plans condemn, or what the action is about is not there any more, and the look just before the action says the rest.
 * Pure.
 */
export function whyNotAnyMore(
  action: DeleteArtifact | RemoveTag,
  again: JudgedAgain,
): Verdict | undefined {
  const { facts } = again;
  const verdict = again.verdicts.get(action.digest);
  if (verdict === undefined || condemns(verdict, action)) return undefined;
  if (action.kind === 'remove-tag') return isBorne(action, facts) ? verdict : undefined;
  if (action.follows === undefined) return verdict;
  const graph = graphOf(facts.artifacts, facts.hidden);
  return isPresent(graph, action.follows) ? verdict : whyItDoesNotFollow(action, again);
}

function condemns(verdict: Verdict, action: DeleteArtifact | RemoveTag): boolean {
  if (verdict.fate === 'delete') return true;
  return (
    verdict.fate === 'untag' && action.kind === 'remove-tag' && verdict.tags.includes(action.tag)
  );
}

function isBorne({ digest, tag }: RemoveTag, { artifacts }: CompleteRepository): boolean {
  return artifacts.some(
    ({ tags, ...one }) =>
      one.digest === digest && (tags === 'unknown' || tags.some(({ name }) => name === tag)),
  );
}

/**
 * An accessory tag whose subject this plan has deleted is an orphan by now, and is to follow it all the same: it stays
 * only for what would have kept it beside its subject. No rule selects it, then as now, so its holds are asked by themselves.
 */
function whyItDoesNotFollow(
  { digest }: DeleteArtifact,
  { facts, context, verdicts }: JudgedAgain,
): Verdict | undefined {
  const policy: Policy = {
    ...context.policy,
    protections: context.policy.protections.filter(({ key }) => key !== 'orphanedAccessory'),
  };
  const docket = docketOf(facts, { ...context, policy }, layOut(facts, policy));
  const one = docket.cases.find(({ artifact }) => artifact.digest === digest);
  if (one === undefined) return undefined;
  const artifact = { id: one.artifact.id, digest };
  if (one.hold !== undefined) return { artifact, fate: 'keep', reason: heldBy(one.hold) };
  const missing = missingFact(one, docket, context);
  if (missing !== undefined) return { ...missing, artifact };
  const parent = parentsOf(docket.graph, digest)
    .flatMap((position) => docket.cases[position]?.artifact.digest ?? [])
    .find((listing) => verdicts.get(listing)?.fate !== 'delete');
  if (parent === undefined) return undefined;
  return { artifact, fate: 'keep', reason: { code: 'parent-kept', parent } };
}

function verdictsIn(
  facts: CompleteRepository,
  context: JudgeContext,
): ReadonlyMap<string, Verdict> {
  const { verdicts } = judgeRepository(facts, context);
  return new Map(verdicts.map((verdict) => [verdict.artifact.digest, verdict]));
}
