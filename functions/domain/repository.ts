import type { Artifact } from './artifact.ts';
import type { Instant, Known } from './instant.ts';

/** What the list of repositories says of one (docs/harbor.md#fields). */
export interface RepositoryHead {
  readonly project: string;
  /** Without the project. */
  readonly name: string;
  readonly id: number;
  readonly createdAt: Known<Instant>;
  /** Moves with every pull-count flush: never a "last push". */
  readonly updatedAt: Known<Instant>;
  readonly pullCount: number;
  /** Without untagged children and accessories; 0 also on an internal error (docs/harbor.md#t24-hidden-rows). */
  readonly artifactCount: number;
}

/** Every listed artifact of a repository, provably all of them. */
export interface CompleteRepository {
  readonly kind: 'complete';
  readonly head: RepositoryHead;
  readonly artifacts: readonly Artifact[];
  /**
   * What the list does not show and deleting would take along: accessories, and untagged children where those were not
   * listed. Read only for what would go.
   */
  readonly hidden?: readonly Artifact[];
}

/** A repository that is not judged: what was seen of it, and why that is not enough. */
export interface UnplannableRepository {
  readonly kind: 'unplannable';
  readonly head: RepositoryHead;
  readonly seen: readonly Artifact[];
  /** What was expected, what was found, and what the operator can do. */
  readonly because: string;
}

export type RepositoryFacts = CompleteRepository | UnplannableRepository;

/** `project/repository`, as Harbor writes it. */
export function fullName(head: { readonly project: string; readonly name: string }): string {
  return `${head.project}/${head.name}`;
}
