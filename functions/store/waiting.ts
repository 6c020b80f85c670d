import type { Instant } from '../domain/instant.ts';
import type { Wait } from '../ports.ts';

/** What a run can wait for. */
export type WaitingFor =
  'harbor-unreachable' | 'harbor-read-only' | 'garbage-collection' | 'other-collection';

/** A wait under way; plain JSON, kept from slice to slice. */
export interface Waiting {
  readonly for: WaitingFor;
  readonly since: Instant;
  readonly looks: number;
  readonly until: Instant;
}

/** Seconds between looks. Harbor is asked rarely, and the end of a short collection is still reported soon. */
const pauses: readonly number[] = [30, 60, 120, 300, 600];

/** How long a run waits for Harbor in all, if nobody says otherwise. */
export const defaultWaitAtMost = 3 * 3_600_000;

/**
 * The next wait, or undefined if the run has waited long enough. `waited`: milliseconds of waits that are over.
 * @param limits.atMost milliseconds that all waits together may take
 * @param limits.looks how many looks there were already, where `before` does not say
 */
export function waitAgain(
  what: WaitingFor,
  before: Waiting | undefined,
  {
    now,
    waited,
    atMost,
    looks: earlier = 0,
  }: {
    readonly now: Instant;
    readonly waited: number;
    readonly atMost: number;
    readonly looks?: number;
  },
): Waiting | undefined {
  const since = before?.since ?? now;
  const left = atMost - waited - (now - since);
  if (left < 1_000) return undefined;
  const looks = before?.for === what ? before.looks : earlier;
  const pause = (pauses[looks] ?? pauses.at(-1) ?? 0) * 1_000;
  return { for: what, since, looks: looks + 1, until: now + Math.min(pause, left) };
}

const words: Readonly<Record<WaitingFor, string>> = {
  'harbor-unreachable': 'Harbor to answer again',
  'harbor-read-only': 'Harbor to come out of read-only',
  'garbage-collection': 'Harbor’s garbage collection, whose figures the report will have',
  'other-collection': 'another garbage collection to end, before ours is started',
};

/** Read by drivers and shown to people. */
export function waitOf(waiting: Waiting, now: Instant): Wait {
  const seconds = Math.max(1, Math.ceil((waiting.until - now) / 1_000));
  return { seconds, until: waiting.until, for: words[waiting.for] };
}
