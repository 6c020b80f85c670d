import type { Instant } from '../domain/instant.ts';
import { RetentionError } from '../errors.ts';
import type { Budget, Clock, Collection, HarborGarbage, Pause } from '../ports.ts';

/** Where a collection of ours is; plain JSON, kept from slice to slice. */
export type CollectionState =
  /** Stored before it is started, so that one that a crash hides from us is found again. */
  | { readonly kind: 'intended'; readonly after: number; readonly dryRun: boolean }
  | {
      readonly kind: 'running';
      readonly id: number;
      readonly since: Instant;
      readonly dryRun: boolean;
    }
  | {
      readonly kind: 'ended';
      readonly id: number;
      readonly dryRun: boolean;
      readonly status: string;
      readonly freedBytes: number | null;
      readonly blobs: number | null;
      readonly manifests: number | null;
    }
  | { readonly kind: 'not-started'; readonly because: string };

export interface Collecting {
  readonly harbor: HarborGarbage;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly workers: number;
}

const pollMs = 10_000;
/** Figures come apart from the final status, a moment later (harbor.md §12.3, T45). */
const figuresWithinMs = 60_000;
/** A collection that takes longer is taken up by the next run. */
const followForMs = 20 * 60_000;

/** Notes what there is before ours, to be stored before ours is started; or why none will be. */
export async function intendCollecting(
  dryRun: boolean,
  { harbor }: Collecting,
): Promise<CollectionState> {
  try {
    const before = await harbor.listCollections();
    const other = before.find((one) => !one.isFinal);
    if (other !== undefined) return notBeside(other);
    return { kind: 'intended', after: Math.max(0, ...before.map((one) => one.id)), dryRun };
  } catch (error) {
    return unasked(error);
  }
}

function notBeside(other: Collection): CollectionState {
  const because = `garbage collection ${other.id} is ${other.status.toLowerCase()}: none is started beside it`;
  return { kind: 'not-started', because };
}

function unasked(error: unknown): CollectionState {
  if (!(error instanceof RetentionError)) throw error;
  const needs =
    error.code === 'harbor-denied'
      ? 'The robot needs garbage-collection:list, read and create on the system.'
      : error.remedy;
  return { kind: 'not-started', because: `${error.message} ${needs}` };
}

/**
 * Starts Harbor's collection unless one is pending or running (Harbor would queue a second one silently, T22). After a
 * crash the one that was started under the same intent is found, not started again.
 */
export async function startCollecting(
  intended: CollectionState & { readonly kind: 'intended' },
  { harbor, clock, workers }: Collecting,
): Promise<CollectionState> {
  try {
    const before = await harbor.listCollections();
    const ours = before.find((one) => isOurs(one, intended));
    if (ours !== undefined) return running(ours.id, intended, clock);
    const other = before.find((one) => !one.isFinal);
    if (other !== undefined) {
      return {
        kind: 'not-started',
        because: `garbage collection ${other.id} is ${other.status.toLowerCase()}: none is started beside it`,
      };
    }
    const answer = await harbor.startCollection({ dryRun: intended.dryRun, workers });
    if (answer.kind === 'started') return running(answer.id, intended, clock);
    if (answer.kind === 'refused') {
      const because = `${answer.because}; starting one needs garbage-collection:create on the system`;
      return { kind: 'not-started', because };
    }
    const found = (await harbor.listCollections()).find((one) => isOurs(one, intended));
    return found === undefined
      ? { kind: 'not-started', because: 'Harbor did not answer, and shows no new collection' }
      : running(found.id, intended, clock);
  } catch (error) {
    return unasked(error);
  }
}

/** Started by hand, like ours, after the intent was stored. */
function isOurs(
  one: Collection,
  intended: { readonly after: number; readonly dryRun: boolean },
): boolean {
  return (
    one.isManual &&
    one.dryRun === intended.dryRun &&
    !one.deletesUntagged &&
    one.id > intended.after
  );
}

function running(
  id: number,
  { dryRun }: { readonly dryRun: boolean },
  clock: Clock,
): CollectionState {
  return { kind: 'running', id, since: clock.now(), dryRun };
}

/** Follows a collection to its end, as far as time goes; still `running` means: go on later. */
export async function followCollection(
  started: CollectionState & { readonly kind: 'running' },
  { harbor, clock, pause }: Collecting,
  budget: Budget,
): Promise<CollectionState> {
  let finalSince: Instant | undefined;
  while (budget.hasTime() && clock.now() - started.since < followForMs) {
    try {
      const now = await harbor.readCollection(started.id);
      if (now.isFinal) finalSince ??= clock.now();
      const isOver = now.isFinal && clock.now() - (finalSince ?? 0) >= figuresWithinMs;
      if (now.isFinal && (now.result !== undefined || isOver)) return endOf(now);
    } catch (error) {
      if (!(error instanceof RetentionError)) throw error;
      return {
        kind: 'not-started',
        because: `collection ${started.id} can’t be followed: ${error.message} ${error.remedy}`,
      };
    }
    await pause(pollMs);
  }
  return started;
}

/** Whether following goes on in the next run instead of this one. */
export function isLeftToNextRun(state: CollectionState, now: Instant): boolean {
  return state.kind === 'running' && now - state.since >= followForMs;
}

export function endOf(one: Collection): CollectionState {
  return {
    kind: 'ended',
    id: one.id,
    dryRun: one.dryRun,
    status: one.status,
    freedBytes: one.result?.freedBytes ?? null,
    blobs: one.result?.blobs ?? null,
    manifests: one.result?.manifests ?? null,
  };
}
