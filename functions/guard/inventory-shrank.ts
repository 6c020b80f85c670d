import type { RunEntry } from '../domain/run-history.ts';
import { counted, type Rail } from './rail.ts';

/** A smaller share of what the last run left behind is taken for a half-blind listing. */
const leastPercent = 80;

/** Refuses if projects, repositories or artifacts fell by more than a fifth since the last run (harbor.md T1). */
export const inventoryShrank: Rail = {
  name: 'inventory-shrank',
  refusals: ({ population }, { history }) => {
    const last = history.runs.at(-1);
    if (last === undefined) return [];
    return [
      shrinkage('project', population.projects, last.projects),
      shrinkage(
        'repository',
        population.repositories,
        last.repositories - last.deletedRepositories,
        'repositories',
      ),
      shrinkage('artifact', population.artifacts, last.artifacts - last.deletedArtifacts),
    ].flatMap((found) =>
      found === undefined ? [] : [{ on: 'run', ...found, remedy: remedyAfter(last) }],
    );
  },
};

function shrinkage(
  one: string,
  now: number,
  before: number,
  many = `${one}s`,
): { readonly found: string; readonly allowed: string } | undefined {
  if (now * 100 >= before * leastPercent) return undefined;
  return {
    found: `${counted(now, one, many)} where the last run left ${before}`,
    allowed: `at least ${Math.ceil((before * leastPercent) / 100)}, that is ${leastPercent} %`,
  };
}

function remedyAfter(last: RunEntry): string {
  return `Compare with run ${last.runId}: may the robot still read every project? If the registry really became smaller, remove state/history.json from the run's store; the next run starts a new comparison.`;
}
