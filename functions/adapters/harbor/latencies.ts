/** Sums over latencies, in milliseconds; enough for their mean and their spread. */
export interface Latencies {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

export const noLatencies: Latencies = { count: 0, sum: 0, squares: 0 };

/** The share of the mean that is assumed as the least deviation: equal answers do not prove that the next is equal. */
const leastSpread = 0.1;

/** One answer more. */
export function withLatency({ count, sum, squares }: Latencies, ms: number): Latencies {
  return { count: count + 1, sum: sum + ms, squares: squares + ms * ms };
}

/** Both, as if there had been `most` answers at most: beyond that, all of them count less. */
export function joined(earlier: Latencies, later: Latencies, most: number): Latencies {
  const count = earlier.count + later.count;
  const share = Math.min(1, most / count);
  return {
    count: count * share,
    sum: (earlier.sum + later.sum) * share,
    squares: (earlier.squares + later.squares) * share,
  };
}

export function meanOf({ count, sum }: Latencies): number {
  return sum / count;
}

export function deviationOf({ count, sum, squares }: Latencies): number {
  const mean = sum / count;
  return Math.max(leastSpread * mean, Math.sqrt(Math.max(0, squares / count - mean ** 2)));
}
