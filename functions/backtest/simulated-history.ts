import { defined } from '../domain/defined.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Plan } from '../domain/plan.ts';
import type { RunEntry } from '../domain/run-history.ts';
import type { Night } from './night.ts';
import type { Watched } from './removal.ts';

/** Removals whose rows the facts of the night before still showed, and those of now do not. */
export function endedSince(watched: readonly Watched[], last: RunEntry | undefined): number {
  if (last === undefined) return 0;
  const isEnded = ({ lastSeen, closedAt, removal }: Watched): boolean =>
    closedAt === undefined && removal.tag === undefined && (lastSeen ?? removal.at) === last.at;
  return watched.filter(isEnded).length;
}

/** What a real run deleted meanwhile is no shrinkage, unless it had gone here before. */
export function withRealDeletions(
  history: readonly RunEntry[],
  { reallyDeleted }: Night,
  ended: number,
): readonly RunEntry[] {
  const last = history.at(-1);
  if (last === undefined) return history;
  const more = Math.max(0, reallyDeleted - ended);
  const corrected = { ...last, deletedArtifacts: last.deletedArtifacts + more };
  return [...history.slice(0, -1), corrected];
}

/** The night as later ones compare themselves with it. */
export function entryOf(plan: Plan, { takenAt }: Night, isRefused: boolean): RunEntry {
  const { population } = plan;
  return {
    runId: formatInstant(takenAt),
    at: takenAt,
    policyHash: plan.policyHash,
    mode: 'apply',
    projects: population.projects,
    repositories: population.repositories,
    artifacts: population.artifacts,
    bytes: population.bytes,
    deletedArtifacts: isRefused ? 0 : population.deletions,
    deletedRepositories: 0,
    plannedByRule: Object.fromEntries(plan.rules.map(({ rule, deletions }) => [rule, deletions])),
    end: isRefused ? 'refused' : 'finished',
    ...defined({ unread: population.unread }),
  };
}
