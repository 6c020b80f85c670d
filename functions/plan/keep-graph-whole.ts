import { byText } from '../domain/artifact-order.ts';
import type { Digest } from '../domain/artifact.ts';
import { parentsOf } from '../domain/graph.ts';
import { accessorySubject } from '../domain/subject.ts';
import type { Case, Docket } from './case.ts';
import type { Judgement } from './judge-subjects.ts';

/**
 * Children of what stays, stay; accessory tags do as their subject does (policy.md §5, harbor.md T18). What a held
 * untagged child belongs to is held itself, by its docket. Only saves, but for untagged children and accessories, which
 * had no judgement of their own yet.
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
export function subjectsOfFollower(one: Case): readonly Digest[] {
  if (one.role !== 'follower' || one.artifact.tags === 'unknown') return [];
  const subjects = one.artifact.tags.map(({ name }) => accessorySubject(name));
  return subjects.filter((subject) => subject !== undefined);
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
  const parent = firstDigest(
    parentsOf(graph, one.artifact.digest)
      .filter(fates)
      .map((position) => cases[position]?.artifact.digest),
  );
  if (parent !== undefined) return { fate: 'keep', reason: { code: 'parent-kept', parent } };
  const subject = firstDigest(
    subjectsOfFollower(one).filter((digest) => digestStays(digest, docket, fates)),
  );
  return { fate: 'keep', reason: { code: 'subject-kept', subject: subject ?? '' } };
}

function whyGoes(
  one: Case,
  docket: Docket,
  judgements: readonly (Judgement | undefined)[],
): Judgement {
  if (one.role === 'untagged-child') {
    const { cases, graph } = docket;
    const parents = parentsOf(graph, one.artifact.digest).map((position) => cases[position]);
    const parent = firstDigest(parents.map((known) => known?.artifact.digest)) ?? '';
    const rule = ruleBehind(parent, docket, judgements);
    return { fate: 'delete', reason: { code: 'goes-with-parent', rule, parent } };
  }
  const subject = firstDigest(subjectsOfFollower(one)) ?? '';
  const rule = ruleBehind(subject, docket, judgements);
  return { fate: 'delete', reason: { code: 'follows-subject', rule, subject } };
}

/** The rule that condemned what a digest belongs to, through as many steps as it takes. */
function ruleBehind(
  digest: Digest,
  { cases, graph }: Docket,
  judgements: readonly (Judgement | undefined)[],
): string {
  const seen = new Set<Digest>();
  const waiting = [digest];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const position = graph.positions.get(next);
    const own = position === undefined ? undefined : judgements[position];
    if (own?.fate === 'delete') return own.reason.rule;
    const one = position === undefined ? undefined : cases[position];
    const above = parentsOf(graph, next).map((parent) => cases[parent]?.artifact.digest ?? '');
    const owner = cases[graph.subjects.get(next) ?? -1]?.artifact.digest;
    waiting.push(...above.toSorted(byText), ...(owner === undefined ? [] : [owner]));
    if (one !== undefined) waiting.push(...subjectsOfFollower(one));
  }
  return '';
}

function firstDigest(digests: readonly (Digest | undefined)[]): Digest | undefined {
  return digests.filter((digest) => digest !== undefined).toSorted(byText)[0];
}
