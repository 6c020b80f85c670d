import { counted } from '../domain/format-numbers.ts';
import { harborKey } from '../domain/harbor-address.ts';
import type { RunEntry } from '../domain/run-history.ts';
import { type Rail } from './rail.ts';

/** If less than this share of what the last run left is there, the listing is taken for half-blind. */
const leastPercent = 80;

/**
 * Refuses if projects, repositories or artifacts fell by more than a fifth since the last run
 * (docs/harbor.md#t1-wrong-credentials).
 */
export const inventoryShrank: Rail = {
  name: 'inventory-shrank',
  refusals: ({ population }, { history, registry }) => {
    const last = history.runs.at(-1);
    if (last === undefined) return [];
    const repositories = last.repositories - last.deletedRepositories;
    const counts = [
      { words: ['project', 'projects'], now: population.projects, before: last.projects },
      { words: ['repository', 'repositories'], now: population.repositories, before: repositories },
      {
        words: ['artifact', 'artifacts'],
        // What is left unread, a repository that is too large, is no loss; and only what was seen can be missed: a
        // count of Harbor's that was wrong once would otherwise refuse every night to come.
        now: population.artifacts + (population.unread ?? 0),
        before: last.artifacts - last.deletedArtifacts,
      },
    ] as const;
    return counts
      .filter(({ now, before }) => now * 100 < before * leastPercent)
      .map(({ words, now, before }) => ({
        on: 'run',
        found: `${counted(now, words[0], words[1])} where the last run left ${before}`,
        allowed: `at least ${Math.ceil((before * leastPercent) / 100)}, that is ${leastPercent} %`,
        remedy: remedyAfter(last, registry.harbor.url),
      }));
  },
};

function remedyAfter(last: RunEntry, harbor: string): string {
  return `Compare with run ${last.runId}: may the robot still read every project? If the registry really became smaller, remove state/harbors/${harborKey(harbor)}/history.json from the run's store; the next run starts a new comparison.`;
}
