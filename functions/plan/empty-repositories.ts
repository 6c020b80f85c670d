import type { Duration, Instant } from '../domain/instant.ts';
import type { RepositoryTotals } from '../domain/plan.ts';

/**
 * The repositories that `removeEmpty` names (policy.md §9): completely read, without any artifact, and neither
 * made nor touched within `olderThan`. Only candidates: an artifact may be pushed any moment, so each is read
 * again just before (harbor.md T24, T25).
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
