import { type ByLevel, chooseLevel, levelsOf, remembered } from './choose-level.ts';
import {
  deviationOf,
  joined,
  type Latencies,
  meanOf,
  noLatencies,
  withLatency,
} from './latencies.ts';

/** What one request showed: how long its answer took, in milliseconds, and whether Harbor struggled. */
export interface Sample {
  /** Requests of one kind cost about the same; each kind has its own latencies. */
  readonly kind: string;
  readonly tookMs: number;
  /** 429, 5xx, time-out or a cut connection. */
  readonly struggled: boolean;
  /** Requests under way when the answer came, itself included; below the level it proves nothing. */
  readonly underWay?: number;
  /** How long the others of this kind that are under way have waited for their answers, in milliseconds. */
  readonly waitingMs?: readonly number[];
}

/** What is known of requests of one kind. */
interface KindPace {
  readonly byLevel: ByLevel;
  /** Answers since the level last changed, or since they were last added to the others. */
  readonly window: Latencies;
  /** By how much, in deviations, answers have lately been slower than is usual; never below 0. */
  readonly drift: number;
}

/** Half as many at once, on suspicion: whether Harbor became slower is then seen without waiting for more proof. */
interface Suspicion {
  /** The level to which it returns if it was chance. */
  readonly from: number;
  readonly answers: number;
  /** For slowness, as the logarithm of how much likelier the answers are if all take twice as long. */
  readonly evidence: number;
}

/** State of the controller; a value. */
export interface Pace {
  /** How many requests may be under way. */
  readonly level: number;
  readonly max: number;
  readonly kinds: Readonly<Record<string, KindPace>>;
  readonly suspicion: Suspicion | undefined;
  /** Answers so far, and how many had come when a suspicion last turned out to be chance. */
  readonly answers: number;
  readonly clearedAt: number;
  /** How many had come when all was last forgotten. */
  readonly since: number;
  /** Answers to come that began at another level, and prove nothing of this one. */
  readonly stale: number;
  /** Answers to go before the level may rise, and how many there will be the next time that Harbor struggles. */
  readonly rest: number;
  readonly patience: number;
}

/** Never more than 8 at once (docs/harbor.md#speed: two readers nearly fill a small server). */
export const maxConcurrency = 8;

/** One server's processor reads while the other answers: less than two at once is too little nearly everywhere. */
const firstLevel = 2;

/** Answers that make a window; it grows up to three times as long while it is open whether Harbor became slower. */
const window = 8;
const shortRest = 2 * window;
const firstPatience = 64;
const longestPatience = 1024;

/**
 * Slower answers add up (CUSUM): each by its deviations from the mean, at most three, less this allowance. At the bound
 * Harbor is suspected. Answers that take twice as long reach it within a few; chance does about once a second where
 * answers of one kind differ by four times, which costs a few answers at half the level.
 */
const allowance = 0.7;
const bound = 2.4;
const mostDeviations = 3;
/** So many milliseconds more or less are no difference, however fast the answer. */
const noDifference = 2;

/** A suspicion is chance below the first and confirmed above the second, or chance after so many answers. */
const chance = -1.5;
const certain = 3;
const longestSuspicion = 14;

export function startPace(max: number = maxConcurrency): Pace {
  return {
    level: Math.min(firstLevel, max),
    max,
    kinds: {},
    suspicion: undefined,
    answers: 0,
    clearedAt: -Infinity,
    since: 0,
    stale: 0,
    rest: 0,
    patience: firstPatience,
  };
}

/**
 * Down by half at once when Harbor struggles, or when answers become slower than their own spread explains; back again
 * if they were not by more than chance. Else, after each window of answers, to the level that may bring the most answers
 * in the same time (choose-level.ts). Pure.
 */
export function nextPace(before: Pace, sample: Sample): Pace {
  const answers = before.answers + 1;
  const pace = { ...before, answers, rest: Math.max(0, before.rest - 1) };
  if (sample.struggled) return struggled(pace);
  if (pace.stale > 0) return { ...pace, stale: pace.stale - 1 };
  const kind = pace.kinds[sample.kind] ?? { byLevel: {}, window: noLatencies, drift: 0 };
  const ms = sample.tookMs;
  if (pace.suspicion !== undefined)
    return examine(pace, pace.suspicion, evidenceOf(pace, kind, ms));

  const slowness = slownessAt(kind.byLevel, pace.level);
  const drift = Math.max(0, kind.drift + slowness(ms));
  const waiting = (sample.waitingMs ?? []).map((waited) => Math.max(0, slowness(waited)));
  const seen = { ...kind, drift };
  if (drift + sumOf(waiting) >= bound) return suspect(pace, sample.kind, { kind: seen, ms });
  if ((sample.underWay ?? pace.level) < pace.level) return withKind(pace, sample.kind, seen);
  const longer = { ...seen, window: withLatency(kind.window, ms) };
  const { count } = longer.window;
  // While it is open whether Harbor became slower, a window is not closed: it would make slow usual.
  const isOpen = count < window || (drift > bound / 2 && count < 3 * window);
  return isOpen ? withKind(pace, sample.kind, longer) : judge(pace, sample.kind, longer);
}

/** By how many deviations an answer is slower than is usual, less the allowance; 0 where nothing is known. */
function slownessAt(byLevel: ByLevel, level: number): (ms: number) => number {
  const usual = usualAt(byLevel, level);
  if (usual === undefined) return () => 0;
  const { mean, deviation } = usual;
  return (ms) => Math.min(mostDeviations, (ms - mean - noDifference) / deviation) - allowance;
}

/**
 * What an answer takes at a level, and at most as far as that is known. Where it was not measured: as if one more at once
 * brought nothing, and one less a quarter.
 */
function usualAt(
  byLevel: ByLevel,
  level: number,
): { readonly mean: number; readonly deviation: number } | undefined {
  const [nearest] = levelsOf(byLevel).toSorted(
    (one, other) => Math.abs(one - level) - Math.abs(other - level),
  );
  const known = nearest === undefined ? undefined : byLevel[nearest];
  if (nearest === undefined || known === undefined) return undefined;
  const scale = level < nearest ? 0.75 : level / nearest;
  const deviation = deviationOf(known);
  return {
    mean: (meanOf(known) + deviation / Math.sqrt(known.count)) * scale,
    deviation: Math.max(deviation * scale, noDifference),
  };
}

/** Half as many at once, on suspicion; a level that was only being tried is left for the one below. */
function suspect(
  pace: Pace,
  name: string,
  { kind, ms }: { readonly kind: KindPace; readonly ms: number },
): Pace {
  const { level, answers } = pace;
  const half = Math.max(1, Math.floor(level / 2));
  const below = levelsOf(kind.byLevel).findLast((one) => one < level);
  if (kind.byLevel[level] === undefined && below !== undefined) {
    const measured = { ...withLatency(kind.window, ms), at: answers };
    const byLevel = { ...kind.byLevel, [level]: measured };
    return atLevel(withKind(pace, name, { ...kind, byLevel }), below);
  }
  const isAgain = answers - pace.clearedAt < 2 * window && kind.byLevel[half] === undefined;
  if (level === 1 || isAgain) return forget(pace, half);
  return { ...pace, level: half, suspicion: { from: level, answers: 0, evidence: 0 } };
}

/** How much likelier an answer is if all take twice as long, as a logarithm within bounds. */
function evidenceOf({ level, suspicion }: Pace, { byLevel }: KindPace, ms: number): number {
  const isOfBefore = suspicion !== undefined && suspicion.answers < suspicion.from;
  const usual = usualAt(byLevel, isOfBefore ? suspicion.from : level);
  if (usual === undefined) return 0;
  const { mean, deviation } = usual;
  return Math.max(-1.5, Math.min(2.5, (mean / deviation ** 2) * (ms - 1.5 * mean)));
}

/** Answers to what was under way when the suspicion arose can only refute it: for it, they have counted already. */
function examine(pace: Pace, { from, ...was }: Suspicion, more: number): Pace {
  const answers = was.answers + 1;
  const isOfBefore = answers <= from;
  const evidence = isOfBefore ? Math.min(0, was.evidence + more) : was.evidence + more;
  if (evidence >= certain && answers > from + 1) return forget(pace, pace.level);
  if (evidence > chance && answers < from + longestSuspicion)
    return { ...pace, suspicion: { from, answers, evidence } };
  const kinds = mapped(pace.kinds, (kind) => ({ ...kind, drift: 0 }));
  const cleared = { suspicion: undefined, clearedAt: pace.answers };
  return { ...pace, ...cleared, kinds, level: from, stale: from };
}

/** Harbor is slower for certain: what was learned of an easier time is forgotten. */
function forget(pace: Pace, level: number): Pace {
  const { max, answers, rest, patience } = pace;
  const fresh = { ...startPace(max), answers, since: answers, patience };
  return { ...fresh, level, stale: pace.level, rest: Math.max(rest, shortRest) };
}

function struggled(pace: Pace): Pace {
  const half = Math.max(1, Math.floor(pace.level / 2));
  const patience = Math.min(longestPatience, pace.patience * 2);
  return { ...forget(pace, half), rest: pace.patience, patience };
}

function judge(pace: Pace, name: string, kind: KindPace): Pace {
  const { level, max, answers, rest } = pace;
  const own = joined(kind.byLevel[level] ?? noLatencies, kind.window, remembered);
  const byLevel = { ...kind.byLevel, [level]: { ...own, at: answers } };
  // A second level was measured without a struggle since all was forgotten.
  const patience = levelsOf(byLevel).length > 1 ? firstPatience : pace.patience;
  const next = { ...kind, byLevel, window: noLatencies };
  const judged = withKind({ ...pace, patience }, name, next);
  const best = chooseLevel(byLevel, { max, now: answers, since: pace.since });
  if (best === level || (best > level && rest > 0)) return judged;
  return atLevel(judged, best);
}

/** The same pace at another level, where each window starts over. */
function atLevel(pace: Pace, level: number): Pace {
  const kinds = mapped(pace.kinds, (kind) => ({ ...kind, window: noLatencies, drift: 0 }));
  return { ...pace, level, stale: pace.level, kinds };
}

function withKind(pace: Pace, name: string, kind: KindPace): Pace {
  return { ...pace, kinds: { ...pace.kinds, [name]: kind } };
}

function mapped(kinds: Pace['kinds'], change: (kind: KindPace) => KindPace): Pace['kinds'] {
  return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, change(kind)]));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
