import type { Action, DeleteArtifact, PlannedMember, RemoveTag } from '../domain/action.ts';
import { byText } from '../domain/artifact-order.ts';
import { familyIn, parentsOf } from '../domain/graph.ts';
import { knownOf, knownOr, latestKnown } from '../domain/instant.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { Case, Docket } from './prepare-repository.ts';
import type { Judgement } from './judge-subjects.ts';
import { subjectsOfFollower, takersOf } from './keep-graph-whole.ts';
import { plannedMembers, plannedTags } from './planned-members.ts';

/**
 * Judgements → actions (docs/policy.md#indexes-and-signatures): oldest first, an index before its children, accessory
 * tags right after what they are about. Untagged children get none: Harbor deletes them with their last parent.
 */
export function chooseActions(
  judgements: readonly Judgement[],
  docket: Docket,
  head: RepositoryHead,
): readonly Action[] {
  const actions: Action[] = [];
  for (const one of inOrder(judgements, docket)) {
    const judgement = judgements[one.position];
    if (judgement?.fate === 'delete') {
      const members = plannedMembers(familyIn(docket.graph, one.artifact, 'deleted'));
      actions.push(deletion(one, judgement.reason, { head, members }));
    }
    if (judgement?.fate !== 'untag') continue;
    actions.push(...tagRemovals(one, judgement, head));
  }
  return actions;
}

function inOrder(judgements: readonly Judgement[], docket: Docket): readonly Case[] {
  const acted = docket.cases
    .filter(({ position }) => {
      const judgement = judgements[position];
      if (judgement === undefined || judgement.fate === 'keep') return false;
      return judgement.reason.code !== 'goes-with-parent';
    })
    .toSorted(oldestFirst);
  const followers = followersOf(acted, docket);
  const isActed = new Set(acted);
  const ordered: Case[] = [];
  const visited = new Set<Case>();
  const visit = (one: Case): void => {
    if (visited.has(one)) return;
    visited.add(one);
    for (const position of parentsOf(docket.graph, one.artifact.digest)) {
      const parent = docket.cases[position];
      if (parent !== undefined) visit(parent);
    }
    if (isActed.has(one)) ordered.push(one);
    for (const follower of followers.get(one.position) ?? []) visit(follower);
  };
  for (const one of acted) if (one.role !== 'follower') visit(one);
  for (const one of acted) visit(one);
  return ordered;
}

/** Followers by the position of what takes their subject along. */
function followersOf(
  acted: readonly Case[],
  { graph }: Docket,
): ReadonlyMap<number, readonly Case[]> {
  const followers = new Map<number, Case[]>();
  for (const one of acted) {
    const [subject = ''] = subjectsOfFollower(one).toSorted(byText);
    for (const place of takersOf(graph, subject)) {
      const known = followers.get(place);
      if (known === undefined) followers.set(place, [one]);
      else known.push(one);
    }
  }
  return followers;
}

function oldestFirst(one: Case, other: Case): number {
  const [first, second] = [knownOr(one.times.pushed, 0), knownOr(other.times.pushed, 0)];
  return first - second || byText(one.artifact.digest, other.artifact.digest);
}

function deletion(
  one: Case,
  reason: Extract<Judgement, { fate: 'delete' }>['reason'],
  { head, members }: { readonly head: RepositoryHead; readonly members: readonly PlannedMember[] },
): DeleteArtifact {
  const { artifact } = one;
  const { accessories, children, type } = artifact;
  return {
    kind: 'delete-artifact',
    id: `delete-artifact:${head.project}/${head.name}@${artifact.digest}`,
    ...factsOf(one, head, reason.rule),
    type,
    children,
    accessories: knownOf(accessories).map(({ digest }) => digest),
    members,
    ...(reason.code === 'follows-subject' ? { follows: reason.subject } : {}),
  };
}

/** One for each tag, all of them no larger than the facts of the artifact and of that tag. */
function tagRemovals(
  one: Case,
  { tags, reason }: Extract<Judgement, { fate: 'untag' }>,
  head: RepositoryHead,
): readonly RemoveTag[] {
  const removed = new Set(tags);
  const { tags: all, ...facts } = factsOf(one, head, reason.rule);
  const stays = all.find(({ name }) => !removed.has(name));
  const lastTaggedAt = latestKnown(all.map(({ pushedAt }) => pushedAt));
  return all
    .filter(({ name }) => removed.has(name))
    .toSorted((some, other) => byText(some.name, other.name))
    .map((tag) => ({
      kind: 'remove-tag',
      id: `remove-tag:${head.project}/${head.name}@${one.artifact.digest}:${tag.name}`,
      ...facts,
      tags: [tag],
      tag: tag.name,
      ...(stays && { stays }),
      lastTaggedAt,
    }));
}

function factsOf({ artifact }: Case, head: RepositoryHead, rule: string) {
  const { digest, id, size, pushedAt, pulledAt, labels } = artifact;
  return {
    project: head.project,
    repository: head.name,
    digest,
    artifactId: id,
    rule,
    tags: plannedTags(artifact),
    labels: knownOf(labels),
    pushedAt,
    pulledAt,
    size,
  };
}
