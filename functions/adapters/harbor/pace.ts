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

/** State of the controller; a value. */
export interface Pace {
  /** How many requests may be under way. */
  readonly level: number;
  readonly max: number;
  /** Per kind and level: mean latency in milliseconds, as last measured. */
  readonly latency: Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** Per kind: the latest of these means. */
  readonly usual: Readonly<Record<string, number>>;
  /** Answers since the level last changed, per kind. */
  readonly window: Readonly<Record<string, { readonly count: number; readonly sumMs: number }>>;
  /** Slow answers since then, less the calm ones; never below 0. */
  readonly slow: number;
  /** Windows to go before one more is tried, and how many there will be after the next vain try. */
  readonly rest: number;
  readonly patience: number;
}

/** Never more than 8 at once (docs/harbor.md#speed: two readers nearly fill a small server). */
export const maxConcurrency = 8;

/** An answer that takes this many times the usual counts as slow; a doubling stays above it. */
const slowFactor = 1.6;
/** One more at once is worth it if it brings this share of what it would bring on an idle server. */
const worthwhile = 0.3;
const firstPatience = 4;
const longestPatience = 16;

export function startPace(max: number = maxConcurrency): Pace {
  return {
    level: 1,
    max,
    latency: {},
    usual: {},
    window: {},
    slow: 0,
    rest: 0,
    patience: firstPatience,
  };
}

/**
 * Down by half at once when Harbor struggles, or when slow answers outnumber calm ones by the level. Else, with every
 * full window of answers, one up or down: to where one more at once no longer brings more answers in the same time.
 * Pure.
 */
export function nextPace(pace: Pace, sample: Sample): Pace {
  if (sample.struggled) return backOff(pace);
  const { kind, tookMs } = sample;
  const usual = pace.usual[kind];
  const isSlow = usual !== undefined && tookMs >= Math.max(usual * slowFactor, usual + 5);
  const slow = isSlow ? pace.slow + 1 : Math.max(0, pace.slow - 1);
  if (slow >= Math.max(3, pace.level)) return backOff(pace);
  if ((sample.underWay ?? pace.level) < pace.level) return { ...pace, slow };
  const before = pace.window[kind] ?? { count: 0, sumMs: 0 };
  const window = { count: before.count + 1, sumMs: before.sumMs + tookMs };
  const seen = { ...pace, slow, window: { ...pace.window, [kind]: window } };
  // While it is open whether Harbor became slower, a window is not closed: it would make slow usual.
  const isFull = window.count >= 3 * Math.max(2, pace.level) && slow === 0;
  return isFull ? afterWindow(seen, kind, window) : seen;
}

/** What was learned of an easier time is forgotten. */
function backOff(pace: Pace): Pace {
  return {
    ...startPace(pace.max),
    level: Math.max(1, Math.floor(pace.level / 2)),
    rest: pace.patience,
    patience: Math.min(longestPatience, pace.patience * 2),
  };
}

function afterWindow(
  pace: Pace,
  kind: string,
  { count, sumMs }: { readonly count: number; readonly sumMs: number },
): Pace {
  const { level, max } = pace;
  const known = pace.latency[kind] ?? {};
  const mean = sumMs / count;
  const own = known[level];
  const latency = { ...known, [level]: own === undefined ? mean : (own + mean) / 2 };
  const measured: Pace = {
    ...pace,
    latency: { ...pace.latency, [kind]: latency },
    usual: { ...pace.usual, [kind]: mean },
    window: {},
    rest: Math.max(0, pace.rest - 1),
  };
  const fromBelow = isWorthwhile(latency, level - 1);
  if (fromBelow === false) {
    const patience = Math.min(longestPatience, pace.patience * 2);
    return { ...measured, level: level - 1, slow: 0, rest: pace.patience, patience };
  }
  // Of this kind nothing is known of one less: other requests led here.
  if (fromBelow === undefined && level > 1 && isWorthwhile(latency, level) !== true) {
    return { ...measured, level: level - 1, slow: 0 };
  }
  const proven = fromBelow === true ? { ...measured, patience: firstPatience } : measured;
  if (measured.rest > 0) return measured;
  return level === max ? proven : { ...proven, level: level + 1, slow: 0 };
}

/** Whether one more than `level` brings noticeably more answers in the same time; undefined if one is not measured. */
function isWorthwhile(
  latency: Readonly<Record<number, number>>,
  level: number,
): boolean | undefined {
  const [less, more] = [latency[level], latency[level + 1]];
  if (less === undefined || more === undefined) return undefined;
  const gain = ((level + 1) * Math.max(less, 0.01)) / (level * Math.max(more, 0.01));
  return gain - 1 >= worthwhile / level;
}
