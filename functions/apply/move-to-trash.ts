import type { DeleteArtifact } from '../domain/action.ts';
import type { Artifact, Digest } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import type { Result, TrashCopy } from '../domain/outcome.ts';
import {
  markerTag,
  type Place,
  restoredTag,
  trashPlace,
  trashTags,
  type Undo,
} from '../domain/trash.ts';
import type { ArtifactNow, WriteAnswer } from '../ports.ts';
import { type Hands, refused, unseen } from './hands.ts';
import { retries, tries } from './retry.ts';
import { type FamilyNow, readFamily } from './read-family.ts';
import { namesOf, renameFamily, unsetTag } from './rename-family.ts';

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
       * The original stays after all: takes back what prolongs an older copy. Otherwise what Harbor refuses every night would
       * keep that copy for ever.
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
  { hands, undo }: { readonly hands: Hands; readonly undo: Undo & { readonly kind: 'trash' } },
): Promise<Moved> {
  const place = trashPlace(undo.project, action);
  const before = await look(hands, place, action.digest);
  if ('result' in before) return stop(before);
  const copied = await copy(action, place, hands);
  if (copied !== undefined) return stop(copied);
  const after = await look(hands, place, action.digest);
  if ('result' in after) return stop(after);
  if (after.kind === 'gone') return failed('the copy in the trash is not there after copying');
  const family = await familyIn(place, after.artifact, hands);
  if ('result' in family) return stop(family);
  const difference = whatDiffers(context, { head: after.artifact, members: family.members });
  if (difference !== undefined) return failed(`the copy in the trash differs: ${difference}`);
  const at = hands.clock.now();
  const wanted = trashTags(action.digest, namesOf(context.original));
  const mark = markerTag(action.digest, context.runId);
  const isOlder = before.kind === 'there';
  const isMarked = isOlder && namesOf(before.artifact).includes(mark);
  const marker = isOlder ? [mark] : [];
  const { members } = family;
  const renamed = await renameFamily(
    { place, head: after.artifact, wanted: [...wanted, ...marker], members },
    hands,
  );
  const unmark = async (): Promise<void> => {
    if (!isOlder || isMarked) return;
    // Whatever is answered: a mark that stays keeps the copy a while longer, and nothing else.
    await hands.harbor.removeTag({ ...place, digest: action.digest }, mark);
  };
  const bad = renamed ?? (await unrestored(place, after.artifact, hands));
  if (bad !== undefined) {
    await unmark();
    return stop(bad);
  }
  return {
    ok: true,
    unmark,
    copy: { ...place, tags: [...wanted], restorableUntil: at + undo.keepFor },
    lookAgain: () => lookAgain(action.digest, { place, wanted, context }, hands),
  };
}

/**
 * What was restored before, and goes again, is not restored any more: the mark would tell the next restore that it had
 * nothing left to do, when its links may be open yet. Undefined once the mark is off.
 */
async function unrestored(
  place: Place,
  copied: Artifact,
  hands: Hands,
): Promise<Result | undefined> {
  const mark = restoredTag(copied.digest);
  if (!namesOf(copied).includes(mark)) return undefined;
  return await unsetTag({ ...place, digest: copied.digest }, mark, hands);
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
  hands: Hands,
): Promise<Result | undefined> {
  const now = await look(hands, place, digest);
  if ('result' in now) return now;
  const gone = 'its copy left the trash before the original could go: somebody else works there';
  if (now.kind === 'gone') return { result: 'failed', because: gone };
  const family = await familyIn(place, now.artifact, hands);
  if ('result' in family) return family;
  const part =
    missingPart(context.original, now.artifact) ??
    missingMember(context.members, family.members) ??
    missingTag(wanted, now.artifact);
  if (part === undefined) return undefined;
  return { result: 'failed', because: `the copy in the trash was changed meanwhile: ${part}` };
}

async function look(hands: Hands, place: Place, digest: string): Promise<ArtifactNow | Result> {
  try {
    return await hands.harbor.readArtifact(place, digest);
  } catch (error) {
    return unseen(error);
  }
}

async function familyIn(place: Place, head: Artifact, hands: Hands): Promise<FamilyNow | Result> {
  try {
    return await readFamily(hands.harbor, place, { head, reach: 'copied' });
  } catch (error) {
    return unseen(error);
  }
}

/** Undefined if the copy is there. */
async function copy(action: DeleteArtifact, to: Place, hands: Hands): Promise<Result | undefined> {
  const { project, repository, digest } = action;
  let because = '';
  for await (const _attempt of retries(hands.pause)) {
    const answer = await hands.harbor.copyArtifact({ project, repository, digest }, to);
    if (answer.kind === 'done') return undefined;
    const end = endOfCopying(answer);
    if (end !== undefined) return end;
    if (answer.kind === 'lost') {
      const now = await look(hands, to, digest);
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

/** What the copy lacks of all that the deletion takes, or undefined. */
function whatDiffers(
  { original, members }: { readonly original: Artifact; readonly members: readonly Member[] },
  copied: { readonly head: Artifact; readonly members: readonly Member[] },
): string | undefined {
  const part = missingPart(original, copied.head);
  if (part !== undefined) return part;
  return missingTag(namesOf(original), copied.head) ?? missingMember(members, copied.members);
}

function missingTag(names: readonly string[], copied: Artifact): string | undefined {
  const there = new Set(namesOf(copied));
  const tag = names.find((one) => !there.has(one));
  return tag === undefined ? undefined : `tag ${tag} is missing`;
}

function missingMember(members: readonly Member[], copied: readonly Member[]): string | undefined {
  const there = new Set(
    copied.flatMap(({ digest, artifact }) => (artifact === undefined ? [] : [digest])),
  );
  const lost = members.find(({ digest }) => !there.has(digest));
  return lost === undefined ? undefined : `${lost.as} ${lost.digest} is missing`;
}

/** Which child or accessory of one is missing in the other; what can't be read counts as missing. */
export function missingPart(original: Artifact, copied: Artifact): string | undefined {
  if (copied.digest !== original.digest) return `it answers as ${copied.digest}`;
  if (copied.tags === 'unknown' || copied.accessories === 'unknown') return 'it can’t be read';
  const child = original.children.find((one) => !copied.children.includes(one));
  if (child !== undefined) return `child ${child} is missing`;
  const own = original.accessories === 'unknown' ? [] : original.accessories;
  const there = new Set(copied.accessories.map((one) => one.digest));
  const accessory = own.find((one) => !there.has(one.digest));
  // A copy that lay there already gets no accessories that came later (docs/harbor.md#copying).
  return accessory === undefined ? undefined : `accessory ${accessory.digest} is missing`;
}
