import type { Digest } from './artifact.ts';
import { type Instant, type Known, knownOr } from './instant.ts';

/** What can be ordered: a time, and the digest as last word. */
export interface Dated {
  readonly digest: Digest;
  readonly at: Known<Instant>;
}

/**
 * Newest first, digest ascending among equals (docs/policy.md#counts); unknown times come first: they may be the
 * newest.
 */
export function newestFirst(one: Dated, other: Dated): number {
  const [oneAt, otherAt] = [knownOr(one.at, Infinity), knownOr(other.at, Infinity)];
  return oneAt === otherAt ? byText(one.digest, other.digest) : otherAt > oneAt ? 1 : -1;
}

/** Order by code units: the same on every machine, unlike a locale's. */
export function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
