import type { Digest } from './artifact.ts';
import type { Instant, Known } from './instant.ts';

/** Stable across slices: kind, project/repository, digest and, for a tag, its name. */
export type ActionId = string;

interface OnArtifact {
  readonly id: ActionId;
  readonly project: string;
  /** Without the project. */
  readonly repository: string;
  readonly digest: Digest;
  /** Harbor's row id at planning: another id is another push of the same digest. */
  readonly artifactId: number;
  /** The rule that is the primary reason; for an accessory tag, that of its subject. */
  readonly rule: string;
  /** Facts the decision rests on; compared again just before acting. */
  readonly tags: readonly { readonly name: string; readonly pushedAt: Known<Instant> }[];
  readonly labels: readonly string[];
  readonly pushedAt: Known<Instant>;
  readonly pulledAt: Known<Instant>;
  /** Bytes. */
  readonly size: number;
}

/** What goes together with an artifact (domain/family.ts, reach `deleted`), as it was when that was planned. */
export interface PlannedMember {
  readonly digest: Digest;
  readonly as: 'child' | 'accessory';
  /** Harbor's row id. */
  readonly artifactId: number;
  /** The tags of an accessory. A child that has tags is no member. */
  readonly tags: readonly { readonly name: string; readonly pushedAt: Known<Instant> }[];
  readonly labels: readonly string[];
  readonly pulledAt: Known<Instant>;
}

/** Moves an artifact with all its tags, unshared children and accessories to the trash. */
export interface DeleteArtifact extends OnArtifact {
  readonly kind: 'delete-artifact';
  readonly type: string;
  readonly children: readonly Digest[];
  readonly accessories: readonly Digest[];
  /** Absent in an action of an older version: it then goes only if nothing hangs on it. */
  readonly members?: readonly PlannedMember[];
  /** The subject that this accessory tag follows (docs/policy.md#indexes-and-signatures). */
  readonly follows?: Digest;
}

/**
 * Removes one tag from an artifact that stays. `tags` has that tag only, so that the actions on an artifact of very
 * many tags grow with their number and not with its square.
 */
export interface RemoveTag extends OnArtifact {
  readonly kind: 'remove-tag';
  readonly tag: string;
  /** A tag that the plan leaves on the artifact: without it the last name could go. Absent in older plans. */
  readonly stays?: { readonly name: string; readonly pushedAt: Known<Instant> };
  /** When a tag was last put on the artifact: one that is younger is a change. */
  readonly lastTaggedAt?: Known<Instant>;
}

/** What has been in the trash longer than `keepFor` is deleted from it. */
export interface Purge extends OnArtifact {
  readonly kind: 'purge';
  readonly trashedAt: Instant;
  /** Nothing of it was pulled since; a plan of an older version does not say. */
  readonly unpulledSince?: Instant;
}

/** Deletes a repository that is empty (docs/arming.md#whole-repositories). */
export interface DeleteRepository {
  readonly kind: 'delete-repository';
  readonly id: ActionId;
  readonly project: string;
  readonly repository: string;
  readonly repositoryId: number;
  readonly rule: string;
}

export type Action = DeleteArtifact | RemoveTag | Purge | DeleteRepository;
