import type { Artifact, Digest } from './artifact.ts';

/** What hangs on an artifact: a child of an index, or an accessory (signature, SBOM, …), at any depth. */
export interface Member {
  readonly digest: Digest;
  readonly as: 'child' | 'accessory';
  /** The index that lists it, or the artifact that it is about; the head of the family, or another member. */
  readonly of: Digest;
  /** Undefined: it was not read, so nothing but its digest is known, and what hangs on it is not known either. */
  readonly artifact: Artifact | undefined;
}

/**
 * `deleted`: what Harbor deletes together with the head: its untagged children at any depth, the accessories of all of
 * these, and theirs (harbor.md §8.1). A tagged child outlives its parent, so it and what hangs on it are no members.
 * One whose tags are not known counts as untagged.
 * `copied`: what Harbor copies together with the head, with all its tags: tagged children as well (harbor.md §20.1).
 */
export type Reach = 'deleted' | 'copied';

/**
 * The one walk over a family: judging, the look before a deletion, renaming in the trash, restoring and purging use it.
 * Answers every member once, nearest first, without the head itself. `find` gives what is known of a digest in the
 * repository; undefined for what was not read. Damaged data with circles ends, too. Pure.
 */
export function familyOf(
  head: Artifact,
  find: (digest: Digest) => Artifact | undefined,
  reach: Reach,
): readonly Member[] {
  if (hasNothing(head)) return none;
  const members: Member[] = [];
  const seen = new Set<Digest>([head.digest]);
  const add = (digest: Digest, as: Member['as'], of: Digest): void => {
    if (seen.has(digest)) return;
    seen.add(digest);
    const artifact = find(digest);
    if (as === 'child' && reach === 'deleted' && isTagged(artifact)) return;
    members.push({ digest, as, of, artifact });
  };
  const open = (artifact: Artifact): void => {
    const { accessories } = artifact;
    for (const child of artifact.children) add(child, 'child', artifact.digest);
    if (accessories === 'unknown') return;
    for (const accessory of accessories) add(accessory.digest, 'accessory', artifact.digest);
  };
  open(head);
  for (let next = 0; next < members.length; next += 1) {
    const artifact = members[next]?.artifact;
    if (artifact !== undefined) open(artifact);
  }
  return members;
}

function hasNothing({ children, accessories }: Artifact): boolean {
  return children.length === 0 && (accessories === 'unknown' || accessories.length === 0);
}

function isTagged(artifact: Artifact | undefined): boolean {
  return artifact !== undefined && artifact.tags !== 'unknown' && artifact.tags.length > 0;
}

const none: readonly Member[] = [];
