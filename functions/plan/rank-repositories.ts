import { byText } from '../domain/artifact-order.ts';
import { day } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import type { RepositoryTotals } from '../domain/plan.ts';
import type { Ranking, RankingMeasure } from '../domain/ranking.ts';

/** A repository with its score: the lower, the less it seems to be used. */
export interface RankedRepository {
  readonly project: string;
  readonly repository: string;
  readonly score: number;
}

/**
 * The ranking of docs/arming.md#whole-repositories, lowest first, then by name: Σ base × weight of the first range
 * that holds. A rank is an argument for a person, never a permission to delete. Repositories that could not be read
 * completely have no score: their tags are not known.
 */
export function rankRepositories(
  repositories: readonly RepositoryTotals[],
  ranking: Ranking,
  now: Instant,
): readonly RankedRepository[] {
  return repositories
    .filter(({ unplannable }) => unplannable === undefined)
    .map((one) => ({
      project: one.project,
      repository: one.repository,
      score: score(one, ranking, now),
    }))
    .toSorted(
      (one, other) =>
        one.score - other.score ||
        byText(one.project, other.project) ||
        byText(one.repository, other.repository),
    );
}

function score(one: RepositoryTotals, ranking: Ranking, now: Instant): number {
  const { update_time: update, pull_count: pulls, tags_count: tags } = ranking;
  // A time that is not known speaks for the repository: the highest weight there is.
  const updated =
    one.updatedAt === 'unknown'
      ? Math.max(0, ...update.factors.map(({ weight }) => weight))
      : weightOf(update, Math.floor((now - one.updatedAt) / day), 0);
  const sum =
    update.base * updated +
    pulls.base * weightOf(pulls, one.pullCount, 1) +
    tags.base * weightOf(tags, one.tags, 1);
  // Sums of decimal fractions: without rounding, equal repositories would show different scores.
  return Math.round(sum * 1e6) / 1e6;
}

function weightOf({ factors }: RankingMeasure, value: number, outside: number): number {
  const holds = factors.find(({ range: { low, high } }) => low <= value && value < high);
  return holds?.weight ?? outside;
}
