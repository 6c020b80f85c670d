import type { Instant } from './instant.ts';

/** Where a collection of ours is; plain JSON, kept from slice to slice. */
export type CollectionState =
  /** Stored before it is started, so that one that a crash hides from us is found again. */
  | {
      readonly kind: 'intended';
      readonly after: number;
      readonly dryRun: boolean;
      /** Somebody's collection that must end first. */
      readonly behind?: number;
    }
  | {
      readonly kind: 'running';
      readonly id: number;
      readonly since: Instant;
      readonly dryRun: boolean;
      /** Since when it is seen to have ended without figures. */
      readonly finalSince?: Instant;
    }
  | {
      readonly kind: 'ended';
      readonly id: number;
      readonly dryRun: boolean;
      readonly status: string;
      readonly freedBytes: number | null;
      readonly blobs: number | null;
      readonly manifests: number | null;
    }
  | { readonly kind: 'not-started'; readonly because: string };
