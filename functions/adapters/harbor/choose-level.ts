import { deviationOf, type Latencies, meanOf } from './latencies.ts';

/** What was measured with so many requests under way, and when it was last added to. */
export interface Measured extends Latencies {
  /** Answers of all kinds that had come until then. */
  readonly at: number;
}

export type ByLevel = Readonly<Record<number, Measured>>;

/** Twice as many at once have to bring this much more, as a logarithm (5 %): of equal numbers the smallest is best. */
const worthwhile = 0.05;

/** After so many answers at other levels, a level's own count half as much: Harbor may have changed since. */
const halfLife = 500;

/** Beyond this number of answers at a level, older ones count less and less. */
export const remembered = 64;

/** Answers that come in the same time at a level, as a logarithm; and the standard error of that. */
interface Estimate {
  readonly gain: number;
  readonly error: number;
}

/**
 * Finds the number of requests at once that may be the best: each has what was measured with it, and one standard error
 * on top, so that what is little known is tried, and what is known to be worse is left. As many answers come in the same
 * time as requests are under way, divided by how long each takes (Little's law). One that was not measured is hoped to
 * be as good as its measured neighbours allow. From the largest measured one it goes up by doubling, which finds the
 * right size in few steps and passes over a dip between them. Pure.
 */
export function chooseLevel(
  byLevel: ByLevel,
  { max, now, since }: { readonly max: number; readonly now: number; readonly since: number },
): number {
  const { known, errorOf } = estimates(byLevel, now);
  const levels = [...known.keys()];
  const largest = levels.at(-1) ?? 1;
  const highest = Math.min(max, 2 * largest);
  // The longer Harbor is known, the more may be hoped of what was never tried.
  const unknown = errorOf(remembered, since);
  let [best, most] = [largest, -Infinity];
  for (let level = 1; level <= highest; level += 1) {
    if (level > largest && level !== highest) continue;
    const { gain, error } = known.get(level) ?? { gain: hopeFor(level, known), error: unknown };
    const hope = gain + error - worthwhile * Math.log2(level);
    if (hope > most) [best, most] = [level, hope];
  }
  return best;
}

/** The levels that were measured, ascending. */
export function levelsOf(byLevel: ByLevel): readonly number[] {
  return Object.keys(byLevel).map(Number);
}

/** By level, ascending. The spread is that of all levels together: one that varies more has no more to hope for. */
function estimates(
  byLevel: ByLevel,
  now: number,
): {
  readonly known: ReadonlyMap<number, Estimate>;
  readonly errorOf: (count: number, at: number) => number;
} {
  const all = Object.entries(byLevel);
  const answers = all.reduce((sum, [, { count }]) => sum + count, 0);
  const spread =
    all.reduce((sum, [, one]) => sum + (one.count * deviationOf(one)) / meanOf(one), 0) / answers;
  const errorOf = (count: number, at: number): number =>
    spread / Math.sqrt(Math.max(1, count * 2 ** (-(now - at) / halfLife)));
  const known = all.map(([level, one]): [number, Estimate] => {
    const gain = Math.log(Number(level) / meanOf(one));
    return [Number(level), { gain, error: errorOf(one.count, one.at) }];
  });
  return { known: new Map(known), errorOf };
}

/** What a level that was not measured may bring: more at once bring no more than their share, and gains do not grow. */
function hopeFor(level: number, known: ReadonlyMap<number, Estimate>): number {
  const levels = [...known.keys()];
  const gainAt = (one: number): number => known.get(one)?.gain ?? -Infinity;
  const below = levels.findLast((one) => one < level);
  const above = levels.find((one) => one > level);
  if (below === undefined) return above === undefined ? 0 : gainAt(above);
  const most = gainAt(below) + Math.log(level / below);
  if (above !== undefined) return Math.min(most, Math.max(gainAt(above), gainAt(below)));
  const before = levels.at(-2);
  if (before === undefined) return most;
  const doublings = Math.log(level / below) / Math.log(below / before);
  const grew = (gainAt(below) - gainAt(before)) * doublings;
  const error = Math.hypot(known.get(below)?.error ?? 0, known.get(before)?.error ?? 0);
  return Math.min(most, gainAt(below) + Math.max(0, grew + error));
}
