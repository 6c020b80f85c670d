import type { Artifact, Digest } from './artifact.ts';
import { bounds } from './bounds.ts';

/** What hangs on an artifact: a child of an index, or an accessory (signature, SBOM, …), at any depth. */
export interface Member {
  readonly digest: Digest;
  readonly as: 'child' | 'accessory';
  /** The index that lists it, or the artifact that it is about; the head of the family, or another member. */
  readonly of: Digest;
  /** Undefined: it was not read, so nothing but its digest is known, and what hangs on it is not known either. */
  readonly artifact: Artifact | undefined;
  /** Deeper than the bound (domain/bounds.ts): whatever is known of it, it counts as not read. */
  readonly isTooDeep?: true;
}

/**
 * `deleted`: what Harbor deletes together with the head: its untagged children at any depth, the accessories of all of
 * these, and theirs (docs/harbor.md#deleting-an-artifact). A tagged child outlives its parent, so it and what hangs
 * on it are no members. One whose tags are not known counts as untagged.
 * `copied`: what Harbor copies together with the head, with all its tags: tagged children as well
 * (docs/harbor.md#copying).
 */
export type Reach = 'deleted' | 'copied';

/** Where a member was found: below what, and how deep. */
type FoundMember = Pick<Member, 'as' | 'of'> & { readonly depth: number };

/**
 * The one walk over a family: judging, the look before a deletion, renaming in the trash, restoring and purging use it.
 * Answers every member once, nearest first, without the head itself. `find` gives what is known of a digest in the
 * repository; undefined for what was not read. Damaged data with circles ends, too, and the walk stops at the bound of depth.
 * Pure.
 */
export function familyOf(
  head: Artifact,
  find: (digest: Digest) => Artifact | undefined,
  reach: Reach,
): readonly Member[] {
  if (hasNothing(head)) return none;
  const members: Member[] = [];
  const seen = new Set<Digest>([head.digest]);
  const add = (digest: Digest, { as, of, depth }: FoundMember): void => {
    if (seen.has(digest)) return;
    seen.add(digest);
    const artifact = find(digest);
    if (as === 'child' && reach === 'deleted' && isTagged(artifact)) return;
    const isTooDeep = depth > bounds.depth;
    members.push({
      digest,
      as,
      of,
      artifact: isTooDeep ? undefined : artifact,
      ...(isTooDeep ? { isTooDeep } : {}),
    });
  };
  const open = ({ digest: of, children, accessories }: Artifact, depth: number): void => {
    for (const child of children) add(child, { as: 'child', of, depth });
    if (accessories === 'unknown') return;
    for (const accessory of accessories) add(accessory.digest, { as: 'accessory', of, depth });
  };
  open(head, 1);
  let depth = 2;
  let endOfLevel = members.length;
  for (let next = 0; next < members.length; next += 1) {
    if (next === endOfLevel) {
      depth += 1;
      endOfLevel = members.length;
    }
    const artifact = members[next]?.artifact;
    if (artifact !== undefined) open(artifact, depth);
  }
  return members;
}

/**
 * Whether anything hangs deeper than the bound (domain/bounds.ts) on another one of these artifacts of one repository; data
 * with circles does. Looks at each of them once for every level that there is. Pure.
 */
export function isTooDeep(artifacts: readonly Artifact[]): boolean {
  const known = new Map(artifacts.map((artifact) => [artifact.digest, artifact]));
  let level: ReadonlySet<Artifact> = new Set(artifacts);
  for (let depth = 0; depth < bounds.depth; depth += 1) {
    const next = new Set<Artifact>();
    for (const artifact of level) {
      for (const digest of hangingOn(artifact)) {
        const one = known.get(digest);
        if (one !== undefined && !hasNothing(one)) next.add(one);
      }
    }
    level = next;
  }
  return level.size > 0;
}

function* hangingOn({ children, accessories }: Artifact): Iterable<Digest> {
  yield* children;
  if (accessories !== 'unknown') for (const { digest } of accessories) yield digest;
}

/** In words, of a repository or of a family. */
export const tooDeep = `indexes, or signatures, hang on one another more than ${bounds.depth} deep, which is the bound of what is followed.`;

function hasNothing({ children, accessories }: Artifact): boolean {
  return children.length === 0 && (accessories === 'unknown' || accessories.length === 0);
}

function isTagged(artifact: Artifact | undefined): boolean {
  return artifact !== undefined && artifact.tags !== 'unknown' && artifact.tags.length > 0;
}

const none: readonly Member[] = [];
