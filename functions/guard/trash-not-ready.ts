import type { Plan } from '../domain/plan.ts';
import { trashPlace } from '../domain/trash.ts';
import { type GuardContext, mayReplicate, type Rail } from './rail.ts';

const allowed = 'a trash project as docs/policy.md#the-trash-project describes it';

/**
 * Refuses if the trash project is missing, public, full, or changed by something else: a deletion could not be
 * undone.
 */
export const trashNotReady: Rail = {
  name: 'trash-not-ready',
  refusals: (plan, context) => {
    const { policy, registry } = context;
    if (policy.trash === 'off' || registry.trash === undefined) return [];
    const { project, problems } = registry.trash;
    const known = problems.map(({ found, remedy }) => ({ on: project, found, allowed, remedy }));
    return [...known, ...replicated(plan, project, context)];
  },
};

/**
 * A replication rule, whatever starts it, must reach no place in the trash that this plan would use. Rules that can't
 * be read are the business of another rail.
 */
function replicated(
  { repositories }: Plan,
  trash: string,
  { registry }: GuardContext,
): ReturnType<Rail['refusals']> {
  const { replications } = registry;
  if (replications === 'unknown') return [];
  const caches = new Set(
    registry.projects.filter((one) => one.isProxyCache).map(({ name }) => name),
  );
  const places = repositories
    .filter(({ project, deletions }) => deletions > 0 && !caches.has(project))
    .map((one) => trashPlace(trash, one).repository)
    .map((repository) => `${trash}/${repository}`);
  return replications.flatMap((rule) => {
    const place = places.find((one) => mayReplicate(rule, one));
    if (place === undefined) return [];
    const found = `replication rule ${rule.name} would send its contents away, for example ${place}`;
    const remedy = 'Exclude the trash project from the rule’s filters.';
    return [{ on: trash, found, allowed, remedy }];
  });
}
