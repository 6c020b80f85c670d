import type { Digest } from './artifact.ts';
import type { Condemnation, KeepReason } from './reason.ts';

/** Which artifact a verdict speaks of. */
export interface ArtifactRef {
  readonly id: number;
  readonly digest: Digest;
}

/** What becomes of an artifact, with exactly one primary reason. */
export type Verdict =
  | { readonly fate: 'keep'; readonly artifact: ArtifactRef; readonly reason: KeepReason }
  | {
      readonly fate: 'untag';
      readonly artifact: ArtifactRef;
      readonly tags: readonly [string, ...string[]];
      readonly reason: Condemnation;
    }
  | { readonly fate: 'delete'; readonly artifact: ArtifactRef; readonly reason: Condemnation };
