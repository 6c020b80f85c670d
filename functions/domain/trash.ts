import type { Digest } from './artifact.ts';
import { sha256Hex } from './hash.ts';
import type { Duration } from './instant.ts';
import type { PolicyFrame } from './policy.ts';

/** A repository, named as Harbor's API wants it. */
export interface Place {
  readonly project: string;
  /** Without the project. */
  readonly repository: string;
}

/** The project that a policy has as its trash; undefined for `trash: off`. */
export function trashProjectOf({ trash }: Pick<PolicyFrame, 'trash'>): string | undefined {
  return trash === 'off' ? undefined : trash.project;
}

/** Harbor copies into paths of up to about 240 characters (docs/harbor.md#t43-long-names); a margin is left. */
const longestPath = 230;

// No project can be called so: Harbor allows one separator at a time in their names.
const shortFolder = 'long--names';

/**
 * Where a deleted image lies: `<trash>/<project>/<repository>`; where that would be too long, under the hash of the
 * name, so that a restore by name finds it without a record (docs/policy.md#how-a-deletion-goes). Pure.
 */
export function trashPlace(trash: string, place: Place): Place {
  const name = `${place.project}/${place.repository}`;
  const repository =
    `${trash}/${name}`.length <= longestPath
      ? name
      : `${shortFolder}/${sha256Hex(name).slice(0, 40)}`;
  return { project: trash, repository };
}

/** Where a repository of the trash came from; 'unknown' for a shortened place, whose full name only a record has. */
export function originOf(trashed: Place): Place | 'unknown' {
  const slash = trashed.repository.indexOf('/');
  if (slash < 1 || trashed.repository.startsWith(`${shortFolder}/`)) return 'unknown';
  return {
    project: trashed.repository.slice(0, slash),
    repository: trashed.repository.slice(slash + 1),
  };
}

const longestTag = 128;
const shownDigits = 12;

const prefixOf = (digest: Digest): string =>
  digest.slice('sha256:'.length, 'sha256:'.length + shownDigits);

/**
 * What a tag is called in the trash: `<12 hex digits of the digest>.<tag>`, so that two generations of one tag never
 * take it from each other. One that would pass 128 characters is shortened after two dots, which no tag can begin
 * with; its full name stands in the record (docs/policy.md#how-a-deletion-goes).
 */
export function trashTag(digest: Digest, tag: string): string {
  const plain = `${prefixOf(digest)}.${tag}`;
  if (plain.length <= longestTag) return plain;
  const hash = sha256Hex(tag).slice(0, 16);
  const room = longestTag - shownDigits - '..-'.length - hash.length;
  return `${prefixOf(digest)}..${tag.slice(0, room)}-${hash}`;
}

/**
 * All names that an artifact bears in the trash; one without tags still gets one, so that it is never untagged there.
 */
export function trashTags(digest: Digest, tags: readonly string[]): readonly string[] {
  return tags.length === 0 ? [`${prefixOf(digest)}.`] : tags.map((tag) => trashTag(digest, tag));
}

/**
 * A tag put on a copy that lay in the trash already: its own push time is then the latest, and so the day from which
 * `keepFor` counts. Nothing is removed for it, so that the copy is never without a tag.
 */
export function markerTag(digest: Digest, runId: string): string {
  return `${prefixOf(digest)}...${runId}`;
}

/** A tag that says of a copy that it was restored; the purge takes it when it is due, like every other. */
export function restoredTag(digest: Digest): string {
  return `${prefixOf(digest)}...restored`;
}

/** What a tag of the trash was called before. */
export type FormerTag =
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'untagged' }
  /** Only a record has the full name; or `trashTag` of a candidate. */
  | { readonly kind: 'shortened' }
  /** Says when a copy that was there already was trashed again. */
  | { readonly kind: 'marker' }
  /** Says that a copy was restored. */
  | { readonly kind: 'restored' }
  /** Not one of ours. */
  | { readonly kind: 'foreign' };

/** Reads a tag of the trash, which must be on the digest given. */
export function formerTag(digest: Digest, tag: string): FormerTag {
  const prefix = `${prefixOf(digest)}.`;
  if (!tag.startsWith(prefix)) return { kind: 'foreign' };
  const name = tag.slice(prefix.length);
  if (name === '') return { kind: 'untagged' };
  if (name === '..restored') return { kind: 'restored' };
  if (name.startsWith('..')) return { kind: 'marker' };
  return name.startsWith('.') ? { kind: 'shortened' } : { kind: 'tag', name };
}

/** How deletions are made undoable. */
export type Undo =
  | { readonly kind: 'trash'; readonly project: string; readonly keepFor: Duration }
  /** The policy says `trash: off`, or a proxy cache, whose upstream has it (docs/policy.md#what-goes-along). */
  | { readonly kind: 'none' };
