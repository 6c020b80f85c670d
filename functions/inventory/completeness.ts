import { bounds } from '../domain/bounds.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { ProjectHead } from '../ports.ts';

/**
 * Projects for which fewer repositories were listed than Harbor counts in them, with the numbers.
 * More than counted is no fault: pushes make repositories at any time.
 */
export function missingRepositories(
  projects: readonly ProjectHead[],
  heads: readonly RepositoryHead[],
): Readonly<Record<string, string>> {
  const listed = new Map<string, number>();
  for (const head of heads) listed.set(head.project, (listed.get(head.project) ?? 0) + 1);
  const missing: Record<string, string> = {};
  for (const project of projects) {
    const because = shortList(project, listed.get(project.name) ?? 0);
    if (because !== undefined) missing[project.name] = `${because}: nothing there is planned.`;
  }
  return missing;
}

/** The numbers, where fewer repositories of a project were listed than Harbor counts in it; a sentence without its end. */
export function shortList(
  { name, repositoryCount }: ProjectHead,
  listed: number,
): string | undefined {
  if (listed >= repositoryCount) return undefined;
  return `Harbor counts ${repositoryCount} repositories in ${name}, its list holds ${listed}`;
}

/** Projects with more repositories than the bound (domain/bounds.ts), of which no more were listed; nothing there is planned. */
export function tooManyRepositories(
  heads: readonly RepositoryHead[],
): Readonly<Record<string, string>> {
  const listed = new Map<string, number>();
  for (const head of heads) listed.set(head.project, (listed.get(head.project) ?? 0) + 1);
  const most = bounds.repositories;
  return Object.fromEntries(
    [...listed]
      .filter(([, count]) => count > most)
      .map(([project]) => [
        project,
        `More than ${most} repositories are in ${project}, which is the bound of what is read: nothing there is planned. Remove those that nobody needs.`,
      ]),
  );
}
