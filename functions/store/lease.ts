import * as z from 'zod';
import { storeKeys } from '../domain/store-keys.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { longestWriteMs } from '../domain/write-time.ts';
import { RetentionError } from '../errors.ts';
import type { Clock, RunStore, Stopwatch } from '../ports.ts';
import { document } from './document.ts';

/** A holder that has not renewed for this long is gone, or asks before it writes. */
export const leaseMs = 5 * 60_000;
/** Renewed when less than this is left; a write that begins before then is over in time. */
const renewBelowMs = longestWriteMs + 60_000;
/** While somebody else's lease is watched, it is read so often. */
const lookEveryMs = 20_000;
/** An answer of the store that comes after the lease it was about is asked for again so often. */
const mostAsked = 4;
/** Clock and stopwatch that differ by more were not both running: the machine slept, or the clock was set. */
const jumpMs = 2_000;

export interface Lease {
  readonly version: 2;
  readonly runId: string;
  /** One command of a terminal, or one durable execution with all its slices. */
  readonly owner: string;
  /** The process that has it, of which there is no second one. */
  readonly holder: string;
  /** Rises with every take-over; a holder with an older number has lost it. */
  readonly fence: number;
  /** Rises with every renewal, so that whoever watches sees that somebody is alive. */
  readonly serial: number;
  /** By the clock of its holder, for people, and to send others away at once. 0: released. */
  readonly until: Instant;
  /** The process has ended its slice: the next one of the same owner continues at once. */
  readonly isYielded: boolean;
}

/** The right to be the only one that works on this store. */
export interface HeldLease {
  /** The process before, of the same run and owner, ended without giving the lease back. */
  readonly isAfterDeath: boolean;
  /**
   * Before every write to Harbor and every piece of work: makes sure that the lease is ours for longer than a write
   * takes. @throws RetentionError lease-held if somebody else took over
   */
  confirm(): Promise<void>;
  /** Keeps it for the owner's next slice, over a wait of this many milliseconds. @throws RetentionError lease-held */
  yieldFor(ms: number): Promise<void>;
  /** Ends it, so that the next run need not wait. */
  release(): Promise<void>;
}

export interface LeaseTime extends Clock {
  /** Without one nothing is believed for any time: every confirmation asks the store, and no lease is taken over. */
  readonly stopwatch?: Stopwatch;
  /** Called once, with the milliseconds for which the lease of a process that may be dead has to be watched. */
  readonly onWatch?: (lease: Lease, ms: number) => void;
}

export interface Who {
  readonly runId: string;
  readonly owner: string;
  /** The process. Without it, two processes of the same owner look alike. */
  readonly holder?: string;
}

/**
 * Takes the lease by conditional writes: a delayed or repeated invocation, a second deployment on the same bucket, or a
 * terminal beside the Lambda is refused.
 * No clock is trusted, neither ours nor that of whoever wrote the lease: both may be minutes off, or be set meanwhile.
 * A holder measures by its own stopwatch how much of its lease is left. Another process takes a lease over that was
 * given back, or that it has seen unchanged for a whole term by a stopwatch of its own; the next slice of the same
 * owner, too, unless the slice before has said that it ends. It is overwritten, never deleted (docs/design.md#s3).
 * @throws RetentionError lease-held
 */
export async function takeLease(store: RunStore, who: Who, time: LeaseTime): Promise<HeldLease> {
  const me = { holder: '', ...who };
  const stored = await store.read(storeKeys.lease);
  const before = stored === undefined ? undefined : leases.parse(stored.text, whereOf(store));
  if (before !== undefined && !isFree(before, me, time.now())) {
    if (before.owner !== me.owner && before.until > time.now()) throw held(before, store);
    await watch(before, store, time);
  }
  const numbers = { fence: (before?.fence ?? 0) + 1, serial: 0 };
  const first: Lease = { version: 2, ...me, ...numbers, ...untilIn(leaseMs, time) };
  const takenAt = reading(time);
  const isMine =
    stored === undefined
      ? await store.create(storeKeys.lease, leases.text(first))
      : await store.replace(storeKeys.lease, leases.text(first), stored.etag);
  if (!isMine) throw await heldNow(store);
  const isAfterDeath = isDeath(before, me) && before.until !== 0 && !before.isYielded;
  return { ...holding(first, takenAt, { store, time }), isAfterDeath };
}

const isDeath = (before: Lease | undefined, me: Required<Who>): before is Lease =>
  before?.owner === me.owner && before.runId === me.runId && before.holder !== me.holder;

function isFree(
  lease: Lease,
  { owner, holder }: { readonly owner: string; readonly holder: string },
  now: Instant,
): boolean {
  if (lease.until === 0) return true;
  // Nobody works under it: taking it early, by a clock that is wrong, only costs its run a slice.
  if (lease.isYielded && lease.until <= now) return true;
  const isMine = holder !== '' && lease.holder === holder;
  return lease.owner === owner && (lease.isYielded || isMine);
}

/** Whoever holds it renews it, or has lost the right to write, within a term: after that it is free. */
async function watch(before: Lease, store: RunStore, time: LeaseTime): Promise<void> {
  const { stopwatch } = time;
  if (stopwatch === undefined) throw held(before, store);
  time.onWatch?.(before, leaseMs);
  const since = stopwatch.elapsed();
  while (stopwatch.elapsed() - since < leaseMs) {
    await stopwatch.wait(lookEveryMs);
    const stored = await store.read(storeKeys.lease);
    if (stored === undefined) throw await heldNow(store);
    const now = leases.parse(stored.text, whereOf(store));
    if (now.fence !== before.fence || now.serial !== before.serial || now.until !== before.until)
      throw held(now, store);
  }
}

interface TimeReading {
  readonly now: Instant;
  readonly elapsed: number | undefined;
}

const reading = (time: LeaseTime): TimeReading => ({
  now: time.now(),
  elapsed: time.stopwatch?.elapsed(),
});

/** Taken before the lease was stored: what is left is rather thought too little than too much. */
function leftOf(since: TimeReading, time: LeaseTime): number {
  const now = reading(time);
  if (since.elapsed === undefined || now.elapsed === undefined) return 0;
  const passed = now.elapsed - since.elapsed;
  const hasJumped = Math.abs(now.now - since.now - passed) > jumpMs;
  return hasJumped ? 0 : leaseMs - passed;
}

function holding(
  first: Lease,
  takenAt: TimeReading,
  { store, time }: { readonly store: RunStore; readonly time: LeaseTime },
): Omit<HeldLease, 'isAfterDeath'> {
  let lease = first;
  let since = takenAt;
  let asking: Promise<void> | undefined;
  const swap = async (change: Pick<Lease, 'until' | 'isYielded'>): Promise<void> => {
    const begun = reading(time);
    const current = await store.read(storeKeys.lease);
    const other = current === undefined ? undefined : leases.parse(current.text, whereOf(store));
    if (current === undefined || other?.fence !== lease.fence || other.holder !== lease.holder)
      throw await heldNow(store);
    const next = { ...lease, ...change, serial: other.serial + 1 };
    if (!(await store.replace(storeKeys.lease, leases.text(next), current.etag)))
      throw await heldNow(store);
    lease = next;
    since = begun;
  };
  return {
    confirm: async () => {
      for (let asked = 0; leftOf(since, time) < renewBelowMs; asked += 1) {
        if (asked > 0 && time.stopwatch === undefined) return;
        if (asked === mostAsked) throw tooSlow(store);
        // Projects are worked on side by side: one of them asks, the others wait for its answer.
        asking ??= swap(untilIn(leaseMs, time)).finally(() => (asking = undefined));
        await asking;
      }
    },
    yieldFor: (ms) => swap({ ...untilIn(ms + leaseMs, time), isYielded: true }),
    release: () => swap({ until: 0, isYielded: true }),
  };
}

const untilIn = (ms: number, time: LeaseTime): Pick<Lease, 'until' | 'isYielded'> => ({
  until: time.now() + ms,
  isYielded: false,
});

/** The lease as it is, taken or not; undefined before the first run. @throws RetentionError state-invalid */
export async function readLease(store: RunStore): Promise<Lease | undefined> {
  return await leases.read(store);
}

/** Version 1 had neither holder, serial nor the word that a slice has ended. */
export const leases = document(
  () => storeKeys.lease,
  z
    .looseObject({
      runId: z.string(),
      owner: z.string(),
      fence: z.number(),
      until: z.number(),
      holder: z.string().catch(''),
      serial: z.number().catch(0),
      isYielded: z.boolean().catch(false),
    })
    .transform(({ runId, owner, holder, fence, serial, until, isYielded }): Lease => ({
      version: 2,
      runId,
      owner,
      holder,
      fence,
      serial,
      until,
      isYielded,
    })),
  {
    version: 2,
    whenDamaged: 'refuse',
    isNot: 'is no lease',
    remedy:
      'See who wrote it; once no run is going, overwrite it with {"version":1,"runId":"","owner":"","fence":0,"until":0}.',
  },
);

const whereOf = (store: RunStore): string => `${store.address}/${storeKeys.lease}`;

function tooSlow(store: RunStore): RetentionError {
  return new RetentionError(
    'store-unreachable',
    `${store.address} took so long to renew the lease, ${mostAsked} times, that nothing could be written under it.`,
  );
}

async function heldNow(store: RunStore): Promise<RetentionError> {
  const stored = await store.read(storeKeys.lease);
  return stored === undefined
    ? new RetentionError(
        'lease-held',
        `The lease in ${store.address} was removed while it was held.`,
      )
    : held(leases.parse(stored.text, whereOf(store)), store);
}

function held(lease: Lease, store: RunStore): RetentionError {
  return new RetentionError(
    'lease-held',
    lease.until === 0
      ? `Run ${lease.runId} worked with ${store.address} a moment ago.`
      : `Run ${lease.runId} works with ${store.address}, until ${formatInstant(lease.until)} at least.`,
  );
}
