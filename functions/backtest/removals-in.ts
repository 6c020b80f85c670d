import type { Digest } from '../domain/artifact.ts';
import type { DeleteArtifact, RemoveTag } from '../domain/action.ts';
import { familyIn, graphOf } from '../domain/graph.ts';
import type { Instant } from '../domain/instant.ts';
import type { RepositoryPlan } from '../domain/plan.ts';
import { fullName, type CompleteRepository, type RepositoryFacts } from '../domain/repository.ts';
import type { Absence, Absences, RemovedTag } from './absences.ts';
import type { Removal, Undo, Watched } from './removal.ts';

/** What a plan takes from a repository, and with it; it counts only if the night's plan is let through. */
export interface PlannedRemoval {
  readonly removal: Removal;
  readonly rows: readonly (Pick<Absence, 'id' | 'as'> & { readonly digest: Digest })[];
}

export interface Taking {
  readonly night: number;
  readonly at: Instant;
  /** What brings an artifact of this repository back. */
  readonly undo: Exclude<Undo, 'tag'>;
}

/** The removals of a repository's plan, each with the rows that are missing afterwards. */
export function removalsIn(
  plan: RepositoryPlan,
  facts: RepositoryFacts,
  taking: Taking,
): readonly PlannedRemoval[] {
  if (facts.kind === 'unplannable' || plan.actions.length === 0) return [];
  const stays = stayingMembers(plan, facts);
  const repository = fullName(facts.head);
  return plan.actions.flatMap((action): readonly PlannedRemoval[] => {
    if (action.kind === 'delete-artifact') return [artifactOf(action, { ...taking, stays })];
    if (action.kind !== 'remove-tag') return [];
    return [{ removal: { ...removalOf(action, taking), undo: 'tag' }, rows: [] }];
  });

  function removalOf(action: DeleteArtifact | RemoveTag, { night, at, undo }: Taking): Removal {
    const { digest, artifactId, rule, tags, labels } = action;
    const isTag = action.kind === 'remove-tag';
    return {
      repository,
      digest,
      artifactId,
      ...(isTag ? { tag: action.tag } : {}),
      night,
      at,
      rule,
      tags: tags.map(({ name }) => name),
      labels,
      size: isTag ? 0 : action.size,
      undo,
    };
  }

  function artifactOf(
    action: DeleteArtifact,
    more: Taking & { readonly stays: ReadonlySet<Digest> },
  ): PlannedRemoval {
    const { digest, artifactId: id, members = [] } = action;
    const along = members
      .filter((member) => !more.stays.has(member.digest))
      .map((member) => ({ digest: member.digest, id: member.artifactId, as: member.as }));
    return { removal: removalOf(action, more), rows: [{ digest, id, as: 'head' }, ...along] };
  }
}

/** Harbor keeps a child that an index lists which stays. */
function stayingMembers(
  { verdicts }: RepositoryPlan,
  { artifacts, hidden }: CompleteRepository,
): ReadonlySet<Digest> {
  const stays = new Set<Digest>();
  const isParent = artifacts.some(({ children }) => children.length > 0);
  if (!isParent) return stays;
  const graph = graphOf(artifacts, hidden);
  for (const [position, artifact] of artifacts.entries()) {
    if (verdicts[position]?.fate === 'delete' || artifact.children.length === 0) continue;
    for (const { digest } of familyIn(graph, artifact, 'copied')) stays.add(digest);
  }
  return stays;
}

/** Makes a removal: its rows, or its tag, are missing from the next night on, and it is watched. */
export function remove({ removal, rows }: PlannedRemoval, absences: Absences): Watched {
  const of: Watched = { removal, sightings: {} };
  const { at, artifactId, tag } = removal;
  if (tag !== undefined) tagsOf(artifactId, absences).set(tag, { at, of });
  for (const { digest, id, as } of rows) {
    closeTags(absences, id, at);
    // Two indexes that go may list one child: it hangs on the first.
    const known = absences.rows.get(digest);
    if (as !== 'head' && known?.at === at) continue;
    absences.rows.set(digest, { id, at, as, of });
  }
  return of;
}

function tagsOf(artifactId: number, { tags }: Absences): Map<string, RemovedTag> {
  const own = tags.get(artifactId) ?? new Map<string, RemovedTag>();
  tags.set(artifactId, own);
  return own;
}

/** Tags of a row that went before are gone with it. */
function closeTags({ tags }: Absences, artifactId: number, at: Instant): void {
  for (const { of } of tags.get(artifactId)?.values() ?? []) of.closedAt ??= at;
  tags.delete(artifactId);
}
