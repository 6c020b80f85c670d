import type { Action, DeleteArtifact, PlannedMember, RemoveTag } from '../domain/action.ts';
import { byText } from '../domain/artifact-order.ts';
import { familyIn, parentsOf } from '../domain/graph.ts';
import type { Instant, Known } from '../domain/instant.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { Case, Docket } from './prepare-repository.ts';
import type { Judgement } from './judge-subjects.ts';
import { subjectsOfFollower } from './keep-graph-whole.ts';
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
  if (acted.length < 2) return acted;
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
    const position = graph.positions.get(subject) ?? graph.subjects.get(subject);
    const places = graph.parents.get(subject) ?? [];
    for (const place of position === undefined ? places : [position, ...places]) {
      const known = followers.get(place);
      if (known === undefined) followers.set(place, [one]);
      else known.push(one);
    }
  }
  return followers;
}

function oldestFirst(one: Case, other: Case): number {
  const pushed = (known: Case): number =>
    known.times.pushed === 'unknown' ? 0 : known.times.pushed;
  return pushed(one) - pushed(other) || byText(one.artifact.digest, other.artifact.digest);
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
    accessories: accessories === 'unknown' ? [] : accessories.map(({ digest }) => digest),
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
  const known = new Map(all.map((tag) => [tag.name, tag]));
  const stays = all.find(({ name }) => !removed.has(name));
  let lastTaggedAt: Known<Instant> = 'unknown';
  for (const { pushedAt } of all)
    if (pushedAt !== 'unknown' && (lastTaggedAt === 'unknown' || pushedAt > lastTaggedAt))
      lastTaggedAt = pushedAt;
  return tags.map((tag) => ({
    kind: 'remove-tag',
    id: `remove-tag:${head.project}/${head.name}@${one.artifact.digest}:${tag}`,
    ...facts,
    tags: [known.get(tag) ?? { name: tag, pushedAt: 'unknown' }],
    tag,
    ...(stays === undefined ? {} : { stays }),
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
    labels: labels === 'unknown' ? [] : labels,
    pushedAt,
    pulledAt,
    size,
  };
}
