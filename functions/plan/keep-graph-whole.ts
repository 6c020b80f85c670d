import { byText } from '../domain/artifact-order.ts';
import type { Digest } from '../domain/artifact.ts';
import { type Graph, parentsOf } from '../domain/graph.ts';
import { knownOf } from '../domain/instant.ts';
import { accessorySubject } from '../domain/subject.ts';
import type { Case, Docket } from './prepare-repository.ts';
import type { Judgement } from './judge-subjects.ts';

/**
 * Children of what stays, stay; accessory tags do as their subject does (docs/policy.md#indexes-and-signatures,
 * docs/harbor.md#t18-children). What a held untagged child belongs to is held itself, by its docket. Never
 * condemns an artifact that was judged to stay. Untagged children and accessories get their judgement here.
 */
export function keepGraphWhole(
  judgements: readonly (Judgement | undefined)[],
  docket: Docket,
): readonly Judgement[] {
  const fates = staying(judgements, docket);
  return docket.cases.map((one) => {
    const own = judgements[one.position];
    if (fates(one.position)) return whyStays(one, own, { docket, fates });
    return own?.fate === 'delete' ? own : whyGoes(one, docket, judgements);
  });
}

/** The subject of an accessory tag, and the artifact that its fate hangs on. */
export function subjectsOfFollower({
  artifact: { tags },
}: Pick<Case, 'artifact'>): readonly Digest[] {
  return knownOf(tags).flatMap(({ name }) => accessorySubject(name) ?? []);
}

/** Positions of what takes a digest along: itself or what Harbor has linked it to, and the indexes that list it. */
export function takersOf(graph: Graph, digest: Digest): readonly number[] {
  const own = graph.positions.get(digest) ?? graph.subjects.get(digest);
  const above = parentsOf(graph, digest);
  return own === undefined ? above : [own, ...above];
}

type Stays = (position: number) => boolean;

/** Whether the artifact at a position stays, by itself or by what it belongs to. */
function staying(judgements: readonly (Judgement | undefined)[], docket: Docket): Stays {
  const { cases, graph } = docket;
  const known = new Map<number, boolean>();
  const stays: Stays = (position) => {
    const answer = known.get(position);
    if (answer !== undefined) return answer;
    // Damaged data may have circles: while undecided, it stays.
    known.set(position, true);
    const decided = decide(position);
    known.set(position, decided);
    return decided;
  };
  const decide = (position: number): boolean => {
    const one = cases[position];
    if (one === undefined) return true;
    const own = judgements[position];
    if (own !== undefined && own.fate !== 'delete') return true;
    if (parentsOf(graph, one.artifact.digest).some(stays)) return true;
    return subjectsOfFollower(one).some((subject) => digestStays(subject, docket, stays));
  };
  return stays;
}

function digestStays(digest: Digest, { graph }: Docket, stays: Stays): boolean {
  const position = graph.positions.get(digest);
  if (position !== undefined) return stays(position);
  if (parentsOf(graph, digest).some(stays)) return true;
  const owner = graph.subjects.get(digest);
  return owner !== undefined && stays(owner);
}

interface Decided {
  readonly docket: Docket;
  readonly fates: Stays;
}

function whyStays(one: Case, own: Judgement | undefined, decided: Decided): Judgement {
  const { docket, fates } = decided;
  if (own !== undefined && own.fate !== 'delete') return own;
  const { graph, cases } = docket;
  const [parent] = digestsAt(parentsOf(graph, one.artifact.digest).filter(fates), cases);
  if (parent !== undefined) return { fate: 'keep', reason: { code: 'parent-kept', parent } };
  const [subject = ''] = subjectsOfFollower(one)
    .filter((digest) => digestStays(digest, docket, fates))
    .toSorted(byText);
  return { fate: 'keep', reason: { code: 'subject-kept', subject } };
}

function whyGoes(
  one: Case,
  docket: Docket,
  judgements: readonly (Judgement | undefined)[],
): Judgement {
  if (one.role === 'untagged-child') {
    const { cases, graph } = docket;
    const [parent = ''] = digestsAt(parentsOf(graph, one.artifact.digest), cases);
    const rule = ruleBehind(parent, docket, judgements);
    return { fate: 'delete', reason: { code: 'goes-with-parent', rule, parent } };
  }
  const [subject = ''] = subjectsOfFollower(one).toSorted(byText);
  const rule = ruleBehind(subject, docket, judgements);
  return { fate: 'delete', reason: { code: 'follows-subject', rule, subject } };
}

/** The rule that condemned what a digest belongs to, through as many steps as it takes. */
function ruleBehind(
  digest: Digest,
  { cases, graph }: Docket,
  judgements: readonly (Judgement | undefined)[],
): string {
  // Grows while it is gone through, and holds nothing twice.
  const waiting = new Set([digest]);
  for (const next of waiting) {
    const position = graph.positions.get(next) ?? NaN;
    const own = judgements[position];
    if (own?.fate === 'delete') return own.reason.rule;
    const above = digestsAt(parentsOf(graph, next), cases);
    const owner = digestsAt([graph.subjects.get(next) ?? NaN], cases);
    const one = cases[position];
    const subjects = one === undefined ? [] : subjectsOfFollower(one);
    for (const further of [...above, ...owner, ...subjects]) waiting.add(further);
  }
  return '';
}

/** In their order, so that it does not matter in which one Harbor lists them. */
function digestsAt(positions: readonly number[], cases: readonly Case[]): readonly Digest[] {
  return positions.flatMap((position) => cases[position]?.artifact.digest ?? []).toSorted(byText);
}
