/** The emulator's time: a virtual clock that only `advance` moves, or somebody else's. */
export interface EmulatorClock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Moves the time on and runs what became due, in order. With a clock of somebody else's: adds to it. */
  advance(ms: number): void;
}

export interface Timetable extends EmulatorClock {
  /** Runs `task` once the time has come; tasks of one moment run in the order they were made. */
  at(time: number, task: () => void): void;
  /** Runs everything that is due; every request begins with it. */
  runDue(): void;
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
  const runDue = (): void => {
    for (;;) {
      const due = entries.filter((entry) => entry.time <= now());
      if (due.length === 0) return;
      entries = entries.filter((entry) => entry.time > now());
      due.sort((a, b) => a.time - b.time || a.order - b.order);
      for (const entry of due) entry.task();
    }
  };
  return {
    now,
    runDue,
    advance: (ms) => {
      offset += ms;
      runDue();
    },
    at: (time, task) => {
      entries.push({ time, order: order++, task });
    },
  };
}
