import PQueue from 'p-queue';

/** What one request showed: how long its answer took, in milliseconds, and whether Harbor struggled. */
export interface Sample {
  /** Requests of one kind cost about the same; each kind has its own base line. */
  readonly kind: string;
  readonly tookMs: number;
  /** 429, 5xx, time-out or a cut connection. */
  readonly struggled: boolean;
}

/** State of the controller; a value. */
export interface Pace {
  readonly level: number;
  readonly max: number;
  /** Per kind: smoothed latency at its best, in milliseconds. */
  readonly baseline: Readonly<Record<string, number>>;
  /** Calm answers since the level last changed, less the slow ones; never below 0. */
  readonly calm: number;
  /** Slow answers since then, less the calm ones; never below 0. */
  readonly slow: number;
}

/** Never more than 8 at once (harbor.md §20.4: two readers nearly fill a small server). */
export const maxConcurrency = 8;

const slowFactor = 2;
/** The base line forgets slowly, so that a Harbor that became slower for good finds a new one. */
const baselineDrift = 1.02;

export function startPace(max: number = maxConcurrency): Pace {
  return { level: Math.min(2, max), max, baseline: {}, calm: 0, slow: 0 };
}

/**
 * Up by one when calm answers outnumber slow ones by twice the level; down by half at once on trouble,
 * or when slow answers (more than twice the base line) outnumber calm ones by the level. Pure.
 */
export function nextPace(pace: Pace, sample: Sample): Pace {
  if (sample.struggled) {
    return { ...pace, level: Math.max(1, Math.floor(pace.level / 2)), calm: 0, slow: 0 };
  }
  const known = pace.baseline[sample.kind];
  const baseline = {
    ...pace.baseline,
    [sample.kind]:
      known === undefined ? sample.tookMs : Math.min(sample.tookMs, known * baselineDrift),
  };
  const isSlow = known !== undefined && sample.tookMs > Math.max(known * slowFactor, known + 5);
  const calm = isSlow ? Math.max(0, pace.calm - 1) : pace.calm + 1;
  const slow = isSlow ? pace.slow + 1 : Math.max(0, pace.slow - 1);
  if (slow >= pace.level) {
    return { ...pace, baseline, level: Math.max(1, Math.floor(pace.level / 2)), calm: 0, slow: 0 };
  }
  if (calm < pace.level * 2) return { ...pace, baseline, calm, slow };
  return { ...pace, baseline, level: Math.min(pace.max, pace.level + 1), calm: 0, slow: 0 };
}

export interface RateLimiter {
  /** Runs the task when its turn has come. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Tells how a request went; may change how many run at once. */
  note(sample: Sample): void;
  level(): number;
}

/** Adaptive concurrency over p-queue: up slowly, down at once. */
export function rateLimiter(max: number = maxConcurrency): RateLimiter {
  let pace = startPace(max);
  const queue = new PQueue({ concurrency: pace.level });
  return {
    run: (task) => queue.add(task),
    note: (sample) => {
      pace = nextPace(pace, sample);
      queue.concurrency = pace.level;
    },
    level: () => pace.level,
  };
}
