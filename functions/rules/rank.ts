import { byText, newestFirst } from '../domain/artifact-order.ts';
import type { Instant, Known } from '../domain/instant.ts';
import type { Finding, PoolMember } from '../domain/policy.ts';
import type { Margin } from '../domain/reason.ts';
import { unknownPushTime } from './age.ts';

/** How a count orders the pool, and how many places keep. */
export interface Ranking {
  readonly by: 'pushed' | 'pulled' | 'active';
  readonly places: number;
  readonly at: (member: PoolMember) => Known<Instant>;
}

interface Place {
  readonly rank: number;
  readonly group: string;
}

/**
 * Ranks distinct artifacts newest first inside each group and keeps the first `places` of every group; an
 * artifact is kept if it is kept in any of its groups. One of unknown time is kept and takes up no place.
 */
export function rankFindings(members: readonly PoolMember[], ranking: Ranking): readonly Finding[] {
  const best = new Map<PoolMember, Place>();
  for (const [group, ofGroup] of inGroups(members, ranking)) {
    ofGroup.sort((one, other) => newestFirst(one, other));
    for (const [index, { member }] of ofGroup.entries()) {
      const place = { rank: index + 1, group };
      const known = best.get(member);
      if (known === undefined || isBetter(place, known)) best.set(member, place);
    }
  }
  return members.map((member) => finding(best.get(member), ranking));
}

function inGroups(members: readonly PoolMember[], ranking: Ranking) {
  const groups = new Map<string, { digest: string; at: Instant; member: PoolMember }[]>();
  for (const member of members) {
    const at = ranking.at(member);
    if (at === 'unknown') continue;
    const entry = { digest: member.digest, at, member };
    for (const group of groupsOf(member)) {
      const ofGroup = groups.get(group);
      if (ofGroup === undefined) groups.set(group, [entry]);
      else ofGroup.push(entry);
    }
  }
  return groups;
}

/** The distinct groups of a member's selected subjects. */
export function groupsOf({ selected }: PoolMember): Iterable<string> {
  return new Set(selected.map(({ group }) => group));
}

/** Whether a place saves rather than the other; among equal ranks the group's name decides, not the order seen. */
export function isBetter(one: Place, other: Place): boolean {
  return one.rank === other.rank ? byText(one.group, other.group) < 0 : one.rank < other.rank;
}

function finding(place: Place | undefined, { by, places }: Ranking): Finding {
  if (place === undefined) return unknownPushTime;
  return {
    says: place.rank <= places ? 'keeps' : 'lets-go',
    margin: rankMargin(place, by, places),
  };
}

/** The margin of a place; the one group of a rule without groups has no name. */
export function rankMargin(
  place: Place,
  by: Extract<Margin, { kind: 'rank' }>['by'],
  places: number,
): Margin {
  const group = place.group === '' ? {} : { group: place.group };
  return { kind: 'rank', by, rank: place.rank, of: places, ...group };
}
