import { unlinkBlob } from './blobs.ts';
import { internal } from './errors.ts';
import { type Flight, besides } from './flights.ts';
import type { Exchange } from './http.ts';
import type { ArtifactRow, TagRow } from './rows.ts';
import { removeTag } from './tables.ts';

/**
 * With quotas on, a push and a deletion in one repository lock each other out; one of them is rolled back. So do those in
 * two repositories of one project where they share a layer (T49). To be asked before anything is changed.
 */
export function strikeDeadlock(exchange: Exchange, flight: Flight): void {
  const isAdding = flight.kind === 'add';
  const other = isAdding ? 'delete' : 'add';
  const rivals = [
    ...besides(flight, other, 'same'),
    ...besides(flight, other, 'other').filter((rival) =>
      [...rival.blobs].some((blob) => flight.blobs.has(blob)),
    ),
  ].filter((rival) => !rival.failed);
  if (rivals.length === 0) return;
  if (
    exchange.services.faults.fires(isAdding ? 'deadlock-push' : 'deadlock', exchange) === undefined
  )
    return;
  flight.failed = true;
  throw internal();
}

const usedBy = (rows: Iterable<ArtifactRow>): Map<string, number> => {
  const uses = new Map<string, number>();
  for (const row of rows)
    for (const digest of row.blobs ?? []) uses.set(digest, (uses.get(digest) ?? 0) + 1);
  return uses;
};

/**
 * A deletion does not see what came while it was under way: it takes links that only newcomers need, and those that
 * are still on their way do not make them again (T40).
 */
export function strikeDeletedLinks(
  exchange: Exchange,
  flight: Flight,
  deleted: readonly ArtifactRow[],
): void {
  const newcomers = besides(flight, 'add', 'other');
  if (
    newcomers.length === 0 ||
    exchange.services.faults.fires('lost-blob-links', exchange) === undefined
  )
    return;
  const { state } = exchange.services;
  const fresh = usedBy(newcomers.flatMap((other) => [...other.added]));
  for (const digest of usedBy(deleted).keys()) {
    for (const other of newcomers) other.lost.add(digest);
    const others = (flight.project.blobUses.get(digest) ?? 0) - (fresh.get(digest) ?? 0);
    if (others <= 0) unlinkBlob(state, flight.project, digest);
  }
}

/** What a deletion has taken while this was on its way stays taken. */
export function strikeAddedLinks(exchange: Exchange, flight: Flight): void {
  const { state } = exchange.services;
  const mine = usedBy(flight.added);
  for (const digest of flight.lost)
    if ((flight.project.blobUses.get(digest) ?? 0) <= (mine.get(digest) ?? 0))
      unlinkBlob(state, flight.project, digest);
}

/** A tag that moved while its old place was being deleted goes all the same (T47). */
export function strikeMovedTags(exchange: Exchange, flight: Flight, tags: readonly TagRow[]): void {
  const { state } = exchange.services;
  const moved = tags.filter(
    (tag) => tag.artifact.repository.tags.get(tag.name) === tag && !tag.artifact.deleted,
  );
  if (moved.length === 0 || besides(flight, 'add', 'same').length === 0) return;
  if (exchange.services.faults.fires('lost-tags', exchange) === undefined) return;
  for (const tag of moved) removeTag(state, tag);
}
