import { timesOf } from '../domain/artifact-times.ts';
import type { Artifact, Digest } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import {
  familyIn,
  graphOf,
  isPresent,
  isUntaggedChild,
  relativesOf,
  type Graph,
} from '../domain/graph.ts';
import type { Instant, Known } from '../domain/instant.ts';
import type {
  BoundProtection,
  Hold,
  Policy,
  RepositoryHold,
  Rule,
  Surroundings,
  TimedArtifact,
} from '../domain/policy.ts';
import type { CompleteRepository } from '../domain/repository.ts';
import { accessorySubject } from '../domain/subject.ts';
import { holdOnFamily } from '../rules/hold-family.ts';
import { rulesIn, selectSubjects, type Selection } from '../rules/select.ts';
import type { JudgeContext } from './judge-context.ts';

/** How an artifact comes to its verdict: by rules, with the indexes that list it, or with its subject. */
export type Role = 'judged' | 'untagged-child' | 'follower';

/** One artifact with all that is known of it before rules are asked. */
export interface Case extends TimedArtifact {
  readonly position: number;
  readonly role: Role;
  readonly selection: Selection;
  /** `member`: it is held for something that would go with it. */
  readonly hold?: { readonly by: string; readonly hold: Hold; readonly member?: Member };
  readonly untaggedSince: Known<Instant>;
}

/** What of a case time does not change. */
type LaidOut = Omit<Case, 'hold' | 'untaggedSince'>;

/** A repository laid out: whenever it is judged, by the same rules, this is the same. */
export interface Layout {
  readonly artifacts: readonly LaidOut[];
  readonly graph: Graph;
  /** The rules whose patterns select the repository. */
  readonly rules: readonly Rule[];
}

/** A repository ready for judging. */
export interface Docket {
  readonly cases: readonly Case[];
  readonly graph: Graph;
  /** The rules whose patterns select the repository. */
  readonly rules: readonly Rule[];
}

/** Lays out a repository: times, selections, and who follows whom. */
export function layOut({ head, artifacts, hidden }: CompleteRepository, policy: Policy): Layout {
  const graph = graphOf(artifacts, hidden);
  const rules = rulesIn(policy.rules, head.project, head.name);
  const isFollower = (tag: string): boolean => {
    const subject = accessorySubject(tag);
    return subject !== undefined && isPresent(graph, subject);
  };
  const laidOut = artifacts.map((artifact, position): LaidOut => ({
    artifact,
    times: timesOf(artifact, relativesOf(graph, artifact)),
    position,
    role: roleOf(graph, artifact, isFollower),
    selection: selectSubjects(artifact, rules, isFollower),
  }));
  return { artifacts: laidOut, graph, rules };
}

/** Adds what depends on the moment: holds, and since when an artifact has no tag. */
export function docketOf(
  { head }: CompleteRepository,
  context: JudgeContext,
  { artifacts, graph, rules }: Layout,
): Docket {
  const { project, name } = head;
  const holds = holdsIn(context.policy.protections, {
    now: context.registry.takenAt,
    registry: context.registry,
    project: context.projects.get(project),
    projectName: project,
    repository: name,
    graph,
  });
  const cases = artifacts.map((laidOut): Case => {
    const hold = firstHold(holds, laidOut, familyIn(graph, laidOut.artifact, 'deleted'));
    return {
      ...laidOut,
      ...(hold === undefined ? {} : { hold }),
      untaggedSince: untaggedSince(context, laidOut.artifact.digest),
    };
  });
  return { cases, graph, rules };
}

function roleOf(graph: Graph, artifact: Artifact, isFollower: (tag: string) => boolean): Role {
  if (isUntaggedChild(graph, artifact)) return 'untagged-child';
  const { tags } = artifact;
  if (tags === 'unknown' || tags.length === 0) return 'judged';
  const follows =
    tags.some(({ name }) => isFollower(name)) &&
    tags.every(({ name }) => accessorySubject(name) !== undefined);
  return follows ? 'follower' : 'judged';
}

function untaggedSince({ untaggedSince: memory }: JudgeContext, digest: Digest): Known<Instant> {
  return memory === 'unknown' ? 'unknown' : (memory.get(digest) ?? 'unknown');
}

interface KeyedHold {
  readonly key: string;
  readonly inRepository: Exclude<RepositoryHold, undefined>;
}

function holdsIn(
  protections: readonly BoundProtection[],
  around: Surroundings,
): readonly KeyedHold[] {
  const holds: KeyedHold[] = [];
  for (const { key, inRepository } of protections) {
    const hold = inRepository(around);
    if (hold !== undefined) holds.push({ key, inRepository: hold });
  }
  return holds;
}

// The first that holds for a known reason is shown; one that only does not know, if there is no other.
function firstHold(
  holds: readonly KeyedHold[],
  timed: TimedArtifact,
  members: readonly Member[],
): Case['hold'] {
  let unknown: Case['hold'];
  for (const { key, inRepository } of holds) {
    const found =
      'all' in inRepository
        ? { hold: inRepository.all }
        : holdOnFamily(inRepository, timed, members);
    if (found === undefined) continue;
    if (found.hold.unknown === undefined) return { by: key, ...found };
    unknown ??= { by: key, ...found };
  }
  return unknown;
}
