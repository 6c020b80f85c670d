import type { Artifact } from '../domain/artifact.ts';
import type { Waiting } from '../domain/plan.ts';
import type { Judgement } from './judge-subjects.ts';

/** A sum with what of one artifact waits for the roll-out: it, or some of its tags. Undefined: nothing waits. */
export function withWaiting(
  sum: Waiting | undefined,
  judgement: Judgement | undefined,
  { size }: Pick<Artifact, 'size'>,
): Waiting | undefined {
  if (judgement?.reason.code !== 'rollout-waits') return sum;
  const { tags } = judgement.reason;
  return addWaiting(
    sum,
    tags === undefined
      ? { artifacts: 1, bytes: size, tags: 0 }
      : { artifacts: 0, bytes: 0, tags: tags.length },
  );
}

/** What waits in both; undefined: nothing does. */
export function addWaiting(
  one: Waiting | undefined,
  other: Waiting | undefined,
): Waiting | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    artifacts: one.artifacts + other.artifacts,
    bytes: one.bytes + other.bytes,
    tags: one.tags + other.tags,
  };
}
