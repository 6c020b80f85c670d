// Moves the clock of a process, for running the suite as on another day:
//   TEST_DATE=2028-02-29T23:59:50Z npm test
// The first process turns the date into an offset, which its children inherit. Plain JavaScript, since it is preloaded
// into every process (NODE_OPTIONS=--import) and into every test file's own global scope (jest's setupFiles).
const { TEST_DATE, TEST_CLOCK_OFFSET_MS } = process.env;

function offsetOf() {
  if (TEST_CLOCK_OFFSET_MS !== undefined) return Number(TEST_CLOCK_OFFSET_MS);
  if (TEST_DATE === undefined || TEST_DATE === '') return 0;
  const at = Date.parse(TEST_DATE);
  if (Number.isNaN(at))
    throw new Error(`TEST_DATE=${TEST_DATE} is no date such as 2028-02-29T23:59:50Z.`);
  const offset = at - Date.now();
  process.env.TEST_CLOCK_OFFSET_MS = String(offset);
  return offset;
}

/** The same class with another idea of the present; what is given a time is not touched. */
function shifted(Real, offset) {
  const now = () => Real.now() + offset;
  return new Proxy(Real, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
    apply: () => new Real(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
}

const offset = offsetOf();
const isShifted = Symbol.for('harbor-retention.shifted-clock');
if (offset !== 0 && globalThis[isShifted] !== true) {
  globalThis[isShifted] = true;
  globalThis.Date = shifted(Date, offset);
}
