import type { Artifact } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import type { Result } from '../domain/outcome.ts';
import { formerTag, type Place, restoredTag } from '../domain/trash.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { missingMember, missingPart, missingTag } from './compare-copy.ts';
import { readFamily } from './read-family.ts';
import { namesOf, renameFamily, unsetTag } from './rename-family.ts';
import { unseen } from './write-result.ts';

/** A copy in the trash, and all that it has to hold before its original may go. */
export interface CopyOf {
  readonly place: Place;
  readonly original: Artifact;
  /** What hangs on the original, of reach `deleted`. */
  readonly members: readonly Member[];
  /** The names that the copy has to bear. */
  readonly wanted: readonly string[];
}

/** A copy as the trash shows it, with everything that hangs on it. */
export interface CopyNow {
  readonly head: Artifact;
  /** Of reach `copied`. */
  readonly members: readonly Member[];
}

/** Reads a copy and compares it with its original. A result says why the original may not go. */
export async function readCopy(
  { place, original, members }: CopyOf,
  ports: ApplyPorts,
): Promise<CopyNow | Result> {
  try {
    const now = await ports.harbor.readArtifact(place, original.digest);
    if (now.kind === 'gone')
      return failed(
        'its copy is not in the trash, though Harbor said that it copied: somebody else works there',
      );
    const head = now.artifact;
    const copied = (await readFamily(ports.harbor, place, { head, reach: 'copied' })).members;
    const part = missingPart(original, head) ?? missingMember(members, copied);
    return part === undefined ? { head, members: copied } : lacking(part);
  } catch (error) {
    return unseen(error);
  }
}

/**
 * The look at a copy directly before its original goes (docs/policy.md#how-a-deletion-goes). `as-wanted`: it is whole,
 * under its names, and its family has no other names. `renamed`: it had another one, which somebody has put there since
 * or which came along unseen; time has passed over taking it off, so both have to be looked at again.
 */
export async function lookAtCopy(
  copy: CopyOf,
  ports: ApplyPorts,
): Promise<'as-wanted' | 'renamed' | Result> {
  const now = await readCopy(copy, ports);
  if ('result' in now) return now;
  const tag = missingTag(copy.wanted, now.head);
  if (tag !== undefined) return lacking(tag);
  const unread = now.members.find(({ artifact }) => artifact?.tags === 'unknown');
  if (unread !== undefined) return lacking(`the tags of ${unread.digest} can’t be read`);
  if (hasOwnNamesOnly(now)) return 'as-wanted';
  return (await nameCopy(now, copy, ports)) ?? 'renamed';
}

/**
 * Gives a copy that was looked at the names that it has to bear, and takes all others from its family. Undefined once it
 * is done.
 */
export async function nameCopy(
  { head, members }: CopyNow,
  { place, wanted }: Pick<CopyOf, 'place' | 'wanted'>,
  ports: ApplyPorts,
): Promise<Result | undefined> {
  const bad = await renameFamily({ place, head, wanted, members }, ports);
  if (bad !== undefined) return bad;
  // The next restore would take it that it had nothing left to do, when its links may be open yet.
  const mark = restoredTag(head.digest);
  if (!namesOf(head).includes(mark)) return undefined;
  return await unsetTag({ ...place, digest: head.digest }, mark, ports);
}

function hasOwnNamesOnly({ head, members }: CopyNow): boolean {
  const all = [head, ...members.flatMap(({ artifact }) => artifact ?? [])];
  const isOwn = all.every((one) =>
    namesOf(one).every((tag) => formerTag(one.digest, tag).kind !== 'foreign'),
  );
  return isOwn && !namesOf(head).includes(restoredTag(head.digest));
}

const failed = (because: string): Result => ({ result: 'failed', because });

const lacking = (part: string): Result => failed(`its copy in the trash is not whole: ${part}`);
