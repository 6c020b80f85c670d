import type { Digest } from '../domain/artifact.ts';
import type { Instant } from '../domain/instant.ts';

/** How something showed that it was still wanted after it would have gone. */
export type RegretKind = 'in-use' | 'pulled' | 'tagged' | 'labelled';

/**
 * What brings a removal back. `trash`: the copy, as long as it lies there. `none`: nothing, because the policy has no
 * trash or the project is a proxy cache. `tag`: a single tag was removed, and its artifact stays.
 */
export type Undo = 'trash' | 'none' | 'tag';

/** What a night of a backtest took: an artifact with all that hangs on it, or a single tag of one that stays. */
export interface Removal {
  /** `project/repository`. */
  readonly repository: string;
  readonly digest: Digest;
  /** Harbor's row. */
  readonly artifactId: number;
  /** The single tag that was removed; absent: the artifact went. */
  readonly tag?: string;
  /** The position of the night that took it, from 0. */
  readonly night: number;
  /** The moment of that night's facts. */
  readonly at: Instant;
  readonly rule: string;
  /** The tags that the artifact had. */
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  /** Bytes; 0 for a single tag. */
  readonly size: number;
  readonly undo: Undo;
}

/** A moment at which something was still wanted, as later facts show it. */
export interface Sighting {
  readonly at: Instant;
  /** Harbor does not say when: it was so at this moment, and may have been so before. */
  readonly isLatest?: true;
  /** The tag, the label, or who uses it. */
  readonly what?: string;
  /** Only of a label: whether the policy protects what bears it. */
  readonly protects?: boolean;
}

/** A removal, and what later nights show of it. Only the room `backtest` changes it. */
export interface Watched {
  readonly removal: Removal;
  /** The last facts that show its row, as it really went on. Absent: none after those that it went by. */
  lastSeen?: Instant;
  /** When it came again, or went whole after a tag of it went: what happens later says nothing of this removal. */
  closedAt?: Instant;
  readonly sightings: { [K in RegretKind]?: Sighting };
}

/** Whether a moment lies after a removal and before the watch of it ended. */
export function isWatched({ removal, closedAt }: Watched, at: Instant): boolean {
  return at > removal.at && (closedAt === undefined || at < closedAt);
}

/** Notes a sighting of this kind, unless an earlier one is known: several rows may show one in the same night. */
export function note({ sightings }: Watched, kind: RegretKind, sighting: Sighting): void {
  const known = sightings[kind];
  if (known === undefined || sighting.at < known.at) sightings[kind] = sighting;
}
