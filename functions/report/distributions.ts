import type { Artifact } from '../domain/artifact.ts';
import type { Instant } from '../domain/instant.ts';
import type { Verdict } from '../domain/verdict.ts';

/** Artifacts and bytes of one class, by fate; what only loses tags stays. */
export interface Share {
  readonly stays: number;
  readonly staysBytes: number;
  readonly goes: number;
  readonly goesBytes: number;
}

/**
 * Every row of the report by age and by size. Class `i` reaches up to `upTo[i]`, which belongs to the next class; the
 * last class has no end. Children and accessories count, so the sums are those of the rows, not of the totals.
 */
export interface Distributions {
  readonly ages: readonly Share[];
  /** Their push time is not known. */
  readonly ageUnknown: Share;
  readonly sizes: readonly Share[];
}

const day = 86_400_000;

/** Ends of the classes of age, in days since the push. */
export const ageEnds = [1, 7, 30, 90, 180, 365, 730] as const;

/** Ends of the classes of size, in bytes. */
export const sizeEnds = [1e6, 1e7, 1e8, 1e9, 1e10] as const;

const nothing: Share = { stays: 0, staysBytes: 0, goes: 0, goesBytes: 0 };

export const noDistributions: Distributions = {
  ages: [...ageEnds, 0].map(() => nothing),
  ageUnknown: nothing,
  sizes: [...sizeEnds, 0].map(() => nothing),
};

/** Classes of some artifacts; `verdicts[i]` is that of `artifacts[i]`. Pure. */
export function distributionsOf(
  artifacts: readonly Artifact[],
  verdicts: readonly Pick<Verdict, 'fate'>[],
  now: Instant,
): Distributions {
  const ages = noDistributions.ages.map((share) => ({ ...share }));
  const sizes = noDistributions.sizes.map((share) => ({ ...share }));
  const ageUnknown = { ...nothing };
  for (const [position, { pushedAt, size }] of artifacts.entries()) {
    const verdict = verdicts[position];
    if (verdict === undefined) continue;
    const age =
      pushedAt === 'unknown' ? ageUnknown : ages[classOf((now - pushedAt) / day, ageEnds)];
    for (const share of [age, sizes[classOf(size, sizeEnds)]]) {
      if (share === undefined) continue;
      if (verdict.fate === 'delete') {
        share.goes += 1;
        share.goesBytes += size;
      } else {
        share.stays += 1;
        share.staysBytes += size;
      }
    }
  }
  return { ages, ageUnknown, sizes };
}

function classOf(value: number, ends: readonly number[]): number {
  const found = ends.findIndex((end) => value < end);
  return found === -1 ? ends.length : found;
}

/** The sums of both. */
export function addDistributions(one: Distributions, other: Distributions): Distributions {
  const add = (mine: readonly Share[], theirs: readonly Share[]): Share[] =>
    mine.map((share, index) => addShares(share, theirs[index] ?? nothing));
  return {
    ages: add(one.ages, other.ages),
    ageUnknown: addShares(one.ageUnknown, other.ageUnknown),
    sizes: add(one.sizes, other.sizes),
  };
}

function addShares(one: Share, other: Share): Share {
  return {
    stays: one.stays + other.stays,
    staysBytes: one.staysBytes + other.staysBytes,
    goes: one.goes + other.goes,
    goesBytes: one.goesBytes + other.goesBytes,
  };
}
