import { allFaults, type FaultName } from './fault-registry.ts';
import { type Random, createRandom } from './random.ts';

/** What a fault is told of the request it may strike. */
export interface FaultRequest {
  readonly method: string;
  /** As sent, with the query. */
  readonly url: string;
}

export interface FaultOptions {
  /** Strikes only requests whose URL (as sent, with the query) matches. */
  readonly path?: RegExp | ((request: FaultRequest) => boolean);
  readonly method?: string;
  /** Strikes that often, then never again. */
  readonly times?: number;
  /** Lets that many matching requests pass first. */
  readonly after?: number;
  /** Strikes with this probability (0 to 1), decided by `seed`. */
  readonly chance?: number;
  readonly seed?: number;
  /** The fault's parameter; what it means stands in the registry. */
  readonly value?: number | string;
}

/** A fault that strikes now: its parameter and its own source of chance. */
export interface Strike {
  readonly value: number | string | undefined;
  readonly random: Random;
}

export interface FaultSwitches {
  /** Switches a fault on, several times with different filters if wanted; the answer switches this one off. */
  on: (name: FaultName, options?: FaultOptions) => () => void;
  /** Switches one fault off, or all. */
  off: (name?: FaultName) => void;
  /** How often each fault has struck. */
  struck: () => ReadonlyMap<FaultName, number>;
}

export interface Faults extends FaultSwitches {
  /** Asked once per request and fault; counts. */
  fires: (name: FaultName, request: FaultRequest) => Strike | undefined;
  readonly any: () => boolean;
  /** Whether one is on that ends connections. */
  readonly cuts: () => boolean;
}

const cutting: ReadonlySet<FaultName> = new Set(
  allFaults.flatMap(([name, { cuts }]) => (cuts === true ? [name] : [])),
);

interface Armed {
  readonly name: FaultName;
  readonly options: FaultOptions;
  readonly random: Random;
  seen: number;
  left: number;
}

function matches(options: FaultOptions, request: FaultRequest): boolean {
  if (options.method !== undefined && options.method !== request.method) return false;
  if (options.path === undefined) return true;
  return typeof options.path === 'function'
    ? options.path(request)
    : options.path.test(request.url);
}

function strikes(fault: Armed, request: FaultRequest): boolean {
  if (fault.left <= 0 || !matches(fault.options, request)) return false;
  fault.seen += 1;
  if (fault.seen <= (fault.options.after ?? 0)) return false;
  if (fault.random() >= (fault.options.chance ?? 1)) return false;
  fault.left -= 1;
  return true;
}

export function createFaults(): Faults {
  let armed: Armed[] = [];
  const counts = new Map<FaultName, number>();
  return {
    on: (name, options = {}) => {
      const fault: Armed = {
        name,
        options,
        random: createRandom(options.seed ?? 1),
        seen: 0,
        left: options.times ?? Number.POSITIVE_INFINITY,
      };
      armed.push(fault);
      return () => {
        armed = armed.filter((one) => one !== fault);
      };
    },
    off: (name) => {
      armed = name === undefined ? [] : armed.filter((fault) => fault.name !== name);
    },
    struck: () => counts,
    any: () => armed.length > 0,
    cuts: () => armed.some(({ name }) => cutting.has(name)),
    fires: (name, request) => {
      const fault = armed.find((one) => one.name === name && strikes(one, request));
      if (fault === undefined) return undefined;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return { value: fault.options.value, random: fault.random };
    },
  };
}
