import { byText } from '../domain/artifact-order.ts';
import type { Purge } from '../domain/action.ts';
import { timesOf } from '../domain/artifact-times.ts';
import type { Artifact } from '../domain/artifact.ts';
import { graphOf, type Graph, isUntaggedChild, parentsOf, relativesOf } from '../domain/graph.ts';
import {
  type Duration,
  type Instant,
  type Known,
  knownOf,
  latestKnown,
} from '../domain/instant.ts';
import type { RepositoryFacts, RepositoryHead } from '../domain/repository.ts';
import { formerTag } from '../domain/trash.ts';
import type { Promised } from './trash-promises.ts';

/** A copy that is old enough by today's `keepFor`; whether it is due depends on what was promised. */
export interface Candidate {
  readonly purge: Purge;
  /** Names that the trash did not give it: only a record can say that they came along with a copy of ours. */
  readonly foreignTags: readonly { readonly name: string; readonly pushedAt: Known<Instant> }[];
  /** Candidates that list it: Harbor deletes no child before its index. */
  readonly parents: readonly string[];
}

/** What lies in one repository of the trash. */
export interface TrashedRepository {
  readonly candidates: readonly Candidate[];
  /** What stays for now: not old enough, held, not ours, or not known well enough. */
  readonly waiting: number;
  readonly waitingBytes: number;
  /** Why something that may be due stays, for the report. */
  readonly notes: readonly string[];
}

export interface Purging {
  readonly keepFor: Duration;
  readonly now: Instant;
  /** Why a list of digests or of images in use holds a copy, if one does. */
  readonly heldBy: (artifact: Artifact, graph: Graph) => string | undefined;
}

/**
 * Since when a copy lies in the trash: the latest push time of it and of its tags
 * (docs/policy.md#how-a-deletion-goes), but for the tag that says it was restored, which prolongs nothing.
 */
export function trashedAt(artifact: Artifact): Known<Instant> {
  if (artifact.tags === 'unknown') return 'unknown';
  if (artifact.pushedAt === 'unknown') return 'unknown';
  const tags = artifact.tags
    .filter(({ name }) => formerTag(artifact.digest, name).kind !== 'restored')
    .map((tag) => tag.pushedAt);
  return tags.includes('unknown') ? 'unknown' : latestKnown([artifact.pushedAt, ...tags]);
}

/**
 * What of a repository in the trash is old enough, was not pulled within `keepFor`, and is held by no list. A repository
 * that was not read whole stays. Untagged children go with their index, and are not counted apart from it. Pure.
 */
export function purgeTrash(facts: RepositoryFacts, purging: Purging): TrashedRepository {
  const { keepFor, now, heldBy } = purging;
  const name = `${facts.head.project}/${facts.head.name}`;
  const all = facts.kind === 'unplannable' ? facts.seen : facts.artifacts;
  const graph = graphOf(all);
  const listed = all.filter((artifact) => !isUntaggedChild(graph, artifact));
  if (facts.kind === 'unplannable') {
    const notes = [`${name}: nothing is purged: ${facts.because}`];
    return { candidates: [], ...sum(listed), notes };
  }
  const candidates: Candidate[] = [];
  const staying: Artifact[] = [];
  const notes: string[] = [];
  for (const artifact of listed) {
    const at = trashedAt(artifact);
    const { pulled } = timesOf(artifact, relativesOf(graph, artifact));
    const isOld = at !== 'unknown' && now - at > keepFor;
    const isPulled = pulled !== 'unknown' && now - pulled <= keepFor;
    const held = isOld ? heldBy(artifact, graph) : undefined;
    if (isOld && !isPulled && held === undefined) {
      const purge = purgeOf(artifact, { at, unpulledSince: now - keepFor }, facts.head);
      const parents = parentsOf(graph, artifact.digest).map((one) => all[one]?.digest ?? '');
      candidates.push({ purge, foreignTags: foreignTagsOf(artifact), parents });
      continue;
    }
    staying.push(artifact);
    if (held !== undefined) notes.push(`${name}@${artifact.digest} stays in the trash: ${held}`);
    else if (isOld && isPulled)
      notes.push(`${name}@${artifact.digest} stays in the trash: it was pulled within keepFor`);
  }
  return { candidates, ...sum(staying), notes };
}

function foreignTagsOf({ digest, tags }: Artifact): Candidate['foreignTags'] {
  return tags === 'unknown'
    ? []
    : tags.filter(({ name }) => formerTag(digest, name).kind === 'foreign');
}

/** A tag came along with a copy if Harbor made it no later than so long after the copy's record. */
const margin = 10 * 60_000;

/**
 * Which candidates are due: copies of ours whose promised day is over. A copy is ours if all its tags have the trash's form
 * for its own digest, or if a record names it, also as one whose move failed, and no tag was put on it later. Where no record says what was promised, the
 * longest that may have been counts. Pure.
 */
export function dueOf(
  candidates: readonly Candidate[],
  promises: ReadonlyMap<string, Promised>,
  { longest, now }: { readonly longest: Duration; readonly now: Instant },
): {
  readonly due: readonly Purge[];
  readonly staying: readonly Purge[];
  readonly notes: readonly string[];
} {
  const due = new Map<string, Candidate>();
  const staying: Purge[] = [];
  const notes: string[] = [];
  for (const candidate of candidates) {
    const { purge, foreignTags } = candidate;
    const promised = promises.get(keyOf(purge));
    const isRecorded = (pushedAt: Known<Instant>): boolean =>
      promised !== undefined && pushedAt !== 'unknown' && pushedAt <= promised.at + margin;
    const isOurs =
      foreignTags.every(({ pushedAt }) => isRecorded(pushedAt)) &&
      // A move that failed may have left a copy without any tag, of which nothing was promised. Where somebody took the
      // names off, whether a run that goes on, or was cut off, needs the copy again can't be seen any more.
      (purge.tags.length > 0 || (promised?.until === undefined && isRecorded(purge.pushedAt)));
    if (!isOurs)
      notes.push(
        `${purge.project}/${purge.repository}@${purge.digest} ${whyNotOurs(purge, promised)}`,
      );
    if (isOurs && now > (promised?.until ?? purge.trashedAt + longest))
      due.set(keyOf(purge), candidate);
    else staying.push(purge);
  }
  return { ...withoutParentsThatStay(due, staying), notes };
}

function whyNotOurs({ tags }: Purge, promised: Promised | undefined): string {
  return tags.length === 0 && promised?.until !== undefined
    ? 'is a copy whose names somebody took off: it stays in the trash, because a run may need it again; delete it in Harbor if nobody does'
    : 'is not a copy of ours and stays in the trash';
}

/** Harbor refuses to delete a child while an index lists it: it goes with, or after, the index. */
function withoutParentsThatStay(
  due: ReadonlyMap<string, Candidate>,
  staying: readonly Purge[],
): { readonly due: readonly Purge[]; readonly staying: readonly Purge[] } {
  const going = new Map(due);
  const held = [...staying];
  for (let before = -1; before !== going.size;) {
    before = going.size;
    for (const [key, { purge, parents }] of going) {
      if (parents.every((digest) => going.has(keyOf({ ...purge, digest })))) continue;
      going.delete(key);
      held.push(purge);
    }
  }
  return { due: parentsFirst([...going.values()]), staying: held };
}

/** Oldest first, and every index before what it lists. */
function parentsFirst(candidates: readonly Candidate[]): readonly Purge[] {
  const byKey = new Map(candidates.map((one) => [keyOf(one.purge), one]));
  const placed = new Set<string>();
  const ordered: Purge[] = [];
  const place = (one: Candidate): void => {
    const key = keyOf(one.purge);
    if (placed.has(key)) return;
    placed.add(key);
    for (const digest of one.parents) {
      const parent = byKey.get(keyOf({ ...one.purge, digest }));
      if (parent !== undefined) place(parent);
    }
    ordered.push(one.purge);
  };
  for (const one of candidates.toSorted((a, b) => oldestFirst(a.purge, b.purge))) place(one);
  return ordered;
}

/** Names a copy within the trash: `repository@digest`. */
export function keyOf({ repository, digest }: Pick<Purge, 'repository' | 'digest'>): string {
  return `${repository}@${digest}`;
}

function purgeOf(
  artifact: Artifact,
  { at, unpulledSince }: { readonly at: Instant; readonly unpulledSince: Instant },
  head: RepositoryHead,
): Purge {
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
    labels: knownOf(artifact.labels),
    pushedAt,
    pulledAt,
    size,
    trashedAt: at,
    unpulledSince,
  };
}

function oldestFirst(one: Purge, other: Purge): number {
  return (
    one.trashedAt - other.trashedAt ||
    byText(one.digest, other.digest) ||
    byText(one.repository, other.repository)
  );
}

function sum(artifacts: readonly Artifact[]): { waiting: number; waitingBytes: number } {
  let waitingBytes = 0;
  for (const { size } of artifacts) waitingBytes += size;
  return { waiting: artifacts.length, waitingBytes };
}
