import * as z from 'zod';
import type { Instant } from '../domain/instant.ts';
import { memoryKeys } from '../domain/store-keys.ts';
import { anyFields, document, withFields } from './document.ts';

/** How reading manifests went in one run. */
export interface ManifestReading {
  readonly requests: number;
  readonly read: number;
  /** Projects that the robot may not pull from. */
  readonly denied: readonly string[];
  /** Images that a policy of their project keeps from being pulled. */
  readonly blocked: number;
  readonly unusable: number;
  /** Why it ended before its time. */
  readonly stopped?: string;
}

/** Which blobs manifests have: content by digest never changes, so what was read once is known for ever. */
export interface BlobIndex {
  readonly version: 1;
  /** All but the newest, in equal shares by key; none yet without. */
  readonly shares?: { readonly by: string; readonly count: number; readonly lines: number };
  /** The newest, run by run. */
  readonly fresh: readonly {
    readonly by: string;
    readonly lines: number;
    readonly reading: ManifestReading;
  }[];
  /** Harbor's version, and the month, in which reading a manifest was seen to be no pull. */
  readonly probed?: string;
  /** Projects in which more manifests were refused than read, when they were last asked for. */
  readonly refusing?: readonly string[];
  /** Reading is off until then, and why. */
  readonly off?: { readonly because: string; readonly until: Instant };
}

type Fresh = BlobIndex['fresh'][number];

/** What is damaged is read again: it costs requests, and nothing else. */
export const blobIndexes = document(
  () => memoryKeys.blobs,
  withFields<BlobIndex>()({
    fresh: z.array(withFields<Fresh>()({ by: z.string(), lines: z.number(), reading: anyFields })),
  }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no index of blobs' },
);
