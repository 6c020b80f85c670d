import type { RepositoryHead } from '../domain/repository.ts';
import type { ProjectHead } from '../ports.ts';

/** Repositories of one project whose ids follow one another: one list brings them all. */
export interface PartScope {
  readonly project: string;
  readonly projectId: number;
  readonly repositories: readonly RepositoryHead[];
}

/** What is read, stored and judged at once; memory is bounded by it, and by the largest repository. */
export type Part = readonly PartScope[];

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
  for (const project of [...projects].sort((a, b) => a.id - b.id)) {
    for (const scope of cutProject(project, headsOf(project, heads))) {
      let weighs = 0;
      for (const head of scope.repositories) weighs += weight(head);
      put(scope, weighs);
    }
  }
  return parts;
}

function headsOf(
  project: ProjectHead,
  heads: readonly RepositoryHead[],
): readonly RepositoryHead[] {
  return heads.filter((head) => head.project === project.name).sort((a, b) => a.id - b.id);
}

function cutProject(project: ProjectHead, heads: readonly RepositoryHead[]): readonly PartScope[] {
  const scopes: RepositoryHead[][] = [];
  let room = 0;
  for (const head of heads) {
    const current = scopes.at(-1);
    if (current === undefined || room < head.artifactCount) {
      scopes.push([head]);
      room = largest - head.artifactCount;
    } else {
      current.push(head);
      room -= head.artifactCount;
    }
  }
  return scopes.map((repositories) => ({
    project: project.name,
    projectId: project.id,
    repositories,
  }));
}
