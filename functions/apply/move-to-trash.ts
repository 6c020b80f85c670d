import type { DeleteArtifact } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import type { Result, TrashCopy } from '../domain/outcome.ts';
import {
  formerTag,
  markerTag,
  type Place,
  trashPlace,
  trashTags,
  type Undo,
} from '../domain/trash.ts';
import type { ArtifactNow, WriteAnswer } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { type CopyOf, lookAtCopy, nameCopy, readCopy } from './look-at-copy.ts';
import { type Named, nameUnread, namesOf } from './rename-family.ts';
import { retries, tries } from './retry.ts';
import { refused, unseen } from './write-result.ts';

export type Moved =
  | {
      readonly ok: true;
      readonly copy: TrashCopy;
      /** Looks at the copy once more, directly before the original goes (look-at-copy.ts). */
      readonly look: () => ReturnType<typeof lookAtCopy>;
      /**
       * The original stays after all: takes off what else came along, and takes back what prolongs an older copy.
       * Otherwise what Harbor refuses every night would keep that copy for ever.
       */
      readonly leave: () => Promise<void>;
    }
  | { readonly ok: false; readonly result: Result };

const stop = (result: Result): Moved => ({ ok: false, result });

/**
 * Copies an artifact into the trash and renames its tags. The original may go once `look` has found the copy whole and
 * under its names: that look comes last, because it also has to show what somebody else did meanwhile. Every step may
 * be repeated (docs/policy.md#how-a-deletion-goes, docs/harbor.md#copying).
 */
export async function moveToTrash(
  action: DeleteArtifact,
  context: {
    readonly original: Artifact;
    /** What hangs on it, of reach `deleted`. */
    readonly members: readonly Member[];
    readonly runId: string;
  },
  { ports, undo }: { readonly ports: ApplyPorts; readonly undo: Undo & { readonly kind: 'trash' } },
): Promise<Moved> {
  const { original, members, runId } = context;
  const place = trashPlace(undo.project, action);
  const copied = await copy(action, place, ports);
  if (copied !== undefined) return stop(copied);
  const at = ports.clock.now();
  const wanted = trashTags(action.digest, namesOf(original));
  const to: CopyOf = { place, original, members, wanted };
  const named = bringsMore(original, members)
    ? { isFresh: false, created: new Set<string>() }
    : await nameUnread({ place, head: original, wanted, members }, ports);
  const mark = named.isFresh ? undefined : await nameRead(to, { runId, named }, ports);
  if (mark !== undefined && typeof mark !== 'string') return stop(mark);
  return {
    ok: true,
    copy: { ...place, tags: [...wanted], restorableUntil: at + undo.keepFor },
    look: () => lookAtCopy(to, ports),
    leave: async () => {
      await lookAtCopy(to, ports);
      if (mark === undefined) return;
      // Whatever is answered: a mark that stays keeps the copy a while longer, and nothing else.
      await ports.harbor.removeTag({ ...place, digest: action.digest }, mark);
    },
  };
}

/** Children that stay where they are, tagged or in another index, come along with their names, which nobody has read. */
function bringsMore(original: Artifact, members: readonly Member[]): boolean {
  const known = new Set(members.map(({ digest }) => digest));
  const all = [original, ...members.flatMap(({ artifact }) => artifact ?? [])];
  return all.some(({ children }) => children.some((child) => !known.has(child)));
}

/**
 * Names a copy that has to be read first. One that lay there already gets a new name: without it, its days would count
 * from then. That name if it was made here, undefined if there is none, or why the original may not go.
 */
async function nameRead(
  copy: CopyOf,
  { runId, named }: { readonly runId: string; readonly named: Named },
  ports: ApplyPorts,
): Promise<string | undefined | Result> {
  const now = await readCopy(copy, ports);
  if ('result' in now) return now;
  const { digest } = now.head;
  const mark = markerTag(digest, runId);
  const there = namesOf(now.head).filter((tag) => !named.created.has(tag));
  const isOlder = there.some((tag) => formerTag(digest, tag).kind !== 'foreign');
  const marks = isOlder && !there.includes(mark);
  const wanted = isOlder ? [...copy.wanted, mark] : copy.wanted;
  const bad = await nameCopy(now, { place: copy.place, wanted }, ports);
  if (bad === undefined) return marks ? mark : undefined;
  if (marks) await ports.harbor.removeTag({ ...copy.place, digest }, mark);
  return bad;
}

async function look(
  ports: ApplyPorts,
  place: Place,
  digest: string,
): Promise<ArtifactNow | Result> {
  try {
    return await ports.harbor.readArtifact(place, digest);
  } catch (error) {
    return unseen(error);
  }
}

/** Undefined if the copy is there. */
async function copy(
  action: DeleteArtifact,
  to: Place,
  ports: ApplyPorts,
): Promise<Result | undefined> {
  const { project, repository, digest } = action;
  let because = '';
  for await (const _attempt of retries(ports.pause)) {
    const answer = await ports.harbor.copyArtifact({ project, repository, digest }, to);
    if (answer.kind === 'done') return undefined;
    const end = endOfCopying(answer);
    if (end !== undefined) return end;
    if (answer.kind === 'lost') {
      const now = await look(ports, to, digest);
      if ('kind' in now && now.kind === 'there') return undefined;
    }
    because = 'because' in answer ? answer.because : answer.kind;
  }
  return { result: 'failed', because: `copying to the trash failed ${tries} times: ${because}` };
}

/** What ends copying; undefined: try again. */
function endOfCopying(answer: WriteAnswer): Result | undefined {
  switch (answer.kind) {
    case 'done':
    case 'lost':
    case 'rolled-back':
      return undefined;
    case 'denied':
      return answer.by === 'quota'
        ? { result: 'trash-full', because: answer.because }
        : refused(answer);
    case 'protected':
      return { result: 'failed', because: `the trash has an immutable tag: ${answer.because}` };
    case 'missing':
    case 'unexpected':
      return { result: 'failed', because: `copying to the trash: ${answer.because}` };
    case 'conflict':
      return { result: 'failed', because: 'copying to the trash: Harbor answered 409' };
  }
}
