import type { Action, DeleteArtifact } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Result, TrashCopy } from '../domain/outcome.ts';
import { trashPlace, trashTags, type Undo } from '../domain/trash.ts';
import type { HarborInspector } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { endOf, isOfHarbor, uncertain } from './write-result.ts';
import { retries, tries } from './retry.ts';
import { lookAtOriginal, type StillThere } from './look-at-original.ts';
import { moveToTrash } from './move-to-trash.ts';
import { pushedAgain, whatChanged } from './recheck.ts';

/** What judging an action again, directly before its turn, came to. */
export type JudgedAgain =
  /** Why it is not carried out any more. */
  | Result
  /** It still is; `artifact` is what was read of it for that, in this or the last minutes. */
  | { readonly artifact: Artifact | undefined };

/** Judges an action directly before its turn. */
export type JudgesAgain = (action: Action) => Promise<JudgedAgain>;

export interface ApplyContext {
  readonly ports: ApplyPorts;
  readonly undo: Undo;
  readonly runId: string;
  /** This action may have been begun before by a run that was cut off: its intent is stored, its outcome is not. */
  readonly isResumed: boolean;
  /** Before every action. @throws RetentionError lease-held if another run took over */
  readonly confirmLease?: () => Promise<void>;
  /** Before every action. */
  readonly judgeAgain?: JudgesAgain;
}

/**
 * Re-reads, copies to the trash, checks the copy, re-reads again, and deletes by digest. May be called again for the
 * same action after any interruption. @throws only for faults of ours
 */
export async function deleteArtifact(
  action: DeleteArtifact,
  context: ApplyContext,
): Promise<Result> {
  const first = await firstLook(action, context);
  if ('result' in first) {
    if (!context.isResumed) return first;
    return first.result === 'already-gone'
      ? await ours(action, context)
      : await maybeOurs(action, first, context);
  }
  const { undo } = context;
  if (undo.kind === 'none') return await deleteOriginal(action, noCopy, context.ports);
  const moved = await moveToTrash(
    action,
    { original: first.artifact, members: first.members, runId: context.runId },
    { ports: context.ports, undo },
  );
  if (!moved.ok) return await unlessGone(moved.result, action, context.ports);
  // Copying and renaming took time in which a tag, a label or a pull may have come.
  const second = await lookAtOriginal(action, context.ports);
  const result = 'result' in second ? second : await deleteOriginal(action, moved, context.ports);
  if (originalStays.has(result.result)) await moved.unmark();
  return result;
}

/**
 * What was read when its repository was judged again need not be read once more before it is copied: a copy takes nothing
 * away, and the original is read again before it goes. An artifact with children or accessories is read, as its copy is
 * compared with all of them; so is one that may be gone by a run that was cut off.
 */
async function firstLook(
  action: DeleteArtifact,
  { judgeAgain, ports, isResumed, undo }: ApplyContext,
): Promise<StillThere | Result> {
  const judged = await judgeAgain?.(action);
  if (judged !== undefined && 'result' in judged) return judged;
  const artifact = judged?.artifact;
  if (artifact === undefined || isResumed || undo.kind === 'none' || !isAlone(artifact))
    return await lookAtOriginal(action, ports);
  const what = whatChanged(action, { artifact, immutableTags: [] });
  return what === undefined ? { artifact, members: [] } : { result: 'changed', what };
}

const isAlone = ({ children, accessories, tags }: Artifact): boolean =>
  children.length === 0 &&
  accessories !== 'unknown' &&
  accessories.length === 0 &&
  tags !== 'unknown' &&
  tags.length > 0;

/**
 * Copying fails where somebody else, a second store for example, has deleted the original meanwhile: no fault of
 * anybody.
 */
async function unlessGone(
  failed: Result,
  action: DeleteArtifact,
  ports: ApplyPorts,
): Promise<Result> {
  if (failed.result !== 'failed') return failed;
  const now = await lookAtOriginal(action, ports);
  return 'result' in now && now.result === 'already-gone' ? now : failed;
}

/** Results after which the original is there for certain. */
const originalStays: ReadonlySet<Result['result']> = new Set([
  'changed',
  'protected',
  'refused',
  'failed',
]);

/** What a deletion rests on: the copy, where there is one, and a way to look whether it is still there. */
interface Backing {
  readonly copy?: TrashCopy;
  readonly lookAgain: () => Promise<Result | undefined>;
}

const noCopy: Backing = { lookAgain: () => Promise.resolve(undefined) };

/**
 * Sends the deletion, and again after a look where Harbor rolled it back or its answer was lost. Once one was sent
 * whose answer was lost, the outcome is `done` or `uncertain` whatever is seen afterwards: Harbor may commit minutes
 * later (docs/harbor.md#t35-one-at-a-time, T36).
 *
 * An instant remains between the last look and Harbor's own transaction, some milliseconds, in which a tag that
 * somebody puts on the artifact goes with it, and a copy that somebody deletes from the trash is not missed. Harbor
 * has no conditional form of this call. The lease, and the claim on the trash, keep everybody of ours out of that
 * instant.
 */
async function deleteOriginal(
  action: DeleteArtifact,
  { copy, lookAgain }: Backing,
  ports: ApplyPorts,
): Promise<Result> {
  const trash = copy === undefined ? {} : { trash: copy };
  const done: Result = { result: 'done', ...trash };
  let mayBeOurs = false;
  let because = '';
  const ended = (result: Result): Result =>
    mayBeOurs ? { ...uncertain(result), ...trash } : result;
  for await (const attempt of retries(ports.pause)) {
    if (attempt > 1) {
      const now = await lookAtOriginal(action, ports);
      if ('result' in now) {
        if (!mayBeOurs) return now;
        if (now.result === 'already-gone') return done;
        if (now.result === 'changed') return ended(now);
        // Not seen, and the lost answer may have been a deletion: only a look that succeeds may go on.
        because = 'because' in now ? now.because : because;
        continue;
      }
    }
    const missing = await lookAgain();
    if (missing !== undefined) return ended(missing);
    const answer = await ports.harbor.deleteArtifact(action, action.digest);
    if (answer.kind === 'done') return done;
    if (answer.kind === 'missing') return mayBeOurs ? done : { result: 'already-gone' };
    const end = endOf(answer);
    if (end !== undefined) return ended(end);
    mayBeOurs ||= answer.kind === 'lost';
    because = 'because' in answer ? answer.because : answer.kind;
  }
  if (!mayBeOurs) return leftFor(because);
  // The last answer was lost as well, or nothing could be seen. A later run looks again.
  const now = await lookAtOriginal(action, ports);
  if ('result' in now && now.result === 'already-gone') return done;
  return { result: 'uncertain', because, ...trash };
}

/** Rolled back each time: it is there, and stays until the next run. */
export function leftFor(because: string): Result {
  return { result: 'failed', because: `${because}; left for the next run after ${tries} tries` };
}

/** Where a copy lies if one was made. */
function copyIfAny(
  action: DeleteArtifact,
  { ports, undo }: ApplyContext,
): { readonly trash?: TrashCopy } {
  if (undo.kind === 'none') return {};
  const names = action.tags.map((tag) => tag.name);
  const tags = [...trashTags(action.digest, names)];
  const restorableUntil = ports.clock.now() + undo.keepFor;
  return { trash: { ...trashPlace(undo.project, action), tags, restorableUntil } };
}

/** Whether the trash holds a copy under the names that this action gives it. @throws RetentionError harbor-… */
export async function copyIsThere(
  { digest }: Pick<DeleteArtifact, 'digest'>,
  trash: TrashCopy,
  inspector: Pick<HarborInspector, 'readArtifact'>,
): Promise<boolean> {
  const now = await inspector.readArtifact(trash, digest);
  if (now.kind === 'gone' || now.artifact.tags === 'unknown') return false;
  const there = new Set(now.artifact.tags.map((tag) => tag.name));
  return trash.tags.every((tag) => there.has(tag));
}

/** Whether the trash holds a copy that was made for this action; undefined: it could not be looked at, and why. */
async function hasCopy(
  action: DeleteArtifact,
  trash: TrashCopy,
  ports: ApplyPorts,
): Promise<{ readonly isThere: boolean } | { readonly because: string }> {
  try {
    return { isThere: await copyIsThere(action, trash, ports.harbor) };
  } catch (error) {
    if (!isOfHarbor(error)) throw error;
    return { because: error.message };
  }
}

/** The original is gone, and we may have been it: we were, if the trash holds it under our names. */
async function ours(action: DeleteArtifact, context: ApplyContext): Promise<Result> {
  const { trash } = copyIfAny(action, context);
  if (trash === undefined) return { result: 'done' };
  const copy = await hasCopy(action, trash, context.ports);
  if ('because' in copy) return { result: 'uncertain', because: copy.because, trash };
  return copy.isThere ? { result: 'done', trash } : { result: 'already-gone' };
}

/**
 * The original is there in another form, or can't be seen, and the run that was cut off may have sent its deletion: it
 * did if there is a copy, since the copy is made before.
 */
async function maybeOurs(
  action: DeleteArtifact,
  first: Result,
  context: ApplyContext,
): Promise<Result> {
  const { trash } = copyIfAny(action, context);
  if (trash === undefined) return uncertain(first);
  const isSeen = first.result === 'changed' && first.what !== pushedAgain;
  const copy = await hasCopy(action, trash, context.ports);
  if (isSeen && 'isThere' in copy && !copy.isThere) return first;
  const because =
    first.result === 'changed' && first.what === pushedAgain
      ? 'it was deleted, perhaps by this run, and pushed again since'
      : uncertain(first).because;
  return { result: 'uncertain', because, trash };
}
