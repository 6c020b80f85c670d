import type { Substitute } from '../../functions/backtest/registry-as-seen.ts';
import { counted } from '../../functions/domain/format-numbers.ts';
import type { PastRuns } from '../../functions/store/past-runs.ts';
import type { SideResult } from './backtest-nights.ts';

const sentences: Readonly<Record<Substitute, string>> = {
  inUse: 'the run had other sources in protect.inUse, so that the lists of now stand for theirs',
  digests: 'the run had other lists in protect.digests, so that those of now stand for theirs',
  trash: 'the run looked at another trash project, so that the state of this one is not judged',
  subjects: 'the run did not look for subjects of signatures elsewhere, so that orphans stay',
};

/** What of a backtest is not as it would have been, in sentences. */
export function substituteNotes(
  sides: readonly SideResult[],
  { runs }: Pick<PastRuns, 'runs'>,
): readonly string[] {
  const whose = ['this policy', 'the policy in force'];
  const notes = sides.flatMap(({ substitutes }, position) =>
    [...substitutes].map(
      ([what, nights]) =>
        `${whose[position] ?? ''}: on ${counted(nights, 'night')} ${sentences[what]}`,
    ),
  );
  let deleted = 0;
  for (const run of runs) deleted += run.deleted;
  if (deleted > 0)
    notes.push(
      `the runs of these nights really deleted ${counted(deleted, 'artifact')}, which later facts lack for every policy`,
    );
  return notes;
}
