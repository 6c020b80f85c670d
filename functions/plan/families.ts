import { byText } from '../domain/artifact-order.ts';
import { parentsOf } from '../domain/graph.ts';
import type { Family } from '../domain/plan.ts';
import type { Case, Docket } from './prepare-repository.ts';
import type { Judgement } from './judge-subjects.ts';
import { subjectsOfFollower } from './keep-graph-whole.ts';

/** A family, with the positions of all its members. */
export interface FamilyInRepository extends Family {
  readonly members: readonly number[];
}

/**
 * What goes, sorted into families: connected by "lists", or by "is a signature, SBOM or attestation of".
 * Untagged children count with their index: Harbor counts no deletion for them.
 */
export function familiesOf(
  judgements: readonly Judgement[],
  docket: Docket,
  repository: string,
): readonly FamilyInRepository[] {
  const going = docket.cases.filter(({ position }) => judgements[position]?.fate === 'delete');
  const leaders = leadersOf(going, docket);
  const groups = new Map<number, Case[]>();
  for (const one of going) {
    const leader = leaders(one.position);
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [one]);
    else group.push(one);
  }
  return [...groups.values()].map((members) => asFamily(members, judgements, repository));
}

function asFamily(
  members: readonly Case[],
  judgements: readonly Judgement[],
  repository: string,
): FamilyInRepository {
  let pushedAt = 0;
  let deletions = 0;
  let bytes = 0;
  let [digest = ''] = members.map(({ artifact }) => artifact.digest);
  for (const { artifact, times, position } of members) {
    if (times.pushed !== 'unknown' && times.pushed > pushedAt) pushedAt = times.pushed;
    if (byText(artifact.digest, digest) < 0) digest = artifact.digest;
    const own = judgements[position];
    if (own?.fate !== 'delete' || own.reason.code === 'goes-with-parent') continue;
    deletions += 1;
    bytes += artifact.size;
  }
  const positions = members.map(({ position }) => position);
  return { pushedAt, digest, repository, deletions, bytes, members: positions };
}

/** Joins what belongs together; answers the same position for all members of a family. */
function leadersOf(going: readonly Case[], { graph }: Docket): (position: number) => number {
  const above = new Map<number, number>();
  const leader = (position: number): number => {
    let top = position;
    for (let next = above.get(top); next !== undefined; next = above.get(top)) top = next;
    if (top !== position) above.set(position, top);
    return top;
  };
  const isGoing = new Set(going.map(({ position }) => position));
  const join = (one: number, other: number): void => {
    if (!isGoing.has(one) || !isGoing.has(other) || leader(one) === leader(other)) return;
    above.set(leader(one), leader(other));
  };
  for (const one of going) {
    for (const parent of parentsOf(graph, one.artifact.digest)) join(one.position, parent);
    for (const subject of subjectsOfFollower(one)) {
      const position = graph.positions.get(subject) ?? graph.subjects.get(subject);
      if (position !== undefined) join(one.position, position);
      for (const parent of parentsOf(graph, subject)) join(one.position, parent);
    }
  }
  return leader;
}
