import type { Artifact } from '../domain/artifact.ts';
import type { CanarySighting, Family, RepositoryPlan } from '../domain/plan.ts';
import {
  fullName,
  type CompleteRepository,
  type RepositoryFacts,
  type RepositoryHead,
  type UnplannableRepository,
} from '../domain/repository.ts';
import type { Verdict } from '../domain/verdict.ts';
import { docketOf, type Docket } from './case.ts';
import { chooseActions } from './choose-actions.ts';
import type { JudgeContext } from './judge-context.ts';
import { judgeCases } from './judge-cases.ts';
import type { Judgement } from './judge-subjects.ts';
import { putOff } from './put-off.ts';
import { reasonTotals, repositoryTotals, ruleTotals, unjudgedTotals } from './totals.ts';

/**
 * One repository → exactly one verdict per artifact, and the actions that follow (policy.md §§1–5). A pure
 * function of its arguments, in which the order of artifacts, tags and rules does not matter.
 */
export function judgeRepository(facts: RepositoryFacts, context: JudgeContext): RepositoryPlan {
  return facts.kind === 'complete' ? judge(facts, context) : leaveAlone(facts, context);
}

function judge(facts: CompleteRepository, context: JudgeContext): RepositoryPlan {
  const { head } = facts;
  const docket = docketOf(facts, context);
  const { judgements, families } = trimmed(judgeCases(docket, context), docket, {
    head,
    context,
  });
  const judged = { cases: docket.cases, judgements };
  const verdicts = docket.cases.map(({ artifact }, position) =>
    verdict(artifact, judgements[position]),
  );
  return {
    project: head.project,
    repository: head.name,
    verdicts,
    actions: chooseActions(judgements, docket, head),
    totals: repositoryTotals(head, judged),
    rules: ruleTotals(judged),
    reasons: reasonTotals(judged),
    canaries: canariesIn(head, facts.artifacts, { verdicts, canaries: context.policy.canaries }),
    families,
  };
}

interface Trimmed {
  readonly judgements: readonly Judgement[];
  readonly families: readonly Family[];
}

function trimmed(
  judgements: readonly Judgement[],
  docket: Docket,
  { head, context }: { readonly head: RepositoryHead; readonly context: JudgeContext },
): Trimmed {
  if (context.policy.limits.onBreach !== 'oldestFirst') return { judgements, families: [] };
  return putOff(judgements, docket, { repository: fullName(head), context });
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
  };
}

function canariesIn(
  head: RepositoryHead,
  artifacts: readonly Artifact[],
  {
    verdicts,
    canaries,
  }: { readonly verdicts: readonly Verdict[]; readonly canaries: readonly string[] },
): readonly CanarySighting[] {
  const prefix = `${fullName(head)}:`;
  return canaries
    .filter((reference) => reference.startsWith(prefix))
    .flatMap((reference) => {
      const tag = reference.slice(prefix.length);
      const position = artifacts.findIndex(
        ({ tags }) => tags !== 'unknown' && tags.some(({ name }) => name === tag),
      );
      const seen = verdicts[position];
      return seen === undefined
        ? []
        : [{ reference, digest: seen.artifact.digest, fate: fateOf(seen, tag) }];
    });
}

// An artifact that only loses other tags keeps this one.
function fateOf(seen: Verdict, tag: string): Verdict['fate'] {
  return seen.fate === 'untag' && !seen.tags.includes(tag) ? 'keep' : seen.fate;
}
