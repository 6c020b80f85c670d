import type { DeleteRepository } from '../domain/action.ts';
import { mostApproved } from '../domain/approval.ts';
import { graphOf } from '../domain/graph.ts';
import type { Duration, Instant } from '../domain/instant.ts';
import type { RepositoryTotals } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RollOut } from '../domain/roll-out.ts';
import { mayGo } from './roll-out.ts';

/**
 * The repositories that `removeEmpty` names (docs/arming.md#whole-repositories): completely read, without any
 * artifact, and neither made nor touched within `olderThan`. Only candidates: an artifact may be pushed any moment,
 * so each is read again just before (docs/harbor.md#t24-hidden-rows, T25).
 */
export function emptyRepositories(
  repositories: readonly RepositoryTotals[],
  olderThan: Duration,
  now: Instant,
): readonly RepositoryTotals[] {
  return repositories.filter(({ artifacts, unplannable, createdAt, updatedAt }) => {
    if (artifacts > 0 || unplannable !== undefined) return false;
    if (createdAt === 'unknown' || updatedAt === 'unknown') return false;
    return now - Math.max(createdAt, updatedAt) > olderThan;
  });
}

/**
 * What a run does about empty repositories, whether or not a rule selects their projects
 * (docs/arming.md#whole-repositories): at most 50 in one run, and none that a protection of whole repositories holds.
 * Pure.
 */
export function planEmptyRepositories(
  repositories: readonly RepositoryTotals[],
  {
    policy,
    registry,
    rollOut,
  }: {
    readonly policy: Policy;
    readonly registry: RegistryFacts;
    readonly rollOut: RollOut | undefined;
  },
  now: Instant,
): {
  readonly actions: readonly DeleteRepository[];
  readonly deferred: number;
  /** Those to which the roll-out has not come yet. */
  readonly waiting: number;
} {
  const { removeEmpty } = policy.repositories;
  if (removeEmpty === undefined) return { actions: [], deferred: 0, waiting: 0 };
  const all = emptyRepositories(repositories, removeEmpty.olderThan, now).filter(
    (one) => !isHeld(one, { policy, registry }),
  );
  const named = all.filter((one) => mayGo(rollOut, `${one.project}/${one.repository}`));
  const actions = named
    .slice(0, mostApproved)
    .map(({ project, repository, repositoryId }): DeleteRepository => ({
      kind: 'delete-repository',
      id: `delete-repository ${project}/${repository}`,
      project,
      repository,
      repositoryId,
      rule: 'repositories.removeEmpty',
    }));
  return {
    actions,
    deferred: named.length - actions.length,
    waiting: all.length - named.length,
  };
}

/** Protections of whole repositories hold an empty one as well: named ones, proxy caches, immutable projects. */
function isHeld(
  { project, repository }: RepositoryTotals,
  { policy, registry }: { readonly policy: Policy; readonly registry: RegistryFacts },
): boolean {
  const around = {
    now: registry.takenAt,
    registry,
    project: registry.projects.find((one) => one.name === project),
    projectName: project,
    repository,
    graph: graphOf([]),
  };
  return policy.protections.some((one) => {
    const hold = one.inRepository(around);
    return hold !== undefined && 'all' in hold;
  });
}
