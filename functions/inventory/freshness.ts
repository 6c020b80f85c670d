import { formatDuration } from '../domain/duration.ts';
import { formatInstant, type Duration, type Instant, type Known } from '../domain/instant.ts';

/** Clocks of whoever writes lists may be some minutes ahead. */
const ahead = 5 * 60_000;

/** Why a list is too old to be believed, and what to do; undefined: it is fresh, or may have any age. Pure. */
export function whyOld(
  { writtenAt }: { readonly writtenAt: Known<Instant> },
  freshWithin: Duration | undefined,
  now: Instant,
): { readonly because: string; readonly remedy: string } | undefined {
  if (freshWithin === undefined) return undefined;
  const allowed = `freshWithin is ${formatDuration(freshWithin)}`;
  if (writtenAt === 'unknown') {
    return {
      because: `It is not known when it was written, and ${allowed}.`,
      remedy:
        'Begin the list with a comment such as "# writtenAt: 2026-11-21T03:30:00Z", or leave freshWithin out.',
    };
  }
  if (writtenAt > now + ahead) {
    return {
      because: `It says that it was written at ${formatInstant(writtenAt)}, which is in the future.`,
      remedy: 'Correct the clock of whoever writes the list.',
    };
  }
  if (now - writtenAt <= freshWithin) return undefined;
  return {
    because: `It was written at ${formatInstant(writtenAt)}, ${formatDuration(now - writtenAt)} ago, and ${allowed}.`,
    remedy: 'See why whoever writes the list has stopped.',
  };
}
