import type { DeleteArtifact, RemoveTag } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Result, TrashCopy } from '../domain/outcome.ts';
import { trashPlace, trashTags } from '../domain/trash.ts';
import { endOf, type Hands, pauseBefore, tries, type Undo, unseen } from './hands.ts';
import { moveToTrash } from './move-to-trash.ts';
import { pushedAgain, whatChanged } from './recheck.ts';

export interface ApplyContext {
  readonly hands: Hands;
  readonly undo: Undo;
  readonly runId: string;
  /** This action may have been begun before by a run that was cut off: its intent is stored, its outcome is not. */
  readonly isResumed: boolean;
  /** Before every action. @throws RetentionError lease-held if another run took over */
  readonly confirmLease?: () => Promise<void>;
}

/**
 * Re-reads, copies to the trash, checks the copy, re-reads again, and deletes by digest. May be called again for the
 * same action after any interruption. @throws only for faults of ours
 */
export async function deleteArtifact(
  action: DeleteArtifact,
  context: ApplyContext,
): Promise<Result> {
  const first = await recheck(action, context.hands);
  if ('result' in first) {
    if (!context.isResumed) return first;
    if (first.result === 'changed') {
      return first.what === pushedAgain ? { ...maybeOurs, ...copyIfAny(action, context) } : first;
    }
    return first.result === 'already-gone'
      ? await ours(action, context)
      : { ...uncertain(first), ...copyIfAny(action, context) };
  }
  const { undo } = context;
  if (undo.kind === 'none') return await deleteOriginal(action, undefined, context.hands);
  const moved = await moveToTrash(
    action,
    { original: first.artifact, members: [], runId: context.runId },
    { hands: context.hands, undo },
  );
  if (!moved.ok) return moved.result;
  // Copying and renaming took time in which a tag, a label or a pull may have come.
  const second = await recheck(action, context.hands);
  if ('result' in second) return second;
  return await deleteOriginal(action, moved.copy, context.hands);
}

/** Removes one tag from an artifact that stays, with the call that fails when the tag has moved. */
export async function removeTag(
  action: RemoveTag,
  { hands, isResumed }: ApplyContext,
): Promise<Result> {
  const place = { project: action.project, repository: action.repository, digest: action.digest };
  const first = await recheck(action, hands);
  if ('result' in first) {
    if (!isResumed || first.result === 'already-gone') return first;
    if (first.result !== 'changed') return uncertain(first);
    return first.what === `tag ${action.tag} left it` ? { result: 'done' } : first;
  }
  let because = '';
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    if (attempt > 1) await hands.pause(pauseBefore(attempt));
    const answer = await hands.harbor.removeTag(place, action.tag);
    const end = endOf(answer);
    if (end !== undefined) return end;
    try {
      if ((await hands.harbor.readTag(place, action.tag)) !== action.digest)
        return { result: 'done' };
    } catch (error) {
      return {
        result: 'uncertain',
        because: error instanceof Error ? error.message : String(error),
      };
    }
    because = 'because' in answer ? answer.because : answer.kind;
  }
  return { result: 'failed', because: `${because}; left for the next run after ${tries} tries` };
}

/** The artifact, if it is still what was planned. */
async function recheck(
  action: DeleteArtifact | RemoveTag,
  hands: Hands,
): Promise<{ readonly artifact: Artifact } | Result> {
  try {
    const now = await hands.harbor.readArtifact(action, action.digest);
    if (now.kind === 'gone') return { result: 'already-gone' };
    const what = whatChanged(action, now);
    if (what !== undefined) return { result: 'changed', what };
    const { artifact } = now;
    // "Untagged" is believed only after a second read (harbor.md T9, T48).
    if (artifact.tags.length === 0 && !(await hands.harbor.isUntagged(action, artifact))) {
      return { result: 'changed', what: 'it is not provably untagged' };
    }
    return { artifact };
  } catch (error) {
    return unseen(error);
  }
}

async function deleteOriginal(
  action: DeleteArtifact,
  copy: TrashCopy | undefined,
  hands: Hands,
): Promise<Result> {
  const done: Result = { result: 'done', ...(copy === undefined ? {} : { trash: copy }) };
  let mayBeOurs = false;
  let because = '';
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    if (attempt > 1) {
      await hands.pause(pauseBefore(attempt));
      const now = await recheck(action, hands);
      if ('result' in now) {
        if (!mayBeOurs || now.result === 'changed') return now;
        if (now.result === 'already-gone') return done;
        // Not seen, and the lost answer may have been a deletion: only a look that succeeds may go on.
        because = 'because' in now ? now.because : because;
        continue;
      }
    }
    const answer = await hands.harbor.deleteArtifact(action, action.digest);
    if (answer.kind === 'done') return done;
    if (answer.kind === 'missing') return mayBeOurs ? done : { result: 'already-gone' };
    const end = endOf(answer);
    if (end !== undefined) return end;
    mayBeOurs ||= answer.kind === 'lost';
    because = 'because' in answer ? answer.because : answer.kind;
  }
  return mayBeOurs
    ? await afterLostAnswers(action, copy, { hands, because })
    : { result: 'failed', because: `${because}; left for the next run after ${tries} tries` };
}

/** The last answer was lost as well: whether it was done only Harbor can tell. */
async function afterLostAnswers(
  action: DeleteArtifact,
  copy: TrashCopy | undefined,
  { hands, because }: { readonly hands: Hands; readonly because: string },
): Promise<Result> {
  const trash = copy === undefined ? {} : { trash: copy };
  const now = await recheck(action, hands);
  if (!('result' in now)) return { result: 'failed', because };
  if (now.result === 'already-gone') return { result: 'done', ...trash };
  return now.result === 'changed' ? now : { result: 'uncertain', because, ...trash };
}

/** It may have been done before we were cut off, and can't be looked at. What stops the run, the next action meets. */
function uncertain(blind: Result): Result & { readonly result: 'uncertain' } {
  return { result: 'uncertain', because: 'because' in blind ? blind.because : blind.result };
}

/** Gone in between, and back by somebody's push: the deletion may have been ours, and its copy is in the trash. */
const maybeOurs = {
  result: 'uncertain',
  because: 'it was deleted, perhaps by this run, and pushed again since',
} as const;

/** Where a copy lies if one was made. */
function copyIfAny(
  action: DeleteArtifact,
  { hands, undo }: ApplyContext,
): { readonly trash?: TrashCopy } {
  if (undo.kind === 'none') return {};
  const names = action.tags.map((tag) => tag.name);
  const tags = [...trashTags(action.digest, names)];
  const restorableUntil = hands.clock.now() + undo.keepFor;
  return { trash: { ...trashPlace(undo.project, action), tags, restorableUntil } };
}

/** The original is gone, and we may have been it: we were, if the trash holds it under our names. */
async function ours(action: DeleteArtifact, context: ApplyContext): Promise<Result> {
  const { trash } = copyIfAny(action, context);
  if (trash === undefined) return { result: 'done' };
  try {
    const now = await context.hands.harbor.readArtifact(trash, action.digest);
    if (now.kind === 'gone') return { result: 'already-gone' };
    const there = now.artifact.tags === 'unknown' ? [] : now.artifact.tags.map((tag) => tag.name);
    return trash.tags.every((tag) => there.includes(tag))
      ? { result: 'done', trash }
      : { result: 'already-gone' };
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return { result: 'uncertain', because, trash };
  }
}
