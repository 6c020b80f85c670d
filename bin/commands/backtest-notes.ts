import type { Substitute } from '../../functions/backtest/registry-as-seen.ts';
import { counted } from '../../functions/domain/format-numbers.ts';
import type { PastRun } from '../../functions/store/past-runs.ts';
import type { Blindness, SideResult } from './backtest-nights.ts';

const sentences: Readonly<Record<Substitute, string>> = {
  inUse: 'the run had other sources in protect.inUse, so that the lists of now stand for theirs',
  digests: 'the run had other lists in protect.digests, so that those of now stand for theirs',
  trash: 'the run looked at another trash project, so that the state of this one is not judged',
  subjects: 'the run did not look for subjects of signatures elsewhere, so that orphans stay',
};

/** What could not be seen, so that no regret of its kind says little; in sentences. */
export function blindNotes({ pulls, uses }: Blindness): readonly string[] {
  return [
    ...(pulls === 0
      ? []
      : [
          `on ${counted(pulls, 'night')} Harbor seemed to record no pulls, so that nobody could see what was pulled after it would have gone: no regret by pull is known there, and none is ruled out`,
        ]),
    ...(uses === 0
      ? []
      : [
          `on ${counted(uses, 'night')} a list of images in use could not be read, so that what it may have named is not known: no regret by use is ruled out there`,
        ]),
  ];
}

/** What of a backtest is not as it would have been, in sentences. */
export function substituteNotes(
  sides: readonly SideResult[],
  { runs }: { readonly runs: readonly Pick<PastRun, 'runId' | 'deleted' | 'isEndless'>[] },
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
  const endless = runs.filter(({ isEndless }) => isEndless);
  if (endless.length > 0)
    notes.push(
      `${counted(endless.length, 'armed run')} did not end, so that what it deleted is not known, and counts as nothing: ${endless.map(({ runId }) => runId).join(', ')}`,
    );
  if (deleted > 0)
    notes.push(
      `the runs of these nights really deleted ${counted(deleted, 'artifact')}, which later facts lack for every policy`,
    );
  return notes;
}
