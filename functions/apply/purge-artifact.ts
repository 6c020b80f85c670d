import type { Purge } from '../domain/action.ts';
import { ownPullTime } from '../domain/artifact-times.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Result } from '../domain/outcome.ts';
import type { ApplyContext } from './apply-action.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { endOf, uncertain, unseen } from './write-result.ts';
import { retries, tries } from './retry.ts';
import { readFamily } from './read-family.ts';
import { pushedAgain, whatChanged } from './recheck.ts';

/**
 * Deletes a copy from the trash for good, if it is still the copy that was planned: one that was trashed again since
 * bears a new tag and stays. Never while anything is copied into the trash (docs/harbor.md#t40-layers-that-get-lost):
 * purging is a phase of its own, under the lease.
 */
export async function purgeArtifact(
  action: Purge,
  { ports, isResumed, judgeAgain }: Pick<ApplyContext, 'ports' | 'isResumed' | 'judgeAgain'>,
): Promise<Result> {
  const judged = await judgeAgain?.(action);
  if (judged !== undefined && 'result' in judged) return judged;
  let mayBeOurs = isResumed;
  let because = '';
  // Once a deletion was sent whose answer was lost, nothing that is seen later says that it will not happen.
  let isSent = false;
  const ended = (result: Result): Result => (isSent ? uncertain(result) : result);
  for await (const _attempt of retries(ports.pause)) {
    try {
      const now = await ports.harbor.readArtifact(action, action.digest);
      if (now.kind === 'gone') return { result: mayBeOurs ? 'done' : 'already-gone' };
      const what = whatChanged(action, now);
      if (what !== undefined) {
        // It was trashed again since, under another row: the copy that was to go is gone.
        if (isSent && what === pushedAgain) return { result: 'done' };
        return ended({ result: 'changed', what });
      }
      const pulled = await pulledPart(action, now.artifact, ports);
      if (pulled !== undefined) return ended({ result: 'changed', what: pulled });
    } catch (error) {
      const blind = unseen(error);
      if (!mayBeOurs) return blind;
      because = 'because' in blind ? blind.because : because;
      continue;
    }
    const answer = await ports.harbor.deleteArtifact(action, action.digest);
    if (answer.kind === 'done') return { result: 'done' };
    if (answer.kind === 'missing') return { result: mayBeOurs ? 'done' : 'already-gone' };
    const end = endOf(answer);
    if (end !== undefined) return ended(end);
    because = 'because' in answer ? answer.because : answer.kind;
    isSent ||= answer.kind === 'lost';
    mayBeOurs ||= isSent;
  }
  return {
    result: mayBeOurs ? 'uncertain' : 'failed',
    because: `${because}; left for the next run after ${tries} tries`,
  };
}

/**
 * Workloads that pull an index by the digest of a child move no other time than the child's
 * (docs/harbor.md#pull-times).
 */
async function pulledPart(
  action: Purge,
  head: Artifact,
  ports: ApplyPorts,
): Promise<string | undefined> {
  const { unpulledSince } = action;
  if (unpulledSince === undefined || head.children.length === 0) return undefined;
  const { members } = await readFamily(ports.harbor, action, { head, reach: 'deleted' });
  for (const { artifact, as } of members) {
    const pulled = artifact === undefined ? 'unknown' : ownPullTime(artifact);
    if (pulled !== 'unknown' && pulled >= unpulledSince && as === 'child')
      return `its child ${artifact?.digest ?? ''} was pulled since`;
  }
  return undefined;
}
