import { defined } from '../domain/defined.ts';
import type { Action } from '../domain/action.ts';
import type { ApprovedList } from '../domain/approval.ts';
import type { Artifact, Digest } from '../domain/artifact.ts';
import type { Policy } from '../domain/policy.ts';
import type { ProjectFacts, RegistryFacts } from '../domain/registry.ts';
import type { RollOut } from '../domain/roll-out.ts';
import type { CompleteRepository } from '../domain/repository.ts';
import { readProject, type Survey } from '../inventory/preflight.ts';
import { type JudgeContext, judgeContext } from '../plan/judge-context.ts';
import { judgeAgain, type JudgedAgain } from '../plan/still-condemned.ts';
import type { World } from '../ports.ts';
import { memoryOf } from '../store/harbor-memory.ts';
import type { RunState } from '../store/run-state.ts';
import { untaggedMemory } from '../store/untagged-memory.ts';
import { withFamilies } from './read-families.ts';

export interface JudgingAgain {
  readonly state: RunState;
  readonly policy: Policy;
  readonly registry: RegistryFacts;
  readonly survey: Survey;
  readonly approved: ApprovedList | undefined;
  /** That of the plan. */
  readonly rollOut: RollOut | undefined;
}

/** A repository as it is now, or why it could not be read whole. */
export type Read = Whole | { readonly because: string };

export interface Whole {
  readonly facts: CompleteRepository;
  readonly artifactOf: (digest: Digest) => Artifact | undefined;
  readonly registry: RegistryFacts;
  readonly judged: () => JudgedAgain;
}

export type ListsNow = Pick<RegistryFacts, 'inUse' | 'listedDigests'>;

/** Reads the repository of an action in full, with the rules of its project. @throws RetentionError harbor-… */
export async function readAgain(
  { project, repository, kind }: Action,
  given: JudgingAgain & { readonly lists: ListsNow },
  world: World,
): Promise<Read> {
  const { policy, survey, lists } = given;
  const heads = kind === 'purge' ? (survey.trash?.heads ?? []) : survey.heads;
  const head = heads.find((one) => one.project === project && one.name === repository);
  const own = survey.projects.find(({ name }) => name === project) ?? survey.trash?.project;
  if (head === undefined || own === undefined) return { because: 'the survey does not name it' };
  const most = world.maxArtifactsPerRepository;
  for await (const listing of world.harbor.listArtifacts({
    project,
    projectId: own.id,
    repositories: [head],
    withChildren: true,
    confirmUntagged: policy.needs.untagged,
    confirmLabels: policy.needs.labels,
    by: 'repository',
    ...defined({ maxArtifacts: most }),
  })) {
    if (listing.kind === 'incomplete') return { because: listing.because };
    const { artifacts } = listing;
    const facts: CompleteRepository = { kind: 'complete', head: listing.head, artifacts };
    const { inUse, listedDigests } = lists;
    const registry = { ...given.registry, inUse, listedDigests };
    if (kind === 'purge') return wholeTrash(facts, registry);
    return await whole(
      facts,
      { ...given, registry, project: await readProject(world.harbor, own) },
      world,
    );
  }
  return { because: 'no list came' };
}

function wholeTrash(facts: CompleteRepository, registry: RegistryFacts): Whole {
  const judged = (): JudgedAgain => {
    throw new Error('the trash is judged by its own rules');
  };
  return { facts, artifactOf: finderIn(facts), registry, judged };
}

async function whole(
  facts: CompleteRepository,
  given: JudgingAgain & { readonly project: ProjectFacts },
  world: World,
): Promise<Read> {
  const { policy, approved, project, state, rollOut } = given;
  const projects = [
    ...given.registry.projects.filter(({ name }) => name !== project.name),
    project,
  ];
  const registry = { ...given.registry, projects };
  const memory = policy.needs.untaggedMemory
    ? await untaggedMemory(memoryOf(world.store, registry.harbor.url), state.takenAt).visit(facts)
    : 'unknown';
  const context: JudgeContext = {
    ...judgeContext(policy, registry),
    untaggedSince: memory,
    ...defined({ approved, rollOut }),
  };
  const seen = await withFamilies(facts, context, world.harbor);
  if (seen.kind !== 'complete') return { because: seen.because };
  let judgement: JudgedAgain | undefined;
  const artifactOf = finderIn(seen);
  return {
    facts: seen,
    artifactOf,
    registry,
    judged: () => (judgement ??= judgeAgain(seen, context)),
  };
}

/** Finds listed artifacts; the map is made once, as a repository may have a hundred thousand. */
function finderIn({ artifacts }: CompleteRepository): Whole['artifactOf'] {
  let known: ReadonlyMap<Digest, Artifact> | undefined;
  return (digest) => {
    known ??= new Map(artifacts.map((one) => [one.digest, one]));
    return known.get(digest);
  };
}
