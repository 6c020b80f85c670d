import { day, parseDuration } from '../functions/domain/duration.ts';
import type { Instant } from '../functions/domain/instant.ts';
import { RetentionError } from '../functions/errors.ts';
import type { RunStore } from '../functions/ports.ts';

/** What is remembered of the registry itself. */
const remembered = /^state\/harbors\/[^/]+\/untagged\//;

/** Where looks ahead are kept: the newest report, the history and the lease stay those of real runs. */
export function lookAheadPlace(out: string): string {
  return `${out.replace(/\/$/, '')}/look-ahead`;
}

/** What later runs are compared with; a look ahead to another day would look like drift. */
const compared = /^state\/harbors\/[^/]+\/history\.json$/;

/** A look ahead uses what real runs remember, changes nothing in it, and is compared with no other run. */
export function rememberingStore(store: RunStore, real: RunStore): RunStore {
  return {
    ...store,
    read: async (key) => {
      if (compared.test(key)) return undefined;
      return await (remembered.test(key) ? real : store).read(key);
    },
    write: async (key, text, contentType) => {
      if (!remembered.test(key)) await store.write(key, text, contentType);
    },
  };
}

/** `+30d`, or a day or moment after `now`. @throws RetentionError usage */
export function parseAt(text: string, now: Instant): Instant {
  const span = text.startsWith('+') ? parseDuration(text.slice(1)) : undefined;
  const isMoment = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(text);
  const at = span === undefined ? (isMoment ? Date.parse(text) : NaN) : now + span;
  if (at > now && at - now <= 3650 * day) return at;
  throw new RetentionError('usage', `--at ${text} is no moment to look ahead to.`, {
    remedy:
      'Write +30d (h, d or w), or a day or moment to come: 2027-01-31, 2027-01-31T03:30Z; at most ten years.',
  });
}
