import type { Purge } from '../domain/action.ts';
import { asNumber, type Limits } from '../domain/limits.ts';
import { isTooLarge, type SetAside } from './trim-to-limits.ts';

/**
 * The oldest of all that is due, up to the limits; the rest waits (docs/policy.md#limits, `oldestFirst`). A copy that
 * is larger than `maxBytes` by itself is set aside, and keeps no other from going. `due`: in the order in which they
 * are to go. Pure.
 */
export function trimPurges(
  due: readonly Purge[],
  limits: Limits,
): {
  readonly going: readonly Purge[];
  readonly deferred: number;
  readonly setAside: readonly SetAside[];
} {
  if (limits.onBreach === 'refuse') return { going: due, deferred: 0, setAside: [] };
  const most = { count: asNumber(limits.maxDeletions), bytes: asNumber(limits.maxBytes) };
  const setAside = due.filter(({ size }) => isTooLarge(size, most.bytes)).map(asSetAside);
  let bytes = 0;
  const going: Purge[] = [];
  for (const purge of due) {
    if (isTooLarge(purge.size, most.bytes)) continue;
    bytes += purge.size;
    if (going.length + 1 > most.count || bytes > most.bytes) break;
    going.push(purge);
  }
  return { going, deferred: due.length - going.length, setAside };
}

function asSetAside({ project, repository, digest, size }: Purge): SetAside {
  const name = `${project}/${repository}`;
  return { repository: name, digest, deletions: 1, bytes: size, limit: 'maxBytes' };
}
