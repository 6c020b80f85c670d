import type { DeleteArtifact, RemoveTag } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import type { Result } from '../domain/outcome.ts';
import type { ApplyPorts } from './apply-ports.ts';
import { unseen } from './write-result.ts';
import { readFamily } from './read-family.ts';
import { whatChanged, whatChangedInFamily } from './recheck.ts';

/** What an action is about, still as it was planned. */
export interface StillThere {
  readonly artifact: Artifact;
  /** What goes with it; none for a tag. */
  readonly members: readonly Member[];
}

/** Reads an artifact, and what a deletion would take with it, and compares all of it with what was planned. */
export async function lookAtOriginal(
  action: DeleteArtifact | RemoveTag,
  ports: ApplyPorts,
): Promise<StillThere | Result> {
  try {
    const now = await ports.harbor.readArtifact(action, action.digest);
    if (now.kind === 'gone') return { result: 'already-gone' };
    const what = whatChanged(action, now);
    if (what !== undefined) return { result: 'changed', what };
    const { artifact } = now;
    // "Untagged" is believed only after a second read (docs/harbor.md#t9-empty-tag-lists, T48).
    if (artifact.tags.length === 0 && !(await ports.harbor.isUntagged(action, artifact))) {
      return { result: 'changed', what: 'it is not provably untagged' };
    }
    if (action.kind === 'remove-tag') return { artifact, members: [] };
    return await withFamily(action, artifact, ports);
  } catch (error) {
    return unseen(error);
  }
}

async function withFamily(
  action: DeleteArtifact,
  artifact: Artifact,
  ports: ApplyPorts,
): Promise<StillThere | Result> {
  const { members, immutableTags } = await readFamily(ports.harbor, action, {
    head: artifact,
    reach: 'deleted',
  });
  const what = whatChangedInFamily(action.members ?? [], members);
  if (what !== undefined) return { result: 'changed', what };
  const [immutable] = immutableTags;
  return immutable === undefined
    ? { artifact, members }
    : { result: 'changed', what: `tag ${immutable} of an accessory became immutable` };
}
