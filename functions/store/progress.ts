import * as z from 'zod';
import { defined } from '../domain/defined.ts';
import { stateKeys } from '../domain/store-keys.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { RetentionError } from '../errors.ts';
import type { Clock, Progress, RunRequest, RunStore, Wait, World } from '../ports.ts';
import { document, withFields } from './document.ts';
import { type HeldLease, type LeaseTime, readLease, takeLease } from './lease.ts';
import type { RunState } from './run-state.ts';

/** How far a run is, as it last said; read by whoever looks from outside, never by the run itself. */
export interface StoredProgress {
  readonly version: 1;
  readonly runId: string;
  readonly mode: 'dry-run' | 'apply';
  readonly owner: string;
  readonly phase: string;
  readonly phaseSince: Instant;
  readonly startedAt: Instant;
  /** When this was stored: the last sign of life. */
  readonly at: Instant;
  readonly progress?: Progress;
  readonly slices: number;
  /** Sent to Harbor so far. */
  readonly requests: number;
  readonly wait?: Wait;
  readonly end?: 'finished' | 'refused' | 'failed';
}

interface More {
  readonly wait?: Wait | undefined;
  readonly end?: 'finished' | 'refused' | 'failed';
}

/** A sign of life at most so often; cheap enough, and often enough for somebody who looks. */
const everyMs = 15_000;

/** The last sign of life of a run. */
export const signsOfLife = document(
  (runId: string) => stateKeys(runId).progress,
  withFields<StoredProgress>()({ at: z.number() }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no sign of life' },
);

/** Stores signs of life beside the work. */
export interface ProgressRecorder {
  /** The world, whose telemetry is listened to. */
  readonly world: World;
  /** The lease: whenever it is confirmed, which is before every piece of work, a sign of life is due. */
  readonly lease: HeldLease;
  /** Says where the run is now, at once. */
  record(state: RunState, more?: More): Promise<void>;
}

/** Clock of leases and signs of life. */
export const wallClockOf = ({ wallClock, clock }: World): Clock => wallClock ?? clock;

/** How long a lease lasts is measured by the stopwatch; whoever has to wait for one says so. */
export function leaseTimeOf(world: World): LeaseTime {
  return {
    now: () => wallClockOf(world).now(),
    stopwatch: world.stopwatch,
    onWatch: ({ runId, owner }, ms) =>
      world.telemetry.warn(
        'another process has not given its lease back: waits to see that it is gone',
        { run: runId, owner, seconds: ms / 1_000 },
      ),
  };
}

/**
 * Takes the lease for one slice of a run, and records its progress meanwhile.
 * @throws RetentionError lease-held; run-elsewhere if somebody else is at work on this very run
 */
export async function underLease(request: RunRequest, world: World): Promise<ProgressRecorder> {
  const { runId, owner } = request;
  const who = { runId, owner, holder: world.identity };
  const lease = await takeLease(world.store, who, leaseTimeOf(world)).catch(
    async (error: unknown) => {
      throw await elsewhere(error, request, world.store);
    },
  );
  return progressRecorder(request, world, lease);
}

/** A second delivery of a start is no other run: the error says so, since nothing needs to be done about it. */
async function elsewhere(
  error: unknown,
  { runId, owner }: RunRequest,
  store: RunStore,
): Promise<unknown> {
  if (!(error instanceof RetentionError) || error.code !== 'lease-held') return error;
  const lease = await readLease(store);
  if (lease?.runId !== runId || lease.owner === owner || lease.until === 0) return error;
  return new RetentionError(
    'run-elsewhere',
    `Run ${runId} is being worked on already, by ${lease.owner}; its lease in ${store.address} lasts until ${formatInstant(lease.until)} at least.`,
  );
}

/** A recorder for one slice. A store that refuses signs of life does not stop the run. */
function progressRecorder(request: RunRequest, given: World, lease: HeldLease): ProgressRecorder {
  const clock = wallClockOf(given);
  let current: RunState | undefined;
  let progress: Progress | undefined;
  let before: number | undefined;
  let saidAt = clock.now();
  const say = async (more: More = {}): Promise<void> => {
    if (current === undefined) return;
    saidAt = clock.now();
    const requests = (before ?? 0) + given.harbor.requests().sent;
    const stored = storedOf(request, current, { at: saidAt, requests, progress });
    const { wait, ...end } = more;
    const waiting = wait === undefined ? {} : { wait };
    await tolerant(given, { ...stored, ...end, ...waiting });
  };
  const record = async (state: RunState, more?: More): Promise<void> => {
    if (current?.phase !== state.phase) progress = undefined;
    current = state;
    before ??= state.requests.sent;
    await say(more);
  };
  return {
    world: {
      ...given,
      telemetry: {
        ...given.telemetry,
        progress: (one) => {
          progress = one;
          given.telemetry.progress(one);
        },
      },
    },
    lease: {
      ...lease,
      confirm: async () => {
        await lease.confirm();
        if (clock.now() - saidAt >= everyMs) await say();
      },
    },
    record,
  };
}

function storedOf(
  { owner }: RunRequest,
  state: RunState,
  now: { readonly at: Instant; readonly requests: number; readonly progress: Progress | undefined },
): StoredProgress {
  const { at, requests, progress } = now;
  return {
    version: 1,
    runId: state.runId,
    mode: state.mode,
    owner,
    phase: state.phase,
    phaseSince: state.phaseSince ?? state.takenAt,
    startedAt: state.takenAt,
    at,
    ...defined({ progress }),
    slices: state.slices,
    requests,
  };
}

async function tolerant({ store, telemetry }: World, stored: StoredProgress): Promise<void> {
  try {
    await signsOfLife.write(store, stored, stored.runId);
  } catch (error) {
    if (!(error instanceof RetentionError)) throw error;
    telemetry.warn('progress could not be stored', { because: error.message });
  }
}
