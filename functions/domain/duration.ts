import type { Duration } from './instant.ts';

export const hour: Duration = 3_600_000;
export const day: Duration = 24 * hour;

/** Text form of a duration, for JSON Schema and for error messages. */
export const durationForm = '^[0-9]+[hdw]$';

const units: Readonly<Record<string, Duration>> = { h: hour, d: day, w: 7 * day };
const longest = 3650 * day;

/**
 * Reads `36h`, `30d` or `8w` (docs/policy.md#durations): an integer with h, d (24 h) or w, from 1h to 10 years (3650
 * days). Anything else is undefined; there are no months, fractions, or bare numbers.
 */
export function parseDuration(text: string): Duration | undefined {
  const found = /^(\d{1,9})([hdw])$/.exec(text);
  if (found === null) return undefined;
  const [, count, unit = ''] = found;
  const duration = Number(count) * (units[unit] ?? NaN);
  return duration >= hour && duration <= longest ? duration : undefined;
}

/** `45 d`, `3 d 4 h`, `5 h`, `12 min`: two units at most, rounded down, for people. */
export function formatDuration(duration: Duration): string {
  const days = Math.floor(duration / day);
  const hours = Math.floor((duration % day) / hour);
  if (days >= 7 || (days > 0 && hours === 0)) return `${days} d`;
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h`;
  return `${Math.max(0, Math.floor(duration / 60_000))} min`;
}
