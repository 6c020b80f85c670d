import { byText } from '../domain/artifact-order.ts';
import { knownOf } from '../domain/instant.ts';
import type { KeepReason } from '../domain/reason.ts';
import { evaluateRule } from '../rules/evaluate-rule.ts';
import { poolOf, type Candidate } from '../rules/pool.ts';
import { keptByAccessory, type Pools } from './accessory-tags.ts';
import type { Case, Docket } from './prepare-repository.ts';
import { heldBy, missingFact } from './family-facts.ts';
import type { JudgeContext } from './judge-context.ts';
import { judgeSubjects, type Answers, type Judgement } from './judge-subjects.ts';
import { keepAtLeast } from './keep-at-least.ts';
import { keepGraphWhole } from './keep-graph-whole.ts';
import { unreadPlaces } from './places.ts';

/**
 * Holds, then rules, then floor, then graph: one judgement per case.
 *
 * A tagged child takes up no place in a pool while an index that lists it stays
 * (docs/policy.md#indexes-and-signatures). Whether one stays is known only after the rules; so children enter the
 * pools step by step as their indexes turn out to go. Each step can only condemn more, so it ends; and planning on
 * its result finds nothing new.
 *
 * What holds a place in a count, and takes along something that was not read, may be held for that, and then uses up no
 * place: it stays, and the counts are made without it.
 */
export function judgeCases(docket: Docket, context: JudgeContext): Ruled {
  const settled = docket.cases.map((one) => settledBefore(one));
  const waiting = new Set<number>();
  for (const { position, role, artifact } of docket.cases) {
    if (settled[position] !== undefined || role !== 'judged') continue;
    if (docket.graph.parents.has(artifact.digest)) waiting.add(position);
  }
  for (;;) {
    const { judgements, unread } = askRules(docket, context, { settled, waiting });
    if (context.unreadFamilies === undefined && unread.length > 0) {
      for (const one of unread) settled[one.position] = missingFact(one, docket, context);
      continue;
    }
    const floored = keepAtLeast(judgements, docket, context.policy.keepAtLeast);
    const whole = keepGraphWhole(floored, docket);
    const free = [...waiting].filter((position) => whole[position]?.fate === 'delete');
    if (free.length === 0) return { judgements: whole, unread };
    for (const position of free) waiting.delete(position);
  }
}

/** What needs no rule to be asked: not selected, held, or a fact missing that selecting needs. */
function settledBefore({ role, selection, hold }: Case): Judgement | undefined {
  const held: KeepReason | undefined = hold === undefined ? undefined : heldBy(hold);
  if (role !== 'judged') return held === undefined ? undefined : { fate: 'keep', reason: held };
  if (selection.kind === 'unknown') {
    if (held !== undefined && held.code !== 'fact-unknown') return { fate: 'keep', reason: held };
    const { fact, by, because } = selection;
    return { fate: 'keep', reason: { code: 'fact-unknown', fact, by, because } };
  }
  const isSelected = selection.subjects.some(
    ({ rules, notAVersion }) => rules.length > 0 || notAVersion !== undefined,
  );
  if (!isSelected) return { fate: 'keep', reason: { code: 'not-selected' } };
  return held === undefined ? undefined : { fate: 'keep', reason: held };
}

/** Judgements, and the artifacts that hold a place, with which something would go that was not read. */
interface Ruled<One = Judgement> {
  readonly judgements: readonly One[];
  readonly unread: readonly Case[];
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
): Ruled<Judgement | undefined> {
  const inPools = docket.cases.filter(
    ({ position, role }) =>
      role === 'judged' && settled[position] === undefined && !waiting.has(position),
  );
  const candidates = inPools.map(asCandidate);
  const moment = { now: context.registry.takenAt, pullSignal: context.registry.pullSignal };
  const pools = new Map(docket.rules.map((rule) => [rule, poolOf(rule, candidates)]));
  const answers: Answers = new Map(
    [...pools].map(([rule, pool]) => [rule, evaluateRule(rule, pool, moment)]),
  );
  const judgements = [...settled];
  for (const [index, { artifact, subjects }] of candidates.entries()) {
    const one = inPools[index];
    if (one === undefined) continue;
    const judgement = judgeSubjects(artifact.digest, subjects, answers);
    judgements[one.position] =
      judgement.fate === 'keep'
        ? judgement
        : (notAlong(one, judgement, { docket, context, pools, moment }) ?? judgement);
  }
  for (const one of docket.cases) {
    if (one.role !== 'follower' || judgements[one.position] !== undefined) continue;
    judgements[one.position] = notAlong(one, undefined, { docket, context, pools, moment });
  }
  // Where nothing goes, it does not matter who holds a place.
  const goes = judgements.some((one) => one !== undefined && one.fate !== 'keep');
  return { judgements, unread: goes ? unreadPlaces(inPools, answers, docket) : [] };
}

/**
 * Why something stays although rules condemn it: because of what its deletion would take along. Removing a tag takes
 * nothing along.
 */
function notAlong(
  one: Case,
  judgement: Judgement | undefined,
  { context, ...pools }: Pools & { readonly context: JudgeContext },
): Judgement | undefined {
  const missing = missingFact(one, pools.docket, context);
  if (missing !== undefined || judgement?.fate === 'untag') return missing;
  const condemned = knownOf(one.artifact.tags)
    .map(({ name }) => name)
    .toSorted(byText);
  return keptByAccessory(one, condemned, pools);
}

function asCandidate({ artifact, times, selection, untaggedSince }: Case): Candidate {
  const subjects = selection.kind === 'known' ? selection.subjects : [];
  return { artifact, times, subjects, untaggedSince };
}
