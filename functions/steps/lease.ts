import { formatInstant, type Instant } from '../domain/instant.ts';
import { RetentionError } from '../errors.ts';
import type { Clock, RunStore } from '../ports.ts';

const leaseKey = 'state/lease.json';

/** A holder that has not renewed for so long is gone. */
const leaseMs = 5 * 60_000;
/** Renewed when less than this is left: long before a batch could outlive it. */
const renewBelowMs = 3 * 60_000;

export interface Lease {
  readonly version: 1;
  readonly runId: string;
  /** One process, or one durable execution, whose invocations never overlap. */
  readonly owner: string;
  /** Rises with every take-over; a holder with an older number has lost it. */
  readonly fence: number;
  readonly until: Instant;
}

/** The right to work on this store, alone. */
export interface HeldLease {
  /** Before every batch of changes. @throws RetentionError lease-held if somebody else took over */
  confirm(): Promise<void>;
  /** Keeps it over a wait of so many milliseconds and a while longer. @throws RetentionError lease-held */
  keepFor(ms: number): Promise<void>;
  /** Ends it, so that the next run need not wait. */
  release(): Promise<void>;
}

/**
 * Takes the lease by conditional writes: a delayed or repeated invocation, a second deployment on the same bucket, or a
 * terminal beside the Lambda is refused. The same owner takes its own lease over: its slices follow one another.
 * It is overwritten, never deleted (stack.md §10). `clock` tells real time, also where a plan is made for a past moment.
 * @throws RetentionError lease-held
 */
export async function takeLease(
  store: RunStore,
  who: { readonly runId: string; readonly owner: string },
  clock: Clock,
): Promise<HeldLease> {
  const now = clock.now();
  const stored = await store.read(leaseKey);
  const before = stored === undefined ? undefined : parseLease(stored.text, store);
  if (before !== undefined && before.until > now && before.owner !== who.owner)
    throw held(before, store);
  let lease: Lease = { version: 1, ...who, fence: (before?.fence ?? 0) + 1, until: now + leaseMs };
  const isMine =
    stored === undefined
      ? await store.create(leaseKey, JSON.stringify(lease))
      : await store.replace(leaseKey, JSON.stringify(lease), stored.etag);
  if (!isMine) throw await heldNow(store);

  const swap = async (next: Lease): Promise<void> => {
    const current = await store.read(leaseKey);
    const other = current === undefined ? undefined : parseLease(current.text, store);
    if (current === undefined || other?.fence !== lease.fence) throw await heldNow(store);
    if (!(await store.replace(leaseKey, JSON.stringify(next), current.etag)))
      throw await heldNow(store);
    lease = next;
  };
  return {
    confirm: async () => {
      if (lease.until - clock.now() < renewBelowMs) {
        await swap({ ...lease, until: clock.now() + leaseMs });
      }
    },
    keepFor: (ms) => swap({ ...lease, until: clock.now() + ms + leaseMs }),
    release: () => swap({ ...lease, until: 0 }),
  };
}

/** The lease as it is, taken or not; undefined before the first run. @throws RetentionError state-invalid */
export async function readLease(store: RunStore): Promise<Lease | undefined> {
  const stored = await store.read(leaseKey);
  return stored === undefined ? undefined : parseLease(stored.text, store);
}

function parseLease(text: string, store: RunStore): Lease {
  const value: unknown = JSON.parse(text);
  if (
    typeof value === 'object' &&
    value !== null &&
    'fence' in value &&
    typeof value.fence === 'number' &&
    'until' in value &&
    typeof value.until === 'number' &&
    'runId' in value &&
    typeof value.runId === 'string' &&
    'owner' in value &&
    typeof value.owner === 'string'
  ) {
    const { runId, owner, fence, until } = value;
    return { version: 1, runId, owner, fence, until };
  }
  throw new RetentionError('state-invalid', `${store.address}/${leaseKey} is no lease.`, {
    remedy:
      'See who wrote it; once no run is going, overwrite it with {"version":1,"runId":"","owner":"","fence":0,"until":0}.',
  });
}

async function heldNow(store: RunStore): Promise<RetentionError> {
  const stored = await store.read(leaseKey);
  return stored === undefined
    ? new RetentionError(
        'lease-held',
        `The lease in ${store.address} was removed while it was held.`,
      )
    : held(parseLease(stored.text, store), store);
}

function held(lease: Lease, store: RunStore): RetentionError {
  return new RetentionError(
    'lease-held',
    `Run ${lease.runId} works with ${store.address}, until ${formatInstant(lease.until)} at least.`,
  );
}
