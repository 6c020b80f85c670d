import type { Action, DeleteArtifact } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Result, TrashCopy } from '../domain/outcome.ts';
import type { Undo } from '../domain/trash.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { endOf, uncertain } from './write-result.ts';
import { retries, tries } from './retry.ts';
import { lookAtOriginal, type StillThere } from './look-at-original.ts';
import { moveToTrash } from './move-to-trash.ts';
import { whatChanged } from './recheck.ts';
import { ifGone, ifNotAsPlanned } from './resumed-deletion.ts';

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
 * Re-reads, copies to the trash, renames, re-reads both, and deletes by digest. May be called again for the
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
      ? await ifGone(action, context)
      : await ifNotAsPlanned(action, first, context);
  }
  const { undo } = context;
  if (undo.kind === 'none') return await deleteOriginal(action, noCopy, context.ports);
  const moved = await moveToTrash(
    action,
    { original: first.artifact, members: first.members, runId: context.runId },
    { ports: context.ports, undo },
  );
  if (!moved.ok) return await unlessGone(moved.result, action, context.ports);
  const changed = await lookAtBoth(action, moved, context.ports);
  const result = changed ?? (await deleteOriginal(action, moved, context.ports));
  if (originalStays.has(result.result)) await moved.leave();
  return result;
}

/** How often the tags of a copy are renamed while somebody puts others on it. */
const rounds = 3;

/**
 * Copying and renaming took time in which a tag, a label or a pull may have come to the original, and in which somebody
 * may have changed its copy. Undefined if the original may go.
 */
async function lookAtBoth(
  action: DeleteArtifact,
  { look }: Pick<Backing, 'look'>,
  ports: ApplyPorts,
): Promise<Result | undefined> {
  for (let round = 1; round <= rounds; round += 1) {
    const original = await lookAtOriginal(action, ports);
    if ('result' in original) return original;
    const copy = await look();
    if (copy === 'as-wanted') return undefined;
    if (copy !== 'renamed') return copy;
  }
  return { result: 'failed', because: renamedAgain };
}

const renamedAgain =
  'its copy in the trash got other tags as often as they were renamed: somebody else works there';

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
  readonly look: () => Promise<'as-wanted' | 'renamed' | Result>;
}

const noCopy: Backing = { look: () => Promise.resolve('as-wanted') };

/**
 * Sends the deletion of what was looked at directly before, and again after another look where Harbor rolled it back or
 * its answer was lost. Once one was sent whose answer was lost, the outcome is `done` or `uncertain` whatever is seen
 * afterwards: Harbor may commit minutes later (docs/harbor.md#t35-one-at-a-time, T36).
 *
 * An instant remains between the last look and Harbor's own transaction, some milliseconds, in which a tag that
 * somebody puts on the artifact goes with it, and a copy that somebody deletes from the trash is not missed. Harbor
 * has no conditional form of this call. The lease, and the claim on the trash, keep everybody of ours out of that
 * instant.
 */
async function deleteOriginal(
  action: DeleteArtifact,
  { copy, look }: Backing,
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
      const copyNow = await look();
      if (copyNow === 'renamed') {
        because = renamedAgain;
        continue;
      }
      if (copyNow !== 'as-wanted') return ended(copyNow);
    }
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
