import type { RepositoryTotals } from '../domain/plan.ts';
import type { Warning } from '../domain/warning.ts';
import type { SetAside } from './trim-to-limits.ts';

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

/** What exceeds a limit by itself, named one by one: no run ever takes it under these limits. */
export function setAsideWarnings(setAside: readonly SetAside[]): readonly Warning[] {
  const named = setAside
    .slice(0, shown)
    .map(({ repository, digest, deletions, bytes, limit }): Warning => ({
      code: 'too-large-for-limits',
      on: `${repository}@${digest}`,
      message: `It is condemned, and by itself (${deletions === 1 ? '1 artifact' : `${deletions} artifacts that go together`}, ${bytes} bytes) it exceeds limits.${limit}: it is set aside, and the others go without it.`,
      remedy: `If it may go, raise limits.${limit}, or delete it by hand.`,
    }));
  const more = setAside.length - named.length;
  if (more === 0) return named;
  return [
    ...named,
    {
      code: 'too-large-for-limits',
      on: `${more} more`,
      message: `${more} more artifacts each exceed a limit by themselves and are set aside.`,
      remedy: 'Their rows in the report name the limit; raise it if they may go.',
    },
  ];
}
