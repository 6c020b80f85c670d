import type { Artifact, Digest } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import type { Result } from '../domain/outcome.ts';
import { formerTag, type Place, trashTag } from '../domain/trash.ts';
import type { WriteAnswer } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { refused, unseen } from './write-result.ts';
import { retries } from './retry.ts';

/** Tags of one artifact in the trash. */
interface Renaming {
  readonly digest: Digest;
  readonly there: readonly string[];
  /** Names that it is to have; what it has besides and is not of the trash's form leaves it. */
  readonly wanted: readonly string[];
}

/**
 * Gives a copy in the trash, and everything that came along with it, names of the trash's own form: each tag of a
 * child or an accessory becomes `<first 12 hex digits of its own digest>.<tag>` (docs/policy.md#how-a-deletion-goes).
 * New names come first, old ones leave after them, so that nothing that had a tag is ever without one. A signature
 * stays linked to its subject, as the link does not hang on its tag (docs/harbor.md#copying). May be repeated.
 * Undefined once it is done. `members`: the copy's family as the trash shows it, of reach `copied`.
 */
export async function renameFamily(
  copy: {
    readonly place: Place;
    readonly head: Artifact;
    readonly wanted: readonly string[];
    readonly members: readonly Member[];
  },
  ports: ApplyPorts,
): Promise<Result | undefined> {
  const { place, head, wanted, members } = copy;
  const own = await rename(place, { digest: head.digest, there: namesOf(head), wanted }, ports);
  if (own !== undefined) return own;
  for (const { digest, artifact } of members) {
    if (artifact === undefined) continue;
    const there = namesOf(artifact);
    const foreign = there.filter((tag) => formerTag(digest, tag).kind === 'foreign');
    if (foreign.length === 0) continue;
    const names = foreign.map((tag) => trashTag(digest, tag));
    const bad = await rename(place, { digest, there, wanted: names }, ports);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

export function namesOf(artifact: Artifact): readonly string[] {
  return artifact.tags === 'unknown' ? [] : artifact.tags.map((tag) => tag.name);
}

type Copy = Place & { readonly digest: Digest };

async function rename(
  place: Place,
  { digest, there, wanted }: Renaming,
  ports: ApplyPorts,
): Promise<Result | undefined> {
  const target = { project: place.project, repository: place.repository, digest };
  for (const tag of wanted) {
    if (there.includes(tag)) continue;
    const bad = await setTag(target, tag, ports);
    if (bad !== undefined) return bad;
  }
  for (const tag of there) {
    if (wanted.includes(tag) || formerTag(digest, tag).kind !== 'foreign') continue;
    const bad = await unsetTag(target, tag, ports);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

/** Undefined once the tag is on the copy. */
async function setTag(target: Copy, tag: string, ports: ApplyPorts): Promise<Result | undefined> {
  return await settle(ports, {
    what: `creating tag ${tag} in the trash`,
    send: () => ports.harbor.createTag(target, tag),
    isSettled: async () => (await ports.harbor.readTag(target, tag)) === target.digest,
  });
}

/** Undefined once the tag is off the copy. */
export async function unsetTag(
  target: Copy,
  tag: string,
  ports: ApplyPorts,
): Promise<Result | undefined> {
  return await settle(ports, {
    what: `removing tag ${tag} in the trash`,
    send: () => ports.harbor.removeTag(target, tag),
    isSettled: async () => (await ports.harbor.readTag(target, tag)) !== target.digest,
  });
}

interface TagChange {
  readonly what: string;
  readonly send: () => Promise<WriteAnswer>;
  /** Whether it is as it should be, whatever was answered. */
  readonly isSettled: () => Promise<boolean>;
}

/** Sends a change of a tag, looks where the answer leaves it open, and tries again what Harbor rolled back or lost. */
async function settle(ports: ApplyPorts, change: TagChange): Promise<Result | undefined> {
  let answer: WriteAnswer = { kind: 'lost', because: 'not sent' };
  for await (const _attempt of retries(ports.pause)) {
    answer = await change.send();
    if (answer.kind === 'done') return undefined;
    if (answer.kind === 'denied' || answer.kind === 'protected' || answer.kind === 'unexpected')
      break;
    try {
      if (await change.isSettled()) return undefined;
    } catch (error) {
      return unseen(error);
    }
    if (answer.kind !== 'lost' && answer.kind !== 'rolled-back') break;
  }
  return failedTag(change.what, answer);
}

function failedTag(what: string, answer: WriteAnswer): Result {
  if (answer.kind === 'denied') {
    return answer.by === 'quota'
      ? { result: 'trash-full', because: answer.because }
      : refused(answer);
  }
  return {
    result: 'failed',
    because: `${what}: ${'because' in answer ? answer.because : answer.kind}`,
  };
}
