import type { RepositoryHead } from '../domain/repository.ts';
import type { ProjectHead } from '../ports.ts';
import { chooseList, type ListBy, mostIds } from './choose-list.ts';

/** Repositories of one project that are listed together, by ascending id. */
export interface PartScope {
  readonly project: string;
  readonly projectId: number;
  readonly repositories: readonly RepositoryHead[];
  readonly by: ListBy;
  /** Set for those that are not listed at all: why. */
  readonly unread?: string;
  /** Key of an earlier run's part that holds their facts; listed only if those will not do. */
  readonly kept?: string;
}

/** What is read, stored and judged at once; memory is bounded by it, and by the largest repository. */
export type Part = readonly PartScope[];

/** What cutting depends on, besides the repositories. */
export interface Cutting {
  readonly hasProjectList: boolean;
  /** Why a repository is not to be read; undefined: it is. */
  readonly leave?: (head: RepositoryHead) => string | undefined;
  /** The earlier run's part whose facts of it will do; undefined: none. */
  readonly kept?: (head: RepositoryHead) => string | undefined;
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
  const byProject = new Map<string, RepositoryHead[]>();
  for (const head of heads) {
    const own = byProject.get(head.project);
    if (own === undefined) byProject.set(head.project, [head]);
    else own.push(head);
  }
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

interface PartInWork {
  readonly wanted: RepositoryHead[];
  readonly between: RepositoryHead[];
  room: number;
}

interface Sorted {
  readonly runs: PartInWork[];
  /** Not listed, by why. */
  readonly left: Map<string, RepositoryHead[]>;
  /** Known from an earlier run, by its part. */
  readonly reused: Map<string, RepositoryHead[]>;
}

function cutProject(
  project: ProjectHead,
  heads: readonly RepositoryHead[],
  cutting: Cutting,
): readonly PartScope[] {
  const { runs, left, reused } = sorted(heads, cutting);
  const place = { project: project.name, projectId: project.id };
  return [
    ...runs.map((run): PartScope => {
      const { by } = chooseList(run, cutting.hasProjectList);
      return { ...place, repositories: run.wanted, by };
    }),
    ...[...reused].map(([kept, repositories]): PartScope => ({
      ...place,
      repositories,
      by: 'repository',
      kept,
    })),
    ...[...left].map(([unread, repositories]): PartScope => ({
      ...place,
      repositories,
      by: 'repository',
      unread,
    })),
  ];
}

function sorted(heads: readonly RepositoryHead[], { leave, kept }: Cutting): Sorted {
  const runs: PartInWork[] = [];
  const left = new Map<string, RepositoryHead[]>();
  const reused = new Map<string, RepositoryHead[]>();
  let skipped: RepositoryHead[] = [];
  for (const head of heads) {
    const because = leave?.(head);
    const part = kept?.(head);
    if (because !== undefined || part !== undefined) {
      const [key, list] = because === undefined ? [part ?? '', reused] : [because, left];
      const same = list.get(key);
      if (same === undefined) list.set(key, [head]);
      else same.push(head);
      skipped.push(head);
      continue;
    }
    const current = runs.at(-1);
    if (current === undefined || isFull(current, head, skipped.length)) {
      runs.push({ wanted: [head], between: [], room: largest - head.artifactCount });
    } else {
      current.between.push(...skipped);
      current.wanted.push(head);
      current.room -= head.artifactCount;
    }
    skipped = [];
  }
  return { runs, left, reused };
}

function isFull(
  { wanted, between, room }: PartInWork,
  next: RepositoryHead,
  skipped: number,
): boolean {
  if (room < next.artifactCount) return true;
  return between.length + skipped > 0 && wanted.length >= mostIds;
}
