import type { RemoveTag } from '../domain/action.ts';
import type { Result } from '../domain/outcome.ts';
import { type ApplyContext, leftFor } from './apply-action.ts';
import { endOf, uncertain, unseen } from './write-result.ts';
import { retries } from './retry.ts';
import { lookAtOriginal } from './look-at-original.ts';

/** Removes one tag from an artifact that stays, with the call that fails when the tag has moved. */
export async function removeTag(
  action: RemoveTag,
  { ports, isResumed, judgeAgain }: ApplyContext,
): Promise<Result> {
  const place = { project: action.project, repository: action.repository, digest: action.digest };
  const judged = await judgeAgain?.(action);
  const first =
    judged !== undefined && 'result' in judged ? judged : await lookAtOriginal(action, ports);
  if ('result' in first) {
    if (!isResumed || first.result === 'already-gone') return first;
    if (first.result !== 'changed') return uncertain(first);
    return first.what === left(action)
      ? { result: 'done' }
      : await unlessLeft(action, first, ports);
  }
  let mayBeOurs = false;
  let because = '';
  // Somebody may put the tag on the same digest again meanwhile: that one is not ours to remove.
  const look = async (): Promise<Result | undefined> => {
    const now = await lookAtOriginal(action, ports);
    if (!('result' in now)) return undefined;
    const isGone =
      now.result === 'already-gone' || (now.result === 'changed' && now.what === left(action));
    if (isGone) return { result: mayBeOurs ? 'done' : 'already-gone' };
    return mayBeOurs ? uncertain(now) : now;
  };
  for await (const attempt of retries(ports.pause)) {
    if (attempt > 1) {
      const found = await look();
      if (found !== undefined) return found;
    }
    const answer = await ports.harbor.removeTag(place, action.tag);
    const end = endOf(answer);
    if (end !== undefined) {
      if (!mayBeOurs || end.result === 'done') return end;
      return end.result === 'already-gone' ? { result: 'done' } : uncertain(end);
    }
    mayBeOurs ||= answer.kind === 'lost';
    because = 'because' in answer ? answer.because : answer.kind;
  }
  const found = await look();
  if (found !== undefined) return found;
  return mayBeOurs ? { result: 'uncertain', because } : leftFor(because);
}

/**
 * Something else has changed, and is named first: a run that was cut off may have removed the tag all the same, and then
 * its restore has to know.
 */
async function unlessLeft(
  { project, repository, tag }: RemoveTag,
  changed: Result,
  { harbor }: ApplyContext['ports'],
): Promise<Result> {
  try {
    const now = await harbor.readTag({ project, repository }, tag);
    return now === undefined ? { result: 'done' } : changed;
  } catch (error) {
    return uncertain(unseen(error));
  }
}

const left = ({ tag }: RemoveTag): string => `tag ${tag} left it`;
