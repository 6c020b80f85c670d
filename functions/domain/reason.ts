import type { Digest } from './artifact.ts';
import type { Instant } from './instant.ts';

/** What would have changed a verdict, as data; `report/explain.ts` makes the sentence. */
export type Margin =
  | {
      readonly kind: 'time';
      readonly goesAt: Instant;
      readonly unless: readonly ('pushed' | 'pulled')[];
    }
  | {
      readonly kind: 'rank';
      readonly rank: number;
      readonly of: number;
      readonly by: 'pushed' | 'pulled' | 'active' | 'version';
      readonly group?: string;
    }
  | { readonly kind: 'change'; readonly what: string };

/** Why an artifact stays. The list is closed. */
export type KeepReason =
  | { readonly code: 'not-selected' }
  | { readonly code: 'not-a-version'; readonly rule: string; readonly tag: string }
  | {
      readonly code: 'kept-by-rule';
      readonly rule: string;
      readonly condition: string;
      readonly because: string;
      readonly margin?: Margin;
    }
  | {
      readonly code: 'held';
      readonly by: string;
      readonly because: string;
      readonly margin?: Margin;
    }
  | {
      readonly code: 'fact-unknown';
      readonly fact: string;
      readonly by: string;
      readonly because: string;
    }
  | { readonly code: 'pull-signal-lost'; readonly rule: string; readonly condition: string }
  | { readonly code: 'other-tag-kept'; readonly tag: string; readonly because: string }
  | { readonly code: 'parent-kept'; readonly parent: Digest }
  | { readonly code: 'subject-kept'; readonly subject: Digest }
  | { readonly code: 'keep-at-least'; readonly floor: number }
  | { readonly code: 'next-time'; readonly rule: string; readonly limit: string }
  | { readonly code: 'unplannable'; readonly because: string };

/** Why an artifact, or some of its tags, go. The list is closed. */
export type Condemnation =
  | {
      readonly code: 'condemned';
      /** Of several condemning rules, the one whose name sorts first. */
      readonly rule: string;
      /** What would have kept it. */
      readonly margin: readonly Margin[];
    }
  | { readonly code: 'follows-subject'; readonly rule: string; readonly subject: Digest }
  | { readonly code: 'goes-with-parent'; readonly rule: string; readonly parent: Digest };

export type Reason = KeepReason | Condemnation;
