/** A moment: milliseconds since 1970-01-01T00:00:00Z, UTC. */
export type Instant = number;

/** A span of time in milliseconds. */
export type Duration = number;

/** A fact, or the honest admission that it is not known. Unknown always means keep. */
export type Known<T> = T | 'unknown';

/** What is known of a list; nothing where it is not known, so never an answer to whether something is on it. */
export function knownOf<T>(list: Known<readonly T[]>): readonly T[] {
  return list === 'unknown' ? [] : list;
}

/** A time, or the stand-in for one that is not known: for an order, never for a decision. */
export function knownOr(time: Known<Instant>, standIn: Instant): Instant {
  return time === 'unknown' ? standIn : time;
}

// Harbor writes 0001-01-01 for "never"; broken clocks write 1970. Nothing in a Harbor is older than 2000.
const earliestCredible: Instant = Date.UTC(2000, 0, 1);

/**
 * Reads one of Harbor's times (RFC 3339, `Z` or an offset).
 * Anything before the year 2000, and anything that is no time, is 'unknown' (docs/policy.md#which-time-is-meant,
 * docs/harbor.md#t13-the-year-1).
 */
export function parseInstant(text: string): Known<Instant> {
  const at = Date.parse(text);
  return Number.isNaN(at) || at < earliestCredible ? 'unknown' : at;
}

/** `2026-11-21T03:30:00.000Z`. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString();
}

/** The latest of the known ones; 'unknown' only if none is known. */
export function latestKnown(times: Iterable<Known<Instant>>): Known<Instant> {
  let latest: Known<Instant> = 'unknown';
  for (const time of times) {
    if (time !== 'unknown' && (latest === 'unknown' || time > latest)) latest = time;
  }
  return latest;
}
