/**
 * Projects that are worked on at the same time; within a project one change after the other
 * (docs/harbor.md#t35-one-at-a-time).
 */
export const projectsAtOnce = 3;

/**
 * Does some work for each item, a few at a time, and answers what came of each, in the order of the items. Waits for all,
 * also when one failed, so that nothing continues unseen. @throws what the first that failed threw
 */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const open = [...items.entries()];
  const results: R[] = [];
  const worker = async (): Promise<void> => {
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      const [index, item] = next;
      results[index] = await work(item);
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: projectsAtOnce }, worker));
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return results;
}

/** Items by their project, in the order in which the projects first come. */
export function byProject<T>(
  items: readonly T[],
  projectOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const projects = new Map<string, T[]>();
  for (const item of items) {
    const own = projects.get(projectOf(item));
    if (own === undefined) projects.set(projectOf(item), [item]);
    else own.push(item);
  }
  return projects;
}
