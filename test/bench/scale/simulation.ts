/** Time that passes only when everybody waits. */
export interface Simulation {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Lets time pass until the work is done. */
  run<T>(work: Promise<T>): Promise<T>;
}

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

const isBefore = (one: Waiting, other: Waiting): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** A heap of those who wait, the next first. */
function waitingRoom() {
  const heap: Waiting[] = [];
  const swap = (one: number, other: number): void => {
    const [a, b] = [heap[one], heap[other]];
    if (a !== undefined && b !== undefined) [heap[one], heap[other]] = [b, a];
  };
  const before = (one: number, other: number): boolean => {
    const [a, b] = [heap[one], heap[other]];
    return a !== undefined && b !== undefined && isBefore(a, b);
  };
  return {
    add(waiting: Waiting): void {
      let at = heap.push(waiting) - 1;
      for (let up = (at - 1) >> 1; at > 0 && before(at, up); at = up, up = (at - 1) >> 1)
        swap(at, up);
    },
    next(): Waiting | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first;
      heap[0] = last;
      for (let at = 0; ;) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        const least = before(right, left) ? right : left;
        if (!before(least, at)) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}

/** The same work gives the same times, whatever the machine does. */
export function newSimulation(): Simulation {
  const room = waitingRoom();
  let now = 0;
  let order = 0;
  return {
    now: () => now,
    sleep: (ms) =>
      new Promise((wake) => {
        order += 1;
        room.add({ at: now + Math.max(0, ms), order, wake });
      }),
    async run(work) {
      let isDone = false;
      const done = work.finally(() => {
        isDone = true;
      });
      // Whoever awaits the work hears of its failure; this promise only tells that it is over.
      done.catch(() => undefined);
      for (;;) {
        // Everybody who can go on does so before time passes.
        await new Promise((resolve) => setImmediate(resolve));
        if (isDone) return await work;
        const next = room.next();
        if (next === undefined) throw new Error('everybody waits, and for nothing');
        now = next.at;
        next.wake();
      }
    },
  };
}
