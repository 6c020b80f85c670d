import PQueue from 'p-queue';
import { maxConcurrency, nextPace, type Sample, startPace } from './pace.ts';

export interface RateLimiter {
  /** Runs the task when its turn has come. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Tells how a request went; may change how many run at once. */
  note(sample: Omit<Sample, 'underWay'>): void;
  /** Nothing begins for this many milliseconds: what `Retry-After` asks for. */
  hold(ms: number): void;
  level(): number;
}

/** What the deployment allows. */
export interface HarborLimits {
  /** Requests at the same time, 1 to 8. Default 8. */
  readonly maxConcurrency?: number;
  /** Requests that begin within any second. Default: as many as Harbor answers. */
  readonly maxRequestsPerSecond?: number;
}

/** Adaptive concurrency over p-queue: up slowly, down at once, and never above the limits. */
export function rateLimiter(limits: HarborLimits = {}): RateLimiter {
  const { maxRequestsPerSecond: perSecond } = limits;
  let pace = startPace(limits.maxConcurrency ?? maxConcurrency);
  let holding: NodeJS.Timeout | undefined;
  let heldUntil = 0;
  const queue = new PQueue({
    concurrency: pace.level,
    // Strict: within any second, not only within those that the queue counts.
    ...(perSecond === undefined ? {} : { interval: 1000, intervalCap: perSecond, strict: true }),
  });
  return {
    run: (task) => queue.add(task),
    note: (sample) => {
      pace = nextPace(pace, { ...sample, underWay: queue.pending });
      if (queue.concurrency !== pace.level) queue.concurrency = pace.level;
    },
    hold: (ms) => {
      const until = performance.now() + ms;
      if (until <= heldUntil) return;
      heldUntil = until;
      clearTimeout(holding);
      queue.pause();
      holding = setTimeout(() => queue.start(), ms);
    },
    level: () => pace.level,
  };
}
