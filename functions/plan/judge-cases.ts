import type { Artifact } from '../domain/artifact.ts';
import type { KeepReason } from '../domain/reason.ts';
import { evaluateRule } from '../rules/evaluate-rule.ts';
import { poolOf, type Candidate } from '../rules/pool.ts';
import type { Case, Docket } from './case.ts';
import type { JudgeContext } from './judge-context.ts';
import { judgeSubjects, type Answers, type Judgement } from './judge-subjects.ts';
import { keepAtLeast } from './keep-at-least.ts';
import { keepGraphWhole } from './keep-graph-whole.ts';

/**
 * Holds, then rules, then floor, then graph: one judgement per case.
 *
 * A tagged child takes up no place in a pool while an index that lists it stays (policy.md §2, §5). Whether one
 * stays is known only after the rules; so children enter the pools step by step as their indexes turn out to
 * go. Each step can only condemn more, so it ends; and planning on its result finds nothing new.
 */
export function judgeCases(docket: Docket, context: JudgeContext): readonly Judgement[] {
  const settled = docket.cases.map((one) => settledBefore(one));
  const waiting = new Set<number>();
  for (const { position, role, artifact } of docket.cases) {
    if (settled[position] !== undefined || role !== 'judged') continue;
    if (docket.graph.parents.has(artifact.digest)) waiting.add(position);
  }
  for (;;) {
    const ruled = askRules(docket, context, { settled, waiting });
    const floored = keepAtLeast(ruled, docket, context.policy.keepAtLeast);
    const whole = keepGraphWhole(floored, docket);
    const free = [...waiting].filter((position) => whole[position]?.fate === 'delete');
    if (free.length === 0) return whole;
    for (const position of free) waiting.delete(position);
  }
}

/** What needs no rule to be asked: not selected, held, or a fact missing that selecting needs. */
function settledBefore({ role, artifact, selection, hold }: Case): Judgement | undefined {
  const held: KeepReason | undefined = hold === undefined ? undefined : heldBy(hold.by, hold.hold);
  if (role !== 'judged') {
    if (held !== undefined) return { fate: 'keep', reason: held };
    return role === 'follower' ? missingFact(artifact) : undefined;
  }
  if (selection.kind === 'unknown') {
    if (held !== undefined && held.code === 'held') return { fate: 'keep', reason: held };
    const { fact, by, because } = selection;
    return { fate: 'keep', reason: { code: 'fact-unknown', fact, by, because } };
  }
  const isSelected = selection.subjects.some(
    ({ rules, notAVersion }) => rules.length > 0 || notAVersion !== undefined,
  );
  if (!isSelected) return { fate: 'keep', reason: { code: 'not-selected' } };
  return held === undefined ? undefined : { fate: 'keep', reason: held };
}

type Held = NonNullable<Case['hold']>['hold'];

function heldBy(by: string, { because, unknown, margin }: Held): KeepReason {
  if (unknown !== undefined) return { code: 'fact-unknown', fact: unknown, by, because };
  return { code: 'held', by, because, ...(margin === undefined ? {} : { margin }) };
}

interface Progress {
  readonly settled: readonly (Judgement | undefined)[];
  /** Tagged children that are in no pool yet. */
  readonly waiting: ReadonlySet<number>;
}

function askRules(
  docket: Docket,
  context: JudgeContext,
  { settled, waiting }: Progress,
): readonly (Judgement | undefined)[] {
  const inPools = docket.cases.filter(
    ({ position, role }) =>
      role === 'judged' && settled[position] === undefined && !waiting.has(position),
  );
  const candidates = inPools.map(asCandidate);
  const moment = { now: context.registry.takenAt, pullSignal: context.registry.pullSignal };
  const answers: Answers = new Map(
    docket.rules.map((rule) => [rule, evaluateRule(rule, poolOf(rule, candidates), moment)]),
  );
  const judgements = [...settled];
  for (const [index, candidate] of candidates.entries()) {
    const position = inPools[index]?.position;
    if (position === undefined) continue;
    judgements[position] = provable(candidate, answers);
  }
  return judgements;
}

function asCandidate({ artifact, times, selection, untaggedSince }: Case): Candidate {
  const subjects = selection.kind === 'known' ? selection.subjects : [];
  return { artifact, times, subjects, untaggedSince };
}

function provable({ artifact, subjects }: Candidate, answers: Answers): Judgement {
  const judgement = judgeSubjects(artifact.digest, subjects, answers);
  return judgement.fate === 'keep' ? judgement : (missingFact(artifact) ?? judgement);
}

// What an artifact takes along, and what putting it back needs, must be known before it may go.
function missingFact({ accessories, labels }: Artifact): Judgement | undefined {
  const fact =
    accessories === 'unknown' ? 'accessories' : labels === 'unknown' ? 'labels' : undefined;
  if (fact === undefined) return undefined;
  const because = `its ${fact} could not be read`;
  return { fate: 'keep', reason: { code: 'fact-unknown', fact, by: 'deleting', because } };
}
