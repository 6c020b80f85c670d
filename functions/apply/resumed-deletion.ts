import type { DeleteArtifact } from '../domain/action.ts';
import type { Result, TrashCopy } from '../domain/outcome.ts';
import { trashPlace, trashTags, type Undo } from '../domain/trash.ts';
import type { HarborInspector } from '../ports.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { pushedAgain } from './recheck.ts';
import { isOfHarbor, uncertain } from './write-result.ts';

/** What a run has that goes through a deletion again which may have been sent before it was cut off. */
interface Resumed {
  readonly ports: ApplyPorts;
  readonly undo: Undo;
}

/** Where a copy lies if one was made. */
function copyIfAny(
  action: DeleteArtifact,
  { ports, undo }: Resumed,
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

/**
 * What became of a deletion whose original is gone: the run that was cut off did it if the trash holds a copy under our
 * names.
 */
export async function ifGone(action: DeleteArtifact, context: Resumed): Promise<Result> {
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
export async function ifNotAsPlanned(
  action: DeleteArtifact,
  first: Result,
  context: Resumed,
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
