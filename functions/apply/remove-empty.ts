import type { DeleteRepository } from '../domain/action.ts';
import type { Result } from '../domain/outcome.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { HarborInspector, HarborReader, HarborWriter } from '../ports.ts';
import type { Fenced } from './fence.ts';
import { endOf, unseen } from './write-result.ts';

/** What removing an empty repository touches. */
export type EmptyApplyPorts = Pick<HarborReader, 'listArtifacts'> &
  Pick<HarborInspector, 'readRepository' | 'listRegistryTags'> &
  Pick<Fenced<HarborWriter>, 'deleteRepository'>;

export interface EmptyCandidate {
  readonly action: DeleteRepository;
  /** As the survey saw it. */
  readonly head: RepositoryHead;
  readonly projectId: number;
}

/**
 * Deletes a repository that is empty, after a second look: nothing listed, children included, nothing counted, and not
 * touched since the survey. Harbor has no conditional form: an instant remains in which a push is lost
 * (docs/harbor.md#t25-no-only-if-empty). A count of 0 proves nothing by itself (T24).
 */
export async function removeEmpty(
  { head, projectId }: EmptyCandidate,
  ports: EmptyApplyPorts,
): Promise<Result> {
  try {
    const scope = {
      project: head.project,
      projectId,
      repositories: [head],
      withChildren: true,
      confirmUntagged: false,
    };
    for await (const listing of ports.listArtifacts(scope)) {
      if (listing.kind === 'incomplete') return { result: 'changed', what: listing.because };
      if (listing.artifacts.length > 0)
        return { result: 'changed', what: 'something was pushed to it' };
    }
    // An image with a subject and a tag is hidden from every list of Harbor's (docs/harbor.md#what-lists-do-not-show).
    const tags = await ports.listRegistryTags({ project: head.project, repository: head.name });
    if (tags === 'unknown') {
      const what = 'whether it hides images can’t be read (repository:pull)';
      return { result: 'changed', what };
    }
    if (tags.length > 0)
      return { result: 'changed', what: `it hides ${tags.length} tagged images` };
    const now = await ports.readRepository(head);
    if (now === undefined) return { result: 'already-gone' };
    const what = whatChanged(head, now);
    if (what !== undefined) return { result: 'changed', what };
  } catch (error) {
    return unseen(error);
  }
  const answer = await ports.deleteRepository({ project: head.project, repository: head.name });
  if (answer.kind === 'lost') return { result: 'uncertain', because: answer.because };
  if (answer.kind === 'rolled-back') return { result: 'failed', because: answer.because };
  return endOf(answer) ?? { result: 'failed', because: answer.kind };
}

function whatChanged(before: RepositoryHead, now: RepositoryHead): string | undefined {
  if (now.id !== before.id) return 'it was deleted and made again';
  if (now.artifactCount > 0) return `Harbor counts ${now.artifactCount} artifacts in it`;
  return now.updatedAt === before.updatedAt ? undefined : 'it was touched since';
}
