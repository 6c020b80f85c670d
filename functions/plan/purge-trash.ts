import { byText } from '../domain/artifact-order.ts';
import type { Purge } from '../domain/action.ts';
import type { Artifact } from '../domain/artifact.ts';
import { type Duration, type Instant, type Known, latestKnown } from '../domain/instant.ts';
import { asNumber, type Limits } from '../domain/limits.ts';
import type { RepositoryFacts, RepositoryHead } from '../domain/repository.ts';
import { formerTag } from '../domain/trash.ts';
import { isTooLarge, type SetAside } from './trim-to-limits.ts';

/** What lies in one repository of the trash. */
export interface TrashedRepository {
  /** What has been there longer than `keepFor`, oldest first. */
  readonly due: readonly Purge[];
  /** What stays for now: not due yet, not ours, or not known well enough. */
  readonly waiting: number;
  readonly waitingBytes: number;
  /** Why something that may be due stays, for the report. */
  readonly notes: readonly string[];
}

/** Since when a copy lies in the trash: the latest push time of it and its tags (policy.md §8). */
export function trashedAt(artifact: Artifact): Known<Instant> {
  if (artifact.tags === 'unknown') return 'unknown';
  if (artifact.pushedAt === 'unknown') return 'unknown';
  const tags = artifact.tags.map((tag) => tag.pushedAt);
  return tags.includes('unknown') ? 'unknown' : latestKnown([artifact.pushedAt, ...tags]);
}

/**
 * What of a repository in the trash is due. Only copies under the trash's own names are: what somebody pushed there, or
 * a run that was cut off has not renamed, stays. A repository that was not read whole stays. Pure.
 */
export function purgeTrash(
  facts: RepositoryFacts,
  { keepFor, now }: { readonly keepFor: Duration; readonly now: Instant },
): TrashedRepository {
  const name = `${facts.head.project}/${facts.head.name}`;
  if (facts.kind === 'unplannable') {
    return { due: [], ...sum(facts.seen), notes: [`${name}: nothing is purged: ${facts.because}`] };
  }
  const due: Purge[] = [];
  const staying: Artifact[] = [];
  const notes: string[] = [];
  for (const artifact of facts.artifacts) {
    const at = trashedAt(artifact);
    const isOurs = isNamedByUs(artifact);
    if (isOurs && at !== 'unknown' && now - at > keepFor) {
      due.push(purgeOf(artifact, at, facts.head));
      continue;
    }
    staying.push(artifact);
    if (!isOurs)
      notes.push(`${name}@${artifact.digest} is not a copy of ours and stays in the trash`);
  }
  return { due: due.toSorted(oldestFirst), ...sum(staying), notes };
}

function isNamedByUs({ digest, tags }: Artifact): boolean {
  return (
    tags !== 'unknown' &&
    tags.length > 0 &&
    tags.every(({ name }) => formerTag(digest, name).kind !== 'foreign')
  );
}

function purgeOf(artifact: Artifact, at: Instant, head: RepositoryHead): Purge {
  const { digest, id, size, pushedAt, pulledAt } = artifact;
  return {
    kind: 'purge',
    id: `purge ${head.project}/${head.name}@${digest}`,
    project: head.project,
    repository: head.name,
    digest,
    artifactId: id,
    rule: 'trash.keepFor',
    tags:
      artifact.tags === 'unknown'
        ? []
        : artifact.tags.map(({ name, pushedAt: at }) => ({ name, pushedAt: at })),
    labels: artifact.labels === 'unknown' ? [] : artifact.labels,
    pushedAt,
    pulledAt,
    size,
    trashedAt: at,
  };
}

function oldestFirst(one: Purge, other: Purge): number {
  return one.trashedAt - other.trashedAt || byText(one.digest, other.digest);
}

function sum(artifacts: readonly Artifact[]): { waiting: number; waitingBytes: number } {
  let waitingBytes = 0;
  for (const { size } of artifacts) waitingBytes += size;
  return { waiting: artifacts.length, waitingBytes };
}

/**
 * The oldest of all that is due, up to the limits; the rest waits (policy.md §6, `oldestFirst`). A copy that is larger than
 * `maxBytes` by itself is set aside, and keeps no other from going. Pure.
 */
export function trimPurges(
  due: readonly Purge[],
  limits: Limits,
): {
  readonly going: readonly Purge[];
  readonly deferred: number;
  readonly setAside: readonly SetAside[];
} {
  const sorted = due.toSorted(
    (one, other) => oldestFirst(one, other) || byText(one.repository, other.repository),
  );
  if (limits.onBreach === 'refuse') return { going: sorted, deferred: 0, setAside: [] };
  const most = { count: asNumber(limits.maxDeletions), bytes: asNumber(limits.maxBytes) };
  const fitting = sorted.filter(({ size }) => !isTooLarge(size, most.bytes));
  const setAside = sorted.filter(({ size }) => isTooLarge(size, most.bytes)).map(asSetAside);
  let bytes = 0;
  const going: Purge[] = [];
  for (const purge of fitting) {
    bytes += purge.size;
    if (going.length + 1 > most.count || bytes > most.bytes) break;
    going.push(purge);
  }
  return { going, deferred: sorted.length - going.length, setAside };
}

function asSetAside({ project, repository, digest, size }: Purge): SetAside {
  const name = `${project}/${repository}`;
  return { repository: name, digest, deletions: 1, bytes: size, limit: 'maxBytes' };
}
