import { compileDoublestar } from '../../domain/doublestar.ts';
import { inNumbers } from '../../domain/format-numbers.ts';
import type { Occasion, NoticeContext } from '../notice.ts';

/** Something is condemned for the first time in a project that matters. */
export const firstCondemned: Occasion = {
  kind: 'first-condemned',
  severity: 'warning',
  lines: (context) =>
    [...newlyCondemned(context)].map(
      ([project, count]) =>
        `${inNumbers(count)} ${count === 1 ? 'artifact is' : 'artifacts are'} condemned in ${project}, for the first time: see them with harbor-retention explain ${project}/REPOSITORY --out ${context.address}`,
    ),
  remember: (context) => ({
    condemnedIn: [...context.memory.condemnedIn, ...newlyCondemned(context).keys()].toSorted(
      (a, b) => (a < b ? -1 : 1),
    ),
  }),
};

function newlyCondemned({ report, wishes, memory }: NoticeContext): ReadonlyMap<string, number> {
  const patterns = wishes.protectedProjects.map(compileDoublestar);
  const known = new Set(memory.condemnedIn);
  const found = new Map<string, number>();
  for (const { project, waiting, ...one } of report.repositories) {
    // What waits for a roll-out is condemned as well, and who hears of it now can still have it kept.
    const deletions = one.deletions + (waiting?.artifacts ?? 0);
    if (deletions === 0 || known.has(project)) continue;
    if (!patterns.some((pattern) => pattern.ok && pattern.matches(project))) continue;
    found.set(project, (found.get(project) ?? 0) + deletions);
  }
  return found;
}
