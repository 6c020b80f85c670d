import type { DeleteArtifact } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import type { Result, TrashCopy } from '../domain/outcome.ts';
import { markerTag, type Place, trashPlace, trashTags } from '../domain/trash.ts';
import type { ArtifactNow, WriteAnswer } from '../ports.ts';
import { type Hands, pauseBefore, refused, tries, type Undo, unseen } from './hands.ts';
import { type FamilyNow, readFamily } from './read-family.ts';
import { namesOf, renameFamily } from './rename-family.ts';

export type Moved =
  { readonly ok: true; readonly copy: TrashCopy } | { readonly ok: false; readonly result: Result };

const stop = (result: Result): Moved => ({ ok: false, result });
const failed = (because: string): Moved => stop({ result: 'failed', because });

/**
 * Copies an artifact into the trash, compares copy and original, and renames its tags: only then may the original go.
 * Every step may be repeated (policy.md §8, harbor.md §20.1).
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
  const marker = before.kind === 'there' ? [markerTag(action.digest, context.runId)] : [];
  const { members } = family;
  const renamed = await renameFamily(
    { place, head: after.artifact, wanted: [...wanted, ...marker], members },
    hands,
  );
  if (renamed !== undefined) return stop(renamed);
  return { ok: true, copy: { ...place, tags: [...wanted], restorableUntil: at + undo.keepFor } };
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
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    if (attempt > 1) await hands.pause(pauseBefore(attempt));
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
  const names = new Set(namesOf(copied.head));
  const tag = namesOf(original).find((one) => !names.has(one));
  if (tag !== undefined) return `tag ${tag} is missing`;
  const there = new Set(
    copied.members.flatMap(({ digest, artifact }) => (artifact === undefined ? [] : [digest])),
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
  // A copy that lay there already gets no accessories that came later (harbor.md §20.5).
  return accessory === undefined ? undefined : `accessory ${accessory.digest} is missing`;
}
