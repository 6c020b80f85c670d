import type { ListedImages } from './domain/image-list.ts';
import type { Duration, Instant, Known } from './domain/instant.ts';
import type { DigestListSource, InUseConfig } from './domain/policy.ts';

/** A source of what workloads use; it answers, or says that it can't: a failed page is never an empty list. */
export interface InUseSource {
  /** Its kind and where it is from, as messages show it. */
  readonly name: string;
  /** What is held while its answer is not known, as a pattern; absent: the whole registry. */
  readonly scope?: string;
  /** An older answer is not believed; absent: it may have any age. */
  readonly freshWithin?: Duration;
  read(): Promise<InUseAnswer>;
}

export interface InUseAnswer extends ListedImages {
  readonly writtenAt: Known<Instant>;
  /** Why the answer is not known, or not all of it. */
  readonly unreadable: readonly { readonly because: string; readonly remedy: string }[];
}

/** Which sources there are, and how to open one that a policy names. */
export interface InUseRegistry {
  readonly kinds: readonly string[];
  readonly open: (config: InUseConfig) => InUseSource;
}

/**
 * Reads a list that lies outside the policy, and the time at which it was written if that is known. @throws
 * RetentionError
 */
export type DigestListReader = (source: DigestListSource) => Promise<string | DatedText>;

export interface DatedText {
  readonly text: string;
  readonly modifiedAt: Known<Instant>;
}
