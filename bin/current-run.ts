import { formatDuration } from '../functions/domain/duration.ts';
import { formatInstant, type Instant } from '../functions/domain/instant.ts';
import { counted, inNumbers } from '../functions/domain/format-numbers.ts';
import type { Lease } from '../functions/store/lease.ts';
import type { StoredProgress } from '../functions/store/progress.ts';

/** How a run that has not ended looks from outside. */
export interface GoingRun {
  /**
   * `slow`: one piece of work takes long. `stalled`: nobody works on it and nobody is about to. `other`: somebody works
   * with this store that stores no progress, a restore for example.
   */
  readonly kind: 'working' | 'waiting' | 'slow' | 'stalled' | 'other';
  readonly runId: string;
  readonly progress?: StoredProgress;
  readonly lease: { readonly holder: string; readonly until: string } | 'free';
  /** What an operator should know or do; empty if all is as it should be. */
  readonly advice: string;
}

const minute = 60_000;
/** Signs of life come every quarter of a minute; a single request may take longer. */
const slowAfter = 2 * minute;
/** A wait may end late by a start of the function. */
const lateAfter = 5 * minute;

/** The run that is going on with a store, or undefined. Pure. */
export function goingRun(
  lease: Lease | undefined,
  progress: StoredProgress | undefined,
  now: Instant,
): GoingRun | undefined {
  if (lease === undefined) return undefined;
  const isHeld = lease.until > now;
  const { runId } = lease;
  const holding = isHeld
    ? { holder: lease.owner, until: formatInstant(lease.until) }
    : ('free' as const);
  if (progress === undefined || progress.end !== undefined) {
    if (!isHeld) return undefined;
    const advice = 'It stores no progress: a restore, or a run of an older version.';
    return { kind: 'other', runId, lease: holding, advice };
  }
  const seen = kindOf(progress, { lease, isHeld, now });
  return { ...seen, runId, progress, lease: holding };
}

function kindOf(
  { runId, at, wait }: StoredProgress,
  {
    lease,
    isHeld,
    now,
  }: { readonly lease: Lease; readonly isHeld: boolean; readonly now: Instant },
): Pick<GoingRun, 'kind' | 'advice'> {
  if (wait !== undefined) {
    if (now < wait.until + lateAfter) return { kind: 'waiting', advice: '' };
    const late = formatDuration(now - wait.until);
    return {
      kind: 'stalled',
      advice: `The wait was over ${late} ago and nobody continued. ${goOn(runId, lease)}`,
    };
  }
  const silent = formatDuration(now - at);
  if (lease.until === 0) {
    return { kind: 'stalled', advice: `It was stopped ${silent} ago. ${goOn(runId, lease)}` };
  }
  if (!isHeld) {
    return {
      kind: 'stalled',
      advice: `No sign of life for ${silent}. By this machine's clock its lease is over, which proves nothing if clocks differ: whoever starts next watches the lease before taking it over. ${goOn(runId, lease)}`,
    };
  }
  if (now - at < slowAfter) return { kind: 'working', advice: '' };
  return {
    kind: 'slow',
    advice: `No sign of life for ${silent}: Harbor or the store is slow to answer, or the process has just ended. In some minutes the lease shows which.`,
  };
}

/** What can be done from where the run was started: an event goes to the function only. */
const goOn = (runId: string, { owner }: Lease): string =>
  owner.startsWith('terminal ')
    ? `\`harbor-retention restore ${runId} --apply\` puts back what it deleted; \`harbor-retention apply\` plans what is left and does that.`
    : `An event {"runId": "${runId}"} to the function continues it where it stopped; without one, the next run plans what is left.`;

const titles: Readonly<Record<GoingRun['kind'], string>> = {
  working: 'is going on',
  waiting: 'waits',
  slow: 'is going on, slowly',
  stalled: 'has stopped without an end',
  other: 'has the lease',
};

/** In lines, for people. `now` as it was given to `goingRun`. */
export function goingInWords(going: GoingRun, now: Instant): readonly string[] {
  const { progress, lease, advice } = going;
  const mode = progress === undefined ? '' : ` (${progress.mode})`;
  const lines = [`Run ${going.runId}${mode} ${titles[going.kind]}.`];
  if (progress !== undefined) lines.push(...progressInWords(progress, now));
  lines.push(
    lease === 'free' ? 'Lease: free.' : `Lease: held by ${lease.holder} until ${lease.until}.`,
  );
  return advice === '' ? lines : [...lines, advice];
}

function progressInWords(stored: StoredProgress, now: Instant): readonly string[] {
  const { progress, wait } = stored;
  const since = formatDuration(now - stored.startedAt);
  const inPhase = formatDuration(now - stored.phaseSince);
  return [
    `Phase: ${stored.phase}, for ${inPhase}${progress === undefined ? '' : `, ${doneInWords(progress)}`}.`,
    ...(wait === undefined
      ? []
      : [`Waits for ${wait.for}; looks again at ${formatInstant(wait.until)}.`]),
    `Begun ${since} ago; ${counted(stored.slices, 'slice')}, ${counted(stored.requests, 'request')}; last sign of life ${formatInstant(stored.at)}.`,
  ];
}

function doneInWords({ done, of, what }: NonNullable<StoredProgress['progress']>): string {
  const share = of === undefined || of === 0 ? '' : ` (${Math.floor((100 * done) / of)} %)`;
  const all = of === undefined ? '' : ` of ${inNumbers(of)}`;
  return `${inNumbers(done)}${all}${share}${what === '' ? '' : `, ${what}`}`;
}
