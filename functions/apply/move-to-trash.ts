import type { DeleteArtifact } from '../domain/action.ts';
import type { Artifact, Digest } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import type { Result, TrashCopy } from '../domain/outcome.ts';
import {
  formerTag,
  markerTag,
  type Place,
  restoredTag,
  trashPlace,
  trashTags,
  type Undo,
} from '../domain/trash.ts';
import type { ArtifactNow, WriteAnswer } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { missingMember, missingPart, missingTag, whatDiffers } from './compare-copy.ts';
import { type FamilyNow, readFamily } from './read-family.ts';
import { namesOf, renameFamily, unsetTag } from './rename-family.ts';
import { retries, tries } from './retry.ts';
import { refused, unseen } from './write-result.ts';

export type Moved =
  | {
      readonly ok: true;
      readonly copy: TrashCopy;
      /**
       * Reads the copy once more: whole, and under its names. Undefined if it is. Directly before the original goes, as
       * somebody else may have purged, deleted or renamed the copy since (docs/policy.md#how-a-deletion-goes).
       */
      readonly lookAgain: () => Promise<Result | undefined>;
      /**
       * The original stays after all: takes back what prolongs an older copy. Otherwise what Harbor refuses every
       * night would keep that copy for ever.
       */
      readonly unmark: () => Promise<void>;
    }
  | { readonly ok: false; readonly result: Result };

const stop = (result: Result): Moved => ({ ok: false, result });
const failed = (because: string): Moved => stop({ result: 'failed', because });

/**
 * Copies an artifact into the trash, compares copy and original, and renames its tags: only then may the original go.
 * Every step may be repeated (docs/policy.md#how-a-deletion-goes, docs/harbor.md#copying).
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
  const place = trashPlace(undo.project, action);
  const copied = await copy(action, place, ports);
  if (copied !== undefined) return stop(copied);
  const after = await look(ports, place, action.digest);
  if ('result' in after) return stop(after);
  if (after.kind === 'gone') return failed('the copy in the trash is not there after copying');
  const family = await familyIn(place, after.artifact, ports);
  if ('result' in family) return stop(family);
  const difference = whatDiffers(context, { head: after.artifact, members: family.members });
  if (difference !== undefined) return failed(`the copy in the trash differs: ${difference}`);
  const at = ports.clock.now();
  const wanted = trashTags(action.digest, namesOf(context.original));
  const mark = markerTag(action.digest, context.runId);
  const there = namesOf(after.artifact);
  // Names of the trash's own form are on a copy that lay there already. Without a new name its days would count from then.
  const isOlder = there.some((tag) => formerTag(action.digest, tag).kind !== 'foreign');
  const isMarked = there.includes(mark);
  const marker = isOlder ? [mark] : [];
  const { members } = family;
  const renamed = await renameFamily(
    { place, head: after.artifact, wanted: [...wanted, ...marker], members },
    ports,
  );
  const unmark = async (): Promise<void> => {
    if (!isOlder || isMarked) return;
    // Whatever is answered: a mark that stays keeps the copy a while longer, and nothing else.
    await ports.harbor.removeTag({ ...place, digest: action.digest }, mark);
  };
  const bad = renamed ?? (await unrestored(place, after.artifact, ports));
  if (bad !== undefined) {
    await unmark();
    return stop(bad);
  }
  return {
    ok: true,
    unmark,
    copy: { ...place, tags: [...wanted], restorableUntil: at + undo.keepFor },
    lookAgain: () => lookAgain(action.digest, { place, wanted, context }, ports),
  };
}

/**
 * Takes the mark of an earlier restore from a copy whose original goes again. The next restore would take it that it
 * had nothing left to do, when its links may be open yet. Undefined once the mark is off.
 */
async function unrestored(
  place: Place,
  copied: Artifact,
  ports: ApplyPorts,
): Promise<Result | undefined> {
  const mark = restoredTag(copied.digest);
  if (!namesOf(copied).includes(mark)) return undefined;
  return await unsetTag({ ...place, digest: copied.digest }, mark, ports);
}

async function lookAgain(
  digest: Digest,
  {
    place,
    wanted,
    context,
  }: {
    readonly place: Place;
    readonly wanted: readonly string[];
    readonly context: { readonly original: Artifact; readonly members: readonly Member[] };
  },
  ports: ApplyPorts,
): Promise<Result | undefined> {
  const now = await look(ports, place, digest);
  if ('result' in now) return now;
  const gone = 'its copy left the trash before the original could go: somebody else works there';
  if (now.kind === 'gone') return { result: 'failed', because: gone };
  const family = await familyIn(place, now.artifact, ports);
  if ('result' in family) return family;
  const part =
    missingPart(context.original, now.artifact) ??
    missingMember(context.members, family.members) ??
    missingTag(wanted, now.artifact);
  if (part === undefined) return undefined;
  return { result: 'failed', because: `the copy in the trash was changed meanwhile: ${part}` };
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

async function familyIn(
  place: Place,
  head: Artifact,
  ports: ApplyPorts,
): Promise<FamilyNow | Result> {
  try {
    return await readFamily(ports.harbor, place, { head, reach: 'copied' });
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
