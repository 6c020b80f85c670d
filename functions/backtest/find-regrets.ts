import { ownPullTime } from '../domain/artifact-times.ts';
import type { Artifact, Tag } from '../domain/artifact.ts';
import { type ListedImages, namesTag } from '../domain/image-list.ts';
import { type Instant, type Known, knownOf } from '../domain/instant.ts';
import { useInWords } from '../domain/listed-use.ts';
import { fullName, type RepositoryFacts } from '../domain/repository.ts';
import type { Absence, Absences } from './absences.ts';
import { rowsIn } from './find-returns.ts';
import { isWatched, note, type Sighting, type Watched } from './removal.ts';

/** A list of images in use that says something of a night. */
export interface UseWitness {
  readonly images: ListedImages;
  /** The moment of which it speaks, for entries that don't say one themselves. */
  readonly at: Instant;
  /** Its entries hold at this moment, whatever they say of when they were seen. */
  readonly isDated: boolean;
}

export interface Watching {
  readonly takenAt: Instant;
  readonly witnesses: readonly UseWitness[];
  /** Labels that protect what bears them. */
  readonly protecting: ReadonlySet<string>;
}

/**
 * Notes what the real facts of a night show of what went in earlier nights: pulled, tagged, labelled or in use since.
 * Times are compared and not nights: a pull from before the removal, which Harbor shows late, is none after it. Returns
 * are marked before (find-returns.ts).
 */
export function findRegrets(facts: RepositoryFacts, absences: Absences, watching: Watching): void {
  const { rows, tags } = absences;
  if (rows.size === 0 && tags.size === 0) return;
  const repository = fullName(facts.head);
  for (const artifact of rowsIn(facts)) {
    const absence = rows.get(artifact.digest);
    if (absence !== undefined) observe(artifact, absence, { ...watching, repository });
    if (tags.size > 0) observeTags(artifact, absences, { ...watching, repository });
  }
}

type Here = Watching & { readonly repository: string };

function observe(artifact: Artifact, absence: Absence, here: Here): void {
  const { of, as, id } = absence;
  const tagged = firstTag(artifact, absence.at);
  if (tagged !== undefined && mayCount(absence, tagged.at)) note(of, 'tagged', tagged);
  if (artifact.id !== id) return;
  if (as === 'head') of.lastSeen = here.takenAt;
  // Whoever verifies a signature pulls it, which says nothing of its image.
  if (as !== 'accessory') {
    const at = ownPullTime(artifact);
    if (at !== 'unknown' && isBetween(absence, at)) note(of, 'pulled', { at });
  }
  if (absence.backAt !== undefined) return;
  const label = as === 'head' ? newLabel(artifact, of, here) : undefined;
  if (label !== undefined) note(of, 'labelled', label);
  const names = knownOf(artifact.tags).map(({ name }) => `${here.repository}:${name}`);
  const use = useOf({ digest: artifact.digest, names, since: absence.at }, here.witnesses);
  if (use !== undefined) note(of, 'in-use', use);
}

/** The push of a tag that brings a row back is itself what shows that it was wanted. */
function mayCount({ at, backAt, of }: Absence, time: Instant): boolean {
  return time > at && time <= (backAt ?? time) && time <= (of.closedAt ?? time);
}

function isBetween({ backAt, of }: Absence, time: Instant): boolean {
  return time < (backAt ?? Infinity) && isWatched(of, time);
}

function firstTag({ tags }: Artifact, since: Instant): Sighting | undefined {
  let first: Sighting | undefined;
  for (const { name, pushedAt } of knownOf(tags)) {
    if (pushedAt === 'unknown' || pushedAt <= since) continue;
    if (first === undefined || pushedAt < first.at) first = { at: pushedAt, what: name };
  }
  return first;
}

/** A label that it did not have when it went, one that protects first. */
function newLabel(
  { labels }: Artifact,
  { removal }: Watched,
  { protecting, takenAt }: Here,
): Sighting | undefined {
  const more = knownOf(labels)
    .filter((label) => !removal.labels.includes(label))
    .toSorted();
  const what = more.find((label) => protecting.has(label)) ?? more[0];
  if (what === undefined) return undefined;
  return { at: takenAt, isLatest: true, what, protects: protecting.has(what) };
}

function observeTags(artifact: Artifact, { tags }: Absences, here: Here): void {
  const own = tags.get(artifact.id);
  if (own === undefined) return;
  for (const tag of knownOf(artifact.tags)) {
    const removed = own.get(tag.name);
    if (removed === undefined) continue;
    const { of, at } = removed;
    if (tag.pushedAt !== 'unknown' && tag.pushedAt > at) {
      of.closedAt ??= tag.pushedAt;
      continue;
    }
    of.lastSeen = here.takenAt;
    const pulled = pullOf(tag);
    if (pulled !== 'unknown' && isWatched(of, pulled)) note(of, 'pulled', { at: pulled });
    const names = [`${here.repository}:${tag.name}`];
    const use = useOf({ names, since: at }, here.witnesses);
    if (use !== undefined) note(of, 'in-use', use);
  }
}

/** A pull from before the tag came to this digest is one of the digest before. */
function pullOf({ pulledAt, pushedAt }: Tag): Known<Instant> {
  if (pulledAt === 'unknown') return pulledAt;
  return pushedAt !== 'unknown' && pulledAt < pushedAt ? 'unknown' : pulledAt;
}

/** Uses by digest of what went, whether or not the facts still show its row. */
export function findUses(watched: readonly Watched[], witnesses: readonly UseWitness[]): void {
  if (witnesses.every(({ images }) => images.digests.size === 0)) return;
  for (const one of watched) {
    const { digest, tag, at } = one.removal;
    if (tag !== undefined) continue;
    const use = useOf({ digest, names: [], since: at }, witnesses);
    if (use !== undefined && isWatched(one, use.at)) note(one, 'in-use', use);
  }
}

interface Sought {
  readonly digest?: string;
  /** `project/repository:tag`. */
  readonly names: readonly string[];
  readonly since: Instant;
}

/** The earliest use after a moment that a list shows, by digest or by tag. */
export function useOf(
  { digest, names, since }: Sought,
  witnesses: readonly UseWitness[],
): Sighting | undefined {
  let first: Sighting | undefined;
  for (const { images, at, isDated } of witnesses) {
    if (images.entries.length === 0) continue;
    const isNamed = digest !== undefined && images.digests.has(digest);
    const named = isNamed ? digest : names.find((name) => namesTag(images, name));
    if (named === undefined) continue;
    const use = images.uses.get(named);
    const seenAt = isDated ? at : (use?.seenAt ?? at);
    if (seenAt <= since || (first !== undefined && first.at <= seenAt)) continue;
    const word = isNamed ? `digest ${named.slice(0, 19)}` : `tag ${named.replace(/^.*:/, '')}`;
    const what = use === undefined ? `a list names it (${word})` : useInWords(use, word);
    first = { at: seenAt, ...(use?.seenAt === undefined ? { isLatest: true } : {}), what };
  }
  return first;
}
