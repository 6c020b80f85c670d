import type { DeleteArtifact, RemoveTag } from '../../functions/domain/action.ts';
import { readFamily } from '../../functions/apply/read-family.ts';
import { plannedMembers } from '../../functions/plan/planned-members.ts';
import type { EmbeddedHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from './apply-ports.ts';

/** The action that would delete an artifact, with the facts as Harbor shows them now. */
export async function deletionOf(
  harbor: EmbeddedHarbor,
  { project, repository, digest }: { project: string; repository: string; digest: string },
): Promise<DeleteArtifact> {
  const reader = applyPortsOn(harbor).harbor;
  const now = await reader.readArtifact({ project, repository }, digest);
  if (now.kind === 'gone') throw new Error(`${digest} is not there`);
  const { artifact } = now;
  const place = { project, repository };
  const { members } = await readFamily(reader, place, { head: artifact, reach: 'deleted' });
  const { tags, labels, accessories } = artifact;
  if (tags === 'unknown' || labels === 'unknown' || accessories === 'unknown') {
    throw new Error(`unknown facts of ${digest}`);
  }
  return {
    kind: 'delete-artifact',
    id: `delete-artifact ${project}/${repository}@${digest}`,
    project,
    repository,
    digest,
    artifactId: artifact.id,
    rule: 'old',
    tags: tags.map(({ name, pushedAt }) => ({ name, pushedAt })),
    labels,
    pushedAt: artifact.pushedAt,
    pulledAt: artifact.pulledAt,
    size: artifact.size,
    type: artifact.type,
    children: artifact.children,
    accessories: accessories.map((one) => one.digest),
    members: plannedMembers(members),
  };
}

/** The removal of one tag of an artifact whose deletion was planned, as a plan would have it. */
export function removalOf(action: DeleteArtifact, tag: string): RemoveTag {
  const { type: _, children: __, accessories: ___, members: ____, ...facts } = action;
  const stays = action.tags.findLast(({ name }) => name !== tag);
  const times = action.tags.map(({ pushedAt }) => (pushedAt === 'unknown' ? 0 : pushedAt));
  return {
    ...facts,
    kind: 'remove-tag',
    id: `remove-tag ${tag}`,
    tag,
    tags: action.tags.filter(({ name }) => name === tag),
    ...(stays === undefined ? {} : { stays }),
    lastTaggedAt: Math.max(...times),
  };
}
