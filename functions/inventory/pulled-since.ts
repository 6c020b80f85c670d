import type { Artifact, Digest } from '../domain/artifact.ts';
import type { Instant } from '../domain/instant.ts';
import type { PolicyNeeds } from '../domain/policy.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import { signalWindow, sumPullTimes } from './pull-signal.ts';

/** What Harbor shows as pulled before this is not known (docs/policy.md#which-time-is-meant). */
const firstPull = Date.UTC(2000, 0, 1);

/**
 * Since when pulls of untagged children matter in a project: for the rules that can reach it, and for whether pull times
 * live at all.
 */
export function pulledSince(
  { pullsWithin }: Pick<PolicyNeeds, 'pullsWithin'>,
  project: string,
  now: Instant,
): Instant {
  const within = pullsWithin(project);
  return within === 'ever' ? firstPull : now - Math.max(within, signalWindow);
}

/** The artifacts of a repository whose pulls count: listed ones, and untagged children, listed or not. */
export function withChildren(facts: RepositoryFacts): readonly Artifact[] {
  if (facts.kind !== 'complete') return facts.seen;
  const { artifacts, hidden = [] } = facts;
  if (hidden.length === 0) return artifacts;
  const children = childrenOf([...artifacts, ...hidden]);
  return [...artifacts, ...hidden.filter(({ digest }) => children.has(digest))];
}

/**
 * The repositories that must be listed with all their children before it is known whether pull times live. Nothing
 * that was read in them was pulled within the signal's window, and nothing that was read is older than that window. A
 * child that was not read may be either.
 */
export function silentRepositories(
  all: readonly RepositoryFacts[],
  now: Instant,
): readonly RepositoryFacts[] {
  const { latestPull, oldestPush } = sumPullTimes(all.map(withChildren), now);
  const since = now - signalWindow;
  if (latestPull !== 'unknown' && latestPull >= since) return [];
  if (oldestPush !== 'unknown' && oldestPush < since) return [];
  return all.filter(hasUnreadChildren);
}

function hasUnreadChildren(facts: RepositoryFacts): boolean {
  const read = withChildren(facts);
  const unread = childrenOf(read);
  for (const { digest } of read) unread.delete(digest);
  return unread.size > 0;
}

function childrenOf(artifacts: readonly Artifact[]): Set<Digest> {
  return new Set(artifacts.flatMap(({ children }) => children));
}
