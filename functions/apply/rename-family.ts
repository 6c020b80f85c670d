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

/** What naming a copy without looking at it came to. */
export interface Named {
  /** Every answer said that it did what was asked: the copy is one that was made just now, and bears its names. */
  readonly isFresh: boolean;
  /** The names of the head that were created for it. */
  readonly created: ReadonlySet<string>;
}

/**
 * Names a copy that was made just now by what its original and its members are called, without reading it first. Names
 * of their own come first here as well, so that nothing that had a tag is ever without one. Ends at the first answer
 * that leaves open whether the copy lay there before, or is there: then it has to be read. Each request is sent once.
 */
export async function nameUnread(
  copy: Parameters<typeof renameFamily>[0],
  ports: Pick<ApplyPorts, 'harbor'>,
): Promise<Named> {
  const { harbor } = ports;
  const { project, repository } = copy.place;
  const created = new Set<string>();
  const members = copy.members.flatMap(({ artifact }) => artifact ?? []);
  for (const { digest, ...artifact } of [copy.head, ...members]) {
    const there = namesOf(artifact);
    const isHead = digest === copy.head.digest;
    const target = { project, repository, digest };
    for (const tag of isHead ? copy.wanted : there.map((name) => trashTag(digest, name))) {
      const answer = await harbor.createTag(target, tag);
      if (answer.kind !== 'done') return { isFresh: false, created };
      if (isHead) created.add(tag);
    }
    for (const tag of there) {
      const answer = await harbor.removeTag(target, tag);
      if (answer.kind !== 'done') return { isFresh: false, created };
    }
  }
  return { isFresh: true, created };
}

/** The names of an artifact's tags; none where they can't be read. */
export function namesOf(artifact: Pick<Artifact, 'tags'>): readonly string[] {
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
