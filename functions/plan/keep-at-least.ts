import { newestFirst } from '../domain/artifact-order.ts';
import type { Docket } from './prepare-repository.ts';
import type { Judgement } from './judge-subjects.ts';

/**
 * The floor: the N most recently active of a repository stay, whatever else stays; so a keep that is added
 * never takes the floor away from another. Children of indexes and followers are no candidates; one whose
 * time is not known stays anyway and takes up no place.
 */
export function keepAtLeast(
  judgements: readonly (Judgement | undefined)[],
  docket: Docket,
  floor: number,
): readonly (Judgement | undefined)[] {
  const ranked = docket.cases
    .filter(
      ({ role, artifact, times }) =>
        role === 'judged' &&
        times.active !== 'unknown' &&
        !docket.graph.parents.has(artifact.digest),
    )
    .map(({ position, artifact, times }) => ({
      position,
      digest: artifact.digest,
      at: times.active,
    }))
    .toSorted(newestFirst)
    .slice(0, floor);
  const saved = [...judgements];
  for (const [index, { position }] of ranked.entries()) {
    if (saved[position]?.fate !== 'delete') continue;
    saved[position] = { fate: 'keep', reason: { code: 'keep-at-least', rank: index + 1, floor } };
  }
  return saved;
}
