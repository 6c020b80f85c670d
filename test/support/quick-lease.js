// Preloaded into a process of the function, so that a test need not wait until the process before it is believed to be
// gone: the pauses with which a lease is watched (20 seconds each, store/lease.ts) are over at once, and the stopwatch
// says that they have passed. Every other timer is left alone.
const lookEveryMs = 20_000;
const { setTimeout: realTimeout } = globalThis;
const elapsed = performance.now.bind(performance);
let skipped = 0;
performance.now = () => elapsed() + skipped;
globalThis.setTimeout = (work, ms, ...rest) => {
  if (ms !== lookEveryMs) return realTimeout(work, ms, ...rest);
  skipped += ms;
  return realTimeout(work, 0, ...rest);
};
