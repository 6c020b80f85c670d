import type { ListedEntry } from './domain/image-list.ts';
import type { Duration, Instant, Known } from './domain/instant.ts';
import type { DigestListSource, InUseConfig } from './domain/policy.ts';
import type { Warning } from './domain/warning.ts';

/** A source of what workloads use; it answers, or says that it can't: a failed page is never an empty list. */
export interface InUseSource {
  /** Its kind and where it is from, as messages show it. */
  readonly name: string;
  /** What is held while it does not answer at all, as a pattern; absent: the whole registry. */
  readonly scope?: string;
  /** All of its lists, also those that can't be read. @throws RetentionError if it can't say which there are */
  read(): Promise<readonly InUseList[]>;
}

/** One list, as far as its source could read it. */
export interface InUseList {
  /** Where it is from, as messages show it. */
  readonly name: string;
  /** They hold in any case. */
  readonly entries: readonly ListedEntry[];
  readonly writtenAt: Known<Instant>;
  /** What is held while the list is not known, as a pattern; absent: the whole registry. */
  readonly scope?: string;
  /** An older list is not believed; absent: it may have any age. */
  readonly freshWithin?: Duration;
  /** From this age on a warning says that it is nearly too old; absent: none does. */
  readonly nearlyOldAfter?: Duration;
  /** Why the list is not known, or not all of it. */
  readonly unreadable: readonly { readonly because: string; readonly remedy: string }[];
  readonly warnings?: readonly Warning[];
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

/** A folder of collected lists: that of the report bucket or of the reports' folder, or another one. */
export type ListPlace =
  | { readonly kind: 'store' }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** Opens a folder of collected lists; reads nothing yet, and never throws. */
export type ListFolderOpener = (place: ListPlace) => ListFolder;

export interface ListFolder {
  /** As messages show it, without a slash at its end. */
  readonly address: string;
  /** The names of all objects or files directly in it, in order. @throws RetentionError */
  list(): Promise<readonly string[]>;
  /** Undefined if there is none of this name (any more). @throws RetentionError */
  read(name: string): Promise<string | undefined>;
}
