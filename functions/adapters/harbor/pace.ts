/** What one request showed: how long its answer took, in milliseconds, and whether Harbor struggled. */
export interface Sample {
  /** Requests of one kind cost about the same; each kind has its own latencies. */
  readonly kind: string;
  readonly tookMs: number;
  /** 429, 5xx, time-out or a cut connection. */
  readonly struggled: boolean;
  /** Requests under way when the answer came, itself included; below the level it proves nothing. */
  readonly underWay?: number;
}

/**
 * Sums over logarithms of latencies. Answers of one kind differ by four times among themselves and more upwards than
 * downwards, so that their logarithms compare better than they do.
 */
interface Latencies {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

/** What is known of requests of one kind. */
interface KindPace {
  /** Per level: the latencies that were measured at it. */
  readonly byLevel: Readonly<Record<number, Latencies>>;
  /** Those of the answers since the level last changed, or since they were last added to the others. */
  readonly window: Latencies;
  /** By how much, in deviations, answers have lately been slower than is usual; never below 0. */
  readonly drift: number;
}

/** State of the controller; a value. */
export interface Pace {
  /** How many requests may be under way. */
  readonly level: number;
  readonly max: number;
  readonly kinds: Readonly<Record<string, KindPace>>;
  /** Answers to come that began at another level, and prove nothing of this one. */
  readonly stale: number;
  /** Windows to go before one more is tried, and how many there will be after the next vain try. */
  readonly rest: number;
  readonly patience: number;
}

/** Never more than 8 at once (docs/harbor.md#speed: two readers nearly fill a small server). */
export const maxConcurrency = 8;

/** One server's processor reads while the other answers: less than two at once is too little nearly everywhere. */
const firstLevel = 2;
/** One more at once is worth it if it brings this share of what it would bring on an idle server. */
const worthwhile = 0.3;
const firstPatience = 8;
const longestPatience = 64;

/** Answers that make a window, and fewer that may already show that a level is too high. */
const fullWindow = 16;
const leastWindow = 6;
/** From this number of answers on the mean is believed, however much they differ. */
const enough = 36;
/** Beyond this number of answers, older ones count less and less. */
const remembered = 48;

/**
 * Slower answers add up (CUSUM): each by its deviations from the mean, at most two, less this allowance. At the bound
 * Harbor counts as slower. Latencies that double reach it within three to eight answers; chance hardly does.
 */
const allowance = 0.6;
const bound = 4;
const mostDeviations = 2;
/** Deviation of a logarithm that is assumed at least: equal answers are no proof that the next one will be equal. */
const leastDeviation = 0.12;

const noLatencies: Latencies = { count: 0, sum: 0, squares: 0 };
const unknownKind: KindPace = { byLevel: {}, window: noLatencies, drift: 0 };

export function startPace(max: number = maxConcurrency): Pace {
  return {
    level: Math.min(firstLevel, max),
    max,
    kinds: {},
    stale: 0,
    rest: 0,
    patience: firstPatience,
  };
}

/**
 * Down by half at once when Harbor struggles, or when answers become slower than their own spread explains. Else one up
 * or down, as far as one more at once brings noticeably more answers in the same time; by as many answers as it takes to
 * see that. Pure.
 */
export function nextPace(pace: Pace, sample: Sample): Pace {
  if (sample.struggled) return backOff(pace, pace.patience);
  if (pace.stale > 0) return { ...pace, stale: pace.stale - 1 };
  const before = pace.kinds[sample.kind] ?? unknownKind;
  // Two milliseconds are no difference, however fast the answer.
  const latency = Math.log(sample.tookMs + 2);
  const kind = { ...before, drift: driftAfter(before, pace.level, latency) };
  if (kind.drift >= bound) {
    const isTrial =
      kind.byLevel[pace.level] === undefined && kind.byLevel[pace.level - 1] !== undefined;
    return isTrial ? giveUp(pace) : backOff(pace, 1);
  }
  if ((sample.underWay ?? pace.level) < pace.level) return withKind(pace, sample.kind, kind);
  const window = plus(kind.window, latency);
  const seen = withKind(pace, sample.kind, { ...kind, window });
  // While it is open whether Harbor became slower, a window is not closed: it would make slow usual.
  const isOpen = window.count < leastWindow || kind.drift > bound / 2;
  return isOpen ? seen : judgeLevel(seen, sample.kind);
}

function driftAfter({ byLevel, drift }: KindPace, level: number, latency: number): number {
  const usual = usualAt(byLevel, level);
  if (usual === undefined) return 0;
  const deviations = Math.min(mostDeviations, (latency - usual.mean) / usual.deviation);
  return Math.max(0, drift + deviations - allowance);
}

/** What an answer takes at a level; where it was not measured, as if one more at once brought nothing. */
function usualAt(
  byLevel: KindPace['byLevel'],
  level: number,
): { readonly mean: number; readonly deviation: number } | undefined {
  const [nearest] = Object.keys(byLevel)
    .map(Number)
    .toSorted((one, other) => Math.abs(one - level) - Math.abs(other - level));
  const known = nearest === undefined ? undefined : byLevel[nearest];
  if (nearest === undefined || known === undefined) return undefined;
  const more = Math.max(0, Math.log(level / nearest));
  return { mean: meanOf(known) + more, deviation: deviationOf(known) };
}

/** What was learned of an easier time is forgotten. */
function backOff(pace: Pace, rest: number): Pace {
  const level = Math.max(1, Math.floor(pace.level / 2));
  return {
    ...startPace(pace.max),
    level,
    stale: pace.level,
    rest,
    patience: longer(pace.patience),
  };
}

/** Back from a level that brings nothing; the next try is later. */
function giveUp(pace: Pace): Pace {
  const below = atLevel(pace, pace.level - 1);
  return { ...below, rest: pace.patience, patience: longer(pace.patience) };
}

const longer = (patience: number): number => Math.min(longestPatience, patience * 2);

function judgeLevel(pace: Pace, name: string): Pace {
  const { level, max } = pace;
  const kind = pace.kinds[name] ?? unknownKind;
  const isNew = kind.byLevel[level] === undefined;
  const here = together(kind.byLevel[level], kind.window);
  const byLevel = { ...kind.byLevel, [level]: here };
  const measured = withKind(pace, name, { ...kind, byLevel, window: noLatencies });
  const isEnough = here.count >= enough;

  const gain = gainOf(byLevel, level - 1);
  if (gain !== undefined && (gain.most < 0 || (isEnough && gain.mean < 0))) return giveUp(measured);
  if (kind.window.count < fullWindow) return pace;
  const rested = { ...measured, rest: Math.max(0, pace.rest - 1) };
  if (gain !== undefined && !isEnough && gain.least <= 0) return rested;
  const next = gainOf(byLevel, level);
  // Of one less nothing is known of this kind: other requests led here, or the beginning did.
  if (gain === undefined && level > 1 && next !== undefined && next.mean < 0)
    return atLevel(rested, level - 1);
  const isProven = isNew && gain !== undefined;
  const proven = isProven ? { ...rested, rest: 0, patience: firstPatience } : rested;
  const isBetter = next !== undefined && next.least > 0;
  return level < max && (isBetter || proven.rest === 0) ? atLevel(proven, level + 1) : proven;
}

/**
 * By how much more one more than `level` brings in the same time than makes it worth it, as a logarithm: the mean, and
 * one standard error less and more. Undefined if one of both levels is not measured.
 */
function gainOf(
  byLevel: KindPace['byLevel'],
  level: number,
): { readonly mean: number; readonly least: number; readonly most: number } | undefined {
  const [less, more] = [byLevel[level], byLevel[level + 1]];
  if (less === undefined || more === undefined) return undefined;
  const gain = Math.log((level + 1) / level) + meanOf(less) - meanOf(more);
  const mean = gain - Math.log(1 + worthwhile / level);
  const error = Math.hypot(
    deviationOf(less) / Math.sqrt(less.count),
    deviationOf(more) / Math.sqrt(more.count),
  );
  return { mean, least: mean - error, most: mean + error };
}

/** The same pace at another level, where each window starts over. */
function atLevel(pace: Pace, level: number): Pace {
  const kinds = Object.entries(pace.kinds).map(([name, kind]): [string, KindPace] => [
    name,
    { ...kind, window: noLatencies, drift: 0 },
  ]);
  return { ...pace, level, stale: pace.level, kinds: Object.fromEntries(kinds) };
}

function withKind(pace: Pace, name: string, kind: KindPace): Pace {
  return { ...pace, kinds: { ...pace.kinds, [name]: kind } };
}

function plus({ count, sum, squares }: Latencies, latency: number): Latencies {
  return { count: count + 1, sum: sum + latency, squares: squares + latency * latency };
}

/** Both; beyond what is remembered, earlier ones count less. */
function together(earlier: Latencies = noLatencies, later: Latencies): Latencies {
  const count = earlier.count + later.count;
  const share = Math.min(1, remembered / count);
  return {
    count: count * share,
    sum: (earlier.sum + later.sum) * share,
    squares: (earlier.squares + later.squares) * share,
  };
}

function meanOf({ count, sum }: Latencies): number {
  return sum / count;
}

function deviationOf({ count, sum, squares }: Latencies): number {
  const variance = squares / count - (sum / count) ** 2;
  return Math.max(leastDeviation, Math.sqrt(Math.max(0, variance)));
}
