import type { Exchange } from './http.ts';
import type { ArtifactRow, ProjectRow } from './rows.ts';

/**
 * A change on its way: begun, not yet committed. What overlaps matters for Harbor's races
 * (docs/harbor.md#t40-layers-that-get-lost).
 */
export interface Flight {
  readonly kind: 'add' | 'delete' | 'delete-tag';
  readonly project: ProjectRow;
  /** Full name. */
  readonly repository: string;
  /** What it needs, or takes along, as far as that is known when it begins. */
  readonly blobs: ReadonlySet<string>;
  /** Everything that was under way at some time while this was. */
  readonly overlaps: Set<Flight>;
  /** What it has put there. */
  added: readonly ArtifactRow[];
  /** Blobs whose link went in the meantime. */
  readonly lost: Set<string>;
  /** It was rolled back. */
  failed: boolean;
}

/** Makes the next matching request wait half-way. */
export interface Hold {
  /** Resolves when a request has come to the point. */
  readonly reached: Promise<void>;
  /** Lets it go on. */
  readonly release: () => void;
}

export interface HoldFilter {
  readonly method?: string;
  /** Matched against the URL as sent, with the query. */
  readonly path: RegExp;
}

interface Waiting {
  readonly filter: HoldFilter;
  readonly arrive: () => void;
  readonly released: Promise<void>;
}

export interface Traffic {
  readonly active: Set<Flight>;
  readonly waiting: Waiting[];
}

export const createTraffic = (): Traffic => ({ active: new Set(), waiting: [] });

export function addHold(traffic: Traffic, filter: HoldFilter): Hold {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  traffic.waiting.push({ filter, arrive: reached.resolve, released: released.promise });
  return { reached: reached.promise, release: released.resolve };
}

type Work = 'read' | 'copy' | 'delete' | 'push';

let pages = 0;

/** Lengths that differ from page to page and are spread evenly, the same in every run. */
function pageMs(delays: Exchange['services']['delays']): number | undefined {
  if (delays?.pageMs === undefined) return delays?.readMs;
  const [least, most] = delays.pageMs;
  pages += 1;
  return least + (most - least) * ((pages * 0.618_034) % 1);
}

/** Half-way through a request: it takes its time here, and may be held. */
export async function halfWay(
  exchange: Pick<Exchange, 'services' | 'method' | 'url'>,
  work: Work,
): Promise<void> {
  const { delays, traffic } = exchange.services;
  const read = /\/artifacts\?/.test(exchange.url) ? pageMs(delays) : delays?.readMs;
  const wait =
    { read, copy: delays?.copyMs, delete: delays?.deleteMs, push: delays?.copyMs }[work] ?? 0;
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  const index = traffic.waiting.findIndex(
    ({ filter }) =>
      (filter.method === undefined || filter.method === exchange.method) &&
      filter.path.test(exchange.url),
  );
  const [held] = index < 0 ? [] : traffic.waiting.splice(index, 1);
  if (held === undefined) return;
  held.arrive();
  await held.released;
}

export interface FlightPlan {
  readonly kind: Flight['kind'];
  readonly work: Work;
  readonly project: ProjectRow;
  readonly repository: string;
  /** None: it has no part in what happens for their sake. */
  readonly blobs?: Iterable<string>;
}

/** Runs a change as a flight: begins it, lets it take its time, commits it in one go. */
export async function fly<T>(
  exchange: Exchange,
  plan: FlightPlan,
  commit: (flight: Flight) => T,
): Promise<T> {
  const { active } = exchange.services.traffic;
  const flight: Flight = {
    ...plan,
    blobs: new Set(plan.blobs),
    overlaps: new Set(active),
    added: [],
    lost: new Set(),
    failed: false,
  };
  for (const other of active) other.overlaps.add(flight);
  active.add(flight);
  try {
    await halfWay(exchange, plan.work);
    return commit(flight);
  } finally {
    active.delete(flight);
  }
}

/** Additions to the same project, elsewhere than in this flight's repository, that overlapped it. */
export const besides = (flight: Flight, kind: Flight['kind'], where: 'same' | 'other'): Flight[] =>
  [...flight.overlaps].filter(
    (other) =>
      other.kind === kind &&
      other.project === flight.project &&
      (other.repository === flight.repository) === (where === 'same'),
  );
