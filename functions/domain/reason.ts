import type { Digest } from './artifact.ts';
import type { Instant } from './instant.ts';
import type { ListedUse } from './listed-use.ts';

/** How near a keep condition is to its edge: for what stays, when it goes; for what goes, by how much it missed. */
export type Margin =
  | SimpleMargin
  | {
      /** The parts of a condition that keep only together. */
      readonly kind: 'all';
      readonly parts: readonly MarginPart[];
    };

/** One of the conditions that keep only together. */
export interface MarginPart {
  /** Its key under `keep.all`. */
  readonly condition: string;
  readonly holds: boolean;
  readonly margin: SimpleMargin;
}

/** The margin of a single condition. */
export type SimpleMargin =
  | {
      readonly kind: 'time';
      /** Which time the condition measures; `untagged`: since when runs have seen it without a tag. */
      readonly by: 'pushed' | 'active' | 'untagged';
      readonly since: Instant;
      /** The first instant at which the condition no longer keeps it. */
      readonly goesAt: Instant;
    }
  | {
      readonly kind: 'rank';
      readonly by: 'pushed' | 'pulled' | 'active' | 'version';
      /** 1 is the newest, or the highest version. */
      readonly rank: number;
      /** The places that keep. */
      readonly of: number;
      /** The group by `groupBy` or `per`, where there are groups. */
      readonly group?: string;
    };

/** The first instant at which passing time ends what keeps. Undefined where only other artifacts can end it. */
export function goesAtOf(margin: Margin): Instant | undefined {
  switch (margin.kind) {
    case 'time':
      return margin.goesAt;
    case 'rank':
      return undefined;
    case 'all': {
      const ends = margin.parts.flatMap((part) => goesAtOf(part.margin) ?? []);
      return ends.length === 0 ? undefined : Math.min(...ends);
    }
  }
}

/** One condition of one rule, and how near an artifact is to its edge. */
export interface Note {
  readonly rule: string;
  /** Its key under `keep`. */
  readonly condition: string;
  readonly margin: Margin;
}

/** Why one subject is not condemned. */
export type SubjectKeep =
  | {
      readonly code: 'not-selected';
      /** The tag, where the artifact has several; absent: nothing of it is selected. */
      readonly tag?: string;
    }
  | {
      readonly code: 'not-a-version';
      readonly rule: string;
      readonly tag: string;
      readonly because: string;
    }
  | {
      readonly code: 'fact-unknown';
      readonly fact: string;
      /** The protection, or `rule/condition`, that needed the fact. */
      readonly by: string;
      readonly because: string;
    }
  | { readonly code: 'pull-signal-lost'; readonly rule: string; readonly condition: string }
  | {
      readonly code: 'kept-by-rule';
      readonly rule: string;
      readonly condition: string;
      readonly margin: Margin;
      /** Everything else that keeps it too: it goes when none of them does any more. */
      readonly also: readonly Note[];
    };

/** Why an artifact stays. The list is closed; `reasonMeanings` documents it. */
export type KeepReason =
  | SubjectKeep
  | {
      readonly code: 'held';
      /** Key of the protection. */
      readonly by: string;
      readonly because: string;
      readonly margin?: Margin;
      /** Who uses it, if a list that says so is why. */
      readonly use?: ListedUse;
    }
  | {
      readonly code: 'other-tag-kept';
      /** The tag that saved it. */
      readonly tag: string;
      readonly saved: SubjectKeep;
      /** The tags that were condemned. */
      readonly condemned: readonly string[];
      /** The accessory that bears the tag, where it is none of its own. */
      readonly accessory?: Digest;
    }
  | { readonly code: 'parent-kept'; readonly parent: Digest }
  | {
      readonly code: 'child-held';
      readonly child: Digest;
      readonly by: string;
      /** Why, if a list says who uses the child. */
      readonly because?: string;
      readonly use?: ListedUse;
    }
  | { readonly code: 'subject-kept'; readonly subject: Digest }
  | { readonly code: 'keep-at-least'; readonly rank: number; readonly floor: number }
  | {
      readonly code: 'next-time';
      readonly rule: string;
      readonly limit: string;
      /** It exceeds the limit by itself: no later run takes it either. */
      readonly alone?: true;
    }
  | RollOutWait
  | { readonly code: 'unplannable'; readonly because: string };

/** It is condemned, and the roll-out of the policy has not come to its repository yet. */
export interface RollOutWait {
  readonly code: 'rollout-waits';
  readonly rule: string;
  /** Its repository is among the first, and the roll-out has not begun. */
  readonly isFirst?: true;
  /** When the roll-out comes to its repository. Absent: a refused run holds the roll-out. */
  readonly until?: Instant;
  /** The run whose refusal holds the roll-out. */
  readonly heldBy?: string;
  /** The tags that would be removed, where the artifact itself stays in any case. */
  readonly tags?: readonly string[];
}

/** Why an artifact, or some of its tags, go. The list is closed. */
export type Condemnation =
  | {
      readonly code: 'condemned';
      /** If several rules condemn it, the one whose name sorts first. */
      readonly rule: string;
      /** The conditions that would have kept it, and by how much they missed; none for `keep: none`. */
      readonly missed: readonly Note[];
    }
  | { readonly code: 'follows-subject'; readonly rule: string; readonly subject: Digest }
  | { readonly code: 'goes-with-parent'; readonly rule: string; readonly parent: Digest };

export type Reason = KeepReason | Condemnation;

/** The closed list of reasons, in words. */
export const reasonMeanings: Readonly<Record<Reason['code'], string>> = {
  'not-selected': 'No rule selects it, or none selects one of its tags.',
  'not-a-version': 'A rule that is on versions only does not govern a tag that is no version.',
  'fact-unknown': 'A fact that the decision needs is not known; not knowing means keeping.',
  'pull-signal-lost': 'Pull times look switched off, so a condition on pulls keeps its whole pool.',
  'kept-by-rule': 'A keep condition of a rule that selects it names it.',
  held: 'A protection holds it with all its tags.',
  'other-tag-kept':
    'Some of its tags are condemned; another one, its own or an accessory’s, is not.',
  'parent-kept': 'An index that lists it stays.',
  'child-held': 'Deleting it would take an untagged child that is held.',
  'subject-kept': 'It is a signature, SBOM or attestation of an artifact that stays.',
  'keep-at-least': 'It is among the most recently active of its repository, which always stay.',
  'next-time': 'It is condemned, but a limit puts it off to a later run.',
  'rollout-waits': 'It is condemned, and the roll-out has not come to its repository yet.',
  unplannable: 'Its repository could not be read completely.',
  condemned: 'A rule selects it, and neither that rule nor a protection keeps it.',
  'follows-subject': 'It is a signature, SBOM or attestation of an artifact that goes.',
  'goes-with-parent': 'It is an untagged child of indexes that all go.',
};
