import type { RepositoryHead } from '../domain/repository.ts';
import type { ProjectHead } from '../ports.ts';
import { chooseList, type ListBy, mostIds } from './lists.ts';

/** Repositories of one project that are listed together, by ascending id. */
export interface PartScope {
  readonly project: string;
  readonly projectId: number;
  readonly repositories: readonly RepositoryHead[];
  readonly by: ListBy;
  /** Set for those that are not listed at all: why. */
  readonly unread?: string;
}

/** What is read, stored and judged at once; memory is bounded by it, and by the largest repository. */
export type Part = readonly PartScope[];

/** What cutting goes by, besides the repositories. */
export interface Cutting {
  readonly hasProjectList: boolean;
  /** Why a repository is not to be read; undefined: it is. */
  readonly leave?: (head: RepositoryHead) => string | undefined;
}

/** Artifacts in a part, if no single repository has more: some 10 MB of facts. */
const largest = 5_000;
const smallest = 250;
/** As many parts at least, so that several can be read at the same time. */
const wantedParts = 16;

/**
 * Cuts the registry into parts. The same repositories in any order give the same parts.
 * A project is only cut where it is larger than a part: each cut costs up to one more request.
 */
export function cutIntoParts(
  projects: readonly ProjectHead[],
  heads: readonly RepositoryHead[],
  cutting: Cutting,
): readonly Part[] {
  const weight = (head: RepositoryHead): number => Math.max(1, head.artifactCount);
  let all = 0;
  for (const head of heads) all += weight(head);
  const target = Math.min(largest, Math.max(smallest, Math.ceil(all / wantedParts)));

  const parts: PartScope[][] = [];
  let room = 0;
  const put = (scope: PartScope, weighs: number): void => {
    const current = parts.at(-1);
    if (current === undefined || room < weighs) {
      parts.push([scope]);
      room = target - weighs;
    } else {
      current.push(scope);
      room -= weighs;
    }
  };
  const byProject = Map.groupBy(heads, (head) => head.project);
  for (const project of [...projects].sort((a, b) => a.id - b.id)) {
    const own = [...(byProject.get(project.name) ?? [])].sort((a, b) => a.id - b.id);
    for (const scope of cutProject(project, own, cutting)) {
      put(scope, scope.unread === undefined ? weightOf(scope) : scope.repositories.length);
    }
  }
  return parts;
}

/** Artifacts that a scope is expected to bring, a repository counting at least once. */
export function weightOf({ repositories, unread }: PartScope): number {
  let weighs = 0;
  if (unread !== undefined) return weighs;
  for (const { artifactCount } of repositories) weighs += Math.max(1, artifactCount);
  return weighs;
}

interface Run {
  readonly wanted: RepositoryHead[];
  readonly between: RepositoryHead[];
  room: number;
}

function cutProject(
  project: ProjectHead,
  heads: readonly RepositoryHead[],
  { hasProjectList, leave }: Cutting,
): readonly PartScope[] {
  const runs: Run[] = [];
  const left = new Map<string, RepositoryHead[]>();
  let skipped: RepositoryHead[] = [];
  for (const head of heads) {
    const because = leave?.(head);
    if (because !== undefined) {
      left.set(because, [...(left.get(because) ?? []), head]);
      skipped.push(head);
      continue;
    }
    const current = runs.at(-1);
    const isFull =
      current === undefined ||
      current.room < head.artifactCount ||
      (current.between.length + skipped.length > 0 && current.wanted.length >= mostIds);
    if (isFull) {
      runs.push({ wanted: [head], between: [], room: largest - head.artifactCount });
    } else {
      current.between.push(...skipped);
      current.wanted.push(head);
      current.room -= head.artifactCount;
    }
    skipped = [];
  }
  const { name, id } = project;
  const place = { project: name, projectId: id };
  return [
    ...runs.map((run): PartScope => {
      const { by } = chooseList(run, hasProjectList);
      return { ...place, repositories: run.wanted, by };
    }),
    ...[...left].map(([unread, repositories]): PartScope => ({
      ...place,
      repositories,
      by: 'repository',
      unread,
    })),
  ];
}
