/** The emulator's time: a virtual clock that only `advance` moves, or somebody else's. */
export interface EmulatorClock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /**
   * Moves the time on. What becomes due on the way runs at its own moment, and may make more become due.
   * With a clock of somebody else's: adds to it.
   */
  advance(ms: number): void;
}

export interface Timetable extends EmulatorClock {
  /** Runs `task` once the time has come; tasks of one moment run in the order they were made. */
  at(time: number, task: () => void): void;
  /** Runs everything that is due; every request begins with it. */
  runDue(): void;
  /** Notes the time; the answer goes back to it. @throws Error if anything is to become due: that can't come again */
  mark(): () => void;
}

interface Entry {
  readonly time: number;
  readonly order: number;
  readonly task: () => void;
}

export const DEFAULT_START = Date.UTC(2026, 10, 21, 8, 0, 0);

/** @param source a clock to follow; without one the time stands still between calls of `advance`. */
export function createTimetable(source?: () => number): Timetable {
  let offset = source === undefined ? DEFAULT_START : 0;
  let entries: Entry[] = [];
  let order = 0;
  const now = (): number => (source?.() ?? 0) + offset;
  const takeNext = (until: number): Entry | undefined => {
    let next: Entry | undefined;
    for (const entry of entries) {
      if (entry.time > until) continue;
      if (
        next === undefined ||
        entry.time < next.time ||
        (entry.time === next.time && entry.order < next.order)
      )
        next = entry;
    }
    entries = entries.filter((entry) => entry !== next);
    return next;
  };
  const runUntil = (until: number): void => {
    for (let entry = takeNext(until); entry !== undefined; entry = takeNext(until)) {
      if (entry.time > now()) offset += entry.time - now();
      entry.task();
    }
  };
  return {
    now,
    runDue: () => runUntil(now()),
    advance: (ms) => {
      const until = now() + ms;
      runUntil(until);
      if (until > now()) offset += until - now();
    },
    mark: () => {
      if (entries.length > 0)
        throw new Error('something is still to become due: advance the clock');
      const marked = { offset, order };
      return () => {
        ({ offset, order } = marked);
        entries = [];
      };
    },
    at: (time, task) => {
      entries.push({ time, order: order++, task });
    },
  };
}
