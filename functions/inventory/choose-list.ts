import type { RepositoryHead } from '../domain/repository.ts';

/** Rows of a page; Harbor's maximum (docs/harbor.md#pages). */
const pageRows = 100;
/** Ids in one query: the address stays below 4 KiB. */
export const mostIds = 200;

/**
 * How some repositories of a project are listed: by the project-wide list over a range of repository ids, or over
 * named ids, or by a list for each.
 */
export type ListBy = 'range' | 'ids' | 'repository';

export interface ListChoice {
  readonly by: ListBy;
  /** Requests that this takes, as far as the counts are right. */
  readonly requests: number;
}

/** What lies between the first and the last repository of a run, by ascending id. */
export interface RunOfRepositories {
  readonly wanted: readonly Pick<RepositoryHead, 'artifactCount'>[];
  /** Repositories between them that are not to be read: only a range brings their rows as well. */
  readonly between: readonly Pick<RepositoryHead, 'artifactCount'>[];
}

/**
 * The way that takes fewest requests. Among equals the range, then the repositories' own lists: a list over named
 * ids was read in Harbor's code, the others were seen. Before Harbor 2.12 there is no project-wide list
 * (docs/harbor.md#which-lists-there-are).
 */
export function chooseList(
  { wanted, between }: RunOfRepositories,
  hasProjectList: boolean,
): ListChoice {
  let own = 0;
  let rows = 0;
  let strange = 0;
  for (const { artifactCount } of wanted) {
    own += pagesOf(artifactCount);
    rows += artifactCount;
  }
  for (const { artifactCount } of between) strange += artifactCount;
  const each: ListChoice = { by: 'repository', requests: own };
  if (!hasProjectList || wanted.length === 1) return each;
  const range: ListChoice = { by: 'range', requests: pagesOf(rows + strange) };
  const ids: ListChoice = {
    by: 'ids',
    requests: wanted.length > mostIds ? Infinity : pagesOf(rows),
  };
  const [best] = [range, each, ids].toSorted((one, other) => one.requests - other.requests);
  return best ?? each;
}

function pagesOf(rows: number): number {
  return Math.max(1, Math.ceil(rows / pageRows));
}
