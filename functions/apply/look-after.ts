import type { Action, RemoveTag } from '../domain/action.ts';
import type { Instant } from '../domain/instant.ts';
import type { Outcome, Result } from '../domain/outcome.ts';
import type { HarborInspector } from '../ports.ts';
import { copyIsThere } from './resumed-deletion.ts';

/**
 * Harbor may commit what it was sent long after nobody waits any more (docs/harbor.md#t35-one-at-a-time); after so
 * long it will not.
 */
const certainAfter = 60 * 60_000;

/**
 * What became of a change whose outcome was uncertain, now that time has passed; undefined while that is still open.
 * Only looks. @throws RetentionError harbor-… if Harbor can't be asked
 */
export async function lookAfter(
  { action, outcome }: { readonly action: Action; readonly outcome: Outcome },
  { inspector, now }: { readonly inspector: HarborInspector; readonly now: Instant },
): Promise<Result | undefined> {
  const isLate = now - outcome.at >= certainAfter;
  switch (action.kind) {
    case 'delete-repository':
      // An empty repository holds nothing that could be lost, and its next push makes it again.
      return undefined;
    case 'remove-tag': {
      const on = await inspector.readTag(action, action.tag);
      if (on !== action.digest) return { result: 'done' };
      if (!isLate) return undefined;
      return (await isSameTag(action, inspector)) ? notDone : putAgain;
    }
    case 'purge':
    case 'delete-artifact': {
      const there = await inspector.readArtifact(action, action.digest);
      const isSame = there.kind === 'there' && there.artifact.id === action.artifactId;
      if (isSame) return isLate ? notDone : undefined;
      const trash = outcome.result === 'uncertain' ? outcome.trash : undefined;
      if (action.kind === 'purge' || trash === undefined) return { result: 'done' };
      const isThere = await copyIsThere(action, trash, inspector);
      return isThere ? { result: 'done', trash } : { result: 'already-gone' };
    }
  }
}

/** Whether the tag is the one that was planned, and not another that somebody put on the same digest since. */
async function isSameTag(action: RemoveTag, inspector: HarborInspector): Promise<boolean> {
  const now = await inspector.readArtifact(action, action.digest);
  if (now.kind === 'gone' || now.artifact.id !== action.artifactId) return false;
  const { tags } = now.artifact;
  const there = tags === 'unknown' ? undefined : tags.find(({ name }) => name === action.tag);
  const planned = action.tags.find(({ name }) => name === action.tag);
  return there !== undefined && there.pushedAt === planned?.pushedAt;
}

const putAgain: Result = {
  result: 'changed',
  what: 'its answers were lost, and by now somebody has put the tag there again: whether it had gone is not known',
};

const notDone: Result = {
  result: 'failed',
  because: 'its answers were lost, and Harbor never did it; left for the next run',
};
