import type { RepositoryTotals } from '../domain/plan.ts';
import type { Warning } from '../domain/warning.ts';

const shown = 5;

/** What an operator should know of a plan that no verdict shows. */
export function planWarnings(repositories: readonly RepositoryTotals[]): readonly Warning[] {
  const migrated = repositories
    .filter(({ pushedAtOnce }) => pushedAtOnce)
    .map(({ project, repository }) => `${project}/${repository}`);
  if (migrated.length === 0) return [];
  const names = migrated.slice(0, shown).join(', ');
  const others = migrated.length > shown ? ` and ${migrated.length - shown} more` : '';
  return [
    {
      code: 'pushed-at-once',
      on: migrated.length === 1 ? names : `${migrated.length} repositories`,
      message: `Everything in ${names}${others} was pushed within one minute, as by a migration: "newest" means nothing there, and ages count from that minute.`,
      remedy:
        'Give the rules on these repositories highestVersions or pulledWithin beside counts by push time, or protect them until new images are there.',
    },
  ];
}
