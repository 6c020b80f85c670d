import type { Artifact } from '../domain/artifact.ts';
import type { Family, RepositoryPlan } from '../domain/plan.ts';
import {
  fullName,
  type CompleteRepository,
  type RepositoryFacts,
  type RepositoryHead,
  type UnplannableRepository,
} from '../domain/repository.ts';
import type { Verdict } from '../domain/verdict.ts';
import { canariesIn } from './canaries-in.ts';
import { type Case, docketOf, type Docket, layOut, type Layout } from './prepare-repository.ts';
import { chooseActions } from './choose-actions.ts';
import type { JudgeContext } from './judge-context.ts';
import { approvalOf, condemnApproved } from './approve-repository.ts';
import { judgeCases } from './judge-cases.ts';
import { rankRepositories } from './rank-repositories.ts';
import type { Judgement } from './judge-subjects.ts';
import { holdBack } from './hold-back.ts';
import { putOff } from './defer-families.ts';
import { reasonTotals, repositoryTotals, ruleTotals, unjudgedTotals } from './totals.ts';

/**
 * One repository → exactly one verdict per artifact, and the actions that follow (docs/policy.md#the-definition). A
 * pure function of its arguments, in which the order of artifacts, tags and rules does not matter. `layout`: that of
 * these facts under this policy, where somebody has it already.
 */
export function judgeRepository(
  facts: RepositoryFacts,
  context: JudgeContext,
  layout?: Layout,
): RepositoryPlan {
  return facts.kind === 'complete'
    ? judge(facts, context, layout ?? layOut(facts, context.policy))
    : leaveAlone(facts, context);
}

/** Only the verdicts, without actions and sums, for callers that ask what would become of it at another time. */
export function verdictsAt(
  facts: CompleteRepository,
  context: JudgeContext,
  layout: Layout,
): readonly Verdict[] {
  const docket = docketOf(facts, context, layout);
  const { judgements } = judgementsOn(facts, docket, context);
  return verdictsOf(docket, judgements);
}

interface Judged {
  readonly judgements: readonly Judgement[];
  readonly families: readonly Family[];
  readonly approval: ReturnType<typeof approvalOf>;
}

function judgementsOn(facts: CompleteRepository, docket: Docket, context: JudgeContext): Judged {
  const { head } = facts;
  const { judgements: whole, approval } = beforeLimits(facts, docket, context);
  const isApproved = approval?.kind === 'approved';
  // What a person approved by name is not rolled out; and limits trim only what the roll-out lets go.
  const judgements = isApproved ? whole : holdBack(whole, context.rollOut, fullName(head));
  return { ...trimmed(judgements, docket, { head, context, isApproved }), approval };
}

/** Before what the limits of a run put off: for those who ask what might go at all. */
export function beforeLimits(
  facts: CompleteRepository,
  docket: Docket,
  context: JudgeContext,
): Omit<Judged, 'families'> & { readonly unread: readonly Case[] } {
  const approval = approvalOf(facts, context, scoreOf(facts, docket, context));
  if (approval?.kind !== 'approved') return { ...judgeCases(docket, context), approval };
  return { judgements: condemnApproved(docket, context), approval, unread: [] };
}

function verdictsOf({ cases }: Docket, judgements: readonly Judgement[]): readonly Verdict[] {
  return cases.map(({ artifact }, position) => verdict(artifact, judgements[position]));
}

function judge(facts: CompleteRepository, context: JudgeContext, layout: Layout): RepositoryPlan {
  const { head } = facts;
  const docket = docketOf(facts, context, layout);
  const { judgements, families, approval } = judgementsOn(facts, docket, context);
  const isApproved = approval?.kind === 'approved';
  const judged = { cases: docket.cases, rules: docket.rules, judgements };
  const verdicts = verdictsOf(docket, judgements);
  return {
    project: head.project,
    repository: head.name,
    verdicts,
    actions: chooseActions(judgements, docket, head),
    totals: { ...repositoryTotals(head, judged), ...(isApproved ? { approved: true } : {}) },
    rules: ruleTotals(judged),
    reasons: reasonTotals(judged),
    canaries: canariesIn(head, facts.artifacts, { verdicts, canaries: context.policy.canaries }),
    families,
    ...(approval?.kind === 'refused' ? { approvalRefused: approval.because } : {}),
  };
}

interface Trimmed {
  readonly judgements: readonly Judgement[];
  readonly families: readonly Family[];
}

function trimmed(
  judgements: readonly Judgement[],
  docket: Docket,
  {
    head,
    context,
    isApproved,
  }: {
    readonly head: RepositoryHead;
    readonly context: JudgeContext;
    readonly isApproved: boolean;
  },
): Trimmed {
  if (context.policy.limits.onBreach !== 'oldestFirst') return { judgements, families: [] };
  return putOff(judgements, docket, { repository: fullName(head), context, isApproved });
}

function verdict(artifact: Artifact, judgement: Judgement | undefined): Verdict {
  if (judgement === undefined) throw new Error(`no verdict for ${artifact.digest}`);
  return { ...judgement, artifact: { id: artifact.id, digest: artifact.digest } };
}

function leaveAlone(facts: UnplannableRepository, context: JudgeContext): RepositoryPlan {
  const { head, seen, because } = facts;
  const verdicts = seen.map((artifact) =>
    verdict(artifact, { fate: 'keep', reason: { code: 'unplannable', because } }),
  );
  const totals = unjudgedTotals(head, seen, because);
  const approval = approvalOf(facts, context, undefined);
  const { artifacts, bytes } = totals;
  return {
    project: head.project,
    repository: head.name,
    verdicts,
    actions: [],
    totals,
    rules: [],
    reasons: artifacts === 0 ? [] : [{ code: 'unplannable', artifacts, bytes }],
    canaries: canariesIn(head, seen, { verdicts, canaries: context.policy.canaries }),
    families: [],
    ...(approval?.kind === 'refused' ? { approvalRefused: approval.because } : {}),
  };
}

/** The score by which a person approved the repository, as it is now. */
function scoreOf(
  facts: CompleteRepository,
  docket: Docket,
  { policy, registry, approved }: JudgeContext,
): number | undefined {
  const { ranking } = policy.repositories;
  if (approved === undefined || ranking === undefined) return undefined;
  const judgements = docket.cases.map(() => undefined);
  const totals = repositoryTotals(facts.head, {
    cases: docket.cases,
    rules: docket.rules,
    judgements,
  });
  return rankRepositories([totals], ranking, registry.takenAt)[0]?.score;
}
