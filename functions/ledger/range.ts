/** A number of bytes that is known to lie between two; exact where they are equal. */
export interface ByteRange {
  readonly atLeast: number;
  readonly atMost: number;
}

/** What is known of the manifests that one figure speaks of, before their blobs are added up. */
export interface Unknowns {
  /** Sum of what unread manifests that go can be made of. */
  readonly going: number;
  /** The bytes of those that stay. This much of what goes may belong to them, too. */
  readonly staying: number;
  /** The largest of these: no blob beyond it can be theirs. */
  readonly largestStaying: number;
  /** There are manifests that nobody has listed: they may share anything. */
  readonly unlisted: boolean;
}

export const nothingUnknown: Unknowns = {
  going: 0,
  staying: 0,
  largestStaying: 0,
  unlisted: false,
};

/** Notes one unread manifest. */
export function withUnread(
  unknowns: Unknowns,
  { goes, cap }: { readonly goes: boolean; readonly cap: number },
): Unknowns {
  return goes
    ? { ...unknowns, going: unknowns.going + cap }
    : {
        ...unknowns,
        staying: unknowns.staying + cap,
        largestStaying: Math.max(unknowns.largestStaying, cap),
      };
}

/**
 * Blobs that go and that nothing known keeps, in bytes: those that an unread manifest could hold, and the larger
 * ones.
 */
export interface Freed {
  readonly small: number;
  readonly large: number;
}

export const isLarge = (bytes: number, { largestStaying }: Unknowns): boolean =>
  bytes > largestStaying;

/**
 * What is freed. At most: all that nothing known keeps, and all of the unread that goes. At least: without what the
 * unread that stays may hold. Pure.
 */
export function rangeOf({ small, large }: Freed, unknowns: Unknowns): ByteRange {
  const atMost = small + large + unknowns.going;
  if (unknowns.unlisted) return { atLeast: 0, atMost };
  return { atLeast: large + Math.max(0, small - unknowns.staying), atMost };
}
