import { byText } from '../domain/artifact-order.ts';
import { parentsOf } from '../domain/graph.ts';
import { knownOr } from '../domain/instant.ts';
import type { Family } from '../domain/plan.ts';
import type { Case, Docket } from './prepare-repository.ts';
import type { Judgement } from './judge-subjects.ts';
import { subjectsOfFollower, takersOf } from './keep-graph-whole.ts';

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
  const going = docket.cases.flatMap((one): readonly Going[] => {
    const judgement = judgements[one.position];
    if (judgement?.fate !== 'delete') return [];
    return [{ ...one, isCounted: judgement.reason.code !== 'goes-with-parent' }];
  });
  const leaders = leadersOf(going, docket);
  const groups = new Map<number, Going[]>();
  for (const one of going) {
    const leader = leaders(one.position);
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [one]);
    else group.push(one);
  }
  return [...groups.values()].map((members) => asFamily(members, repository));
}

interface Going extends Case {
  /** Whether Harbor counts a deletion for it. */
  readonly isCounted: boolean;
}

function asFamily(members: readonly Going[], repository: string): FamilyInRepository {
  const [digest = ''] = members.map(({ artifact }) => artifact.digest).toSorted(byText);
  let pushedAt = 0;
  let deletions = 0;
  let bytes = 0;
  for (const { artifact, times, isCounted } of members) {
    pushedAt = Math.max(pushedAt, knownOr(times.pushed, 0));
    if (!isCounted) continue;
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
  // What takes something along that goes, goes itself: the graph was made whole before.
  const join = (one: number, other: number): void => {
    if (leader(one) !== leader(other)) above.set(leader(one), leader(other));
  };
  for (const { artifact, position } of going) {
    for (const parent of parentsOf(graph, artifact.digest)) join(position, parent);
    for (const subject of subjectsOfFollower({ artifact }))
      for (const taker of takersOf(graph, subject)) join(position, taker);
  }
  return leader;
}
