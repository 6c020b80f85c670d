import { defined } from './defined.ts';
import { type ListedEntry, type Mirrors, readImage } from './image-list.ts';
import { strongerUse } from './listed-use.ts';
import type { WorkloadList, WorkloadUse } from './workload-list.ts';

/**
 * What a collected list holds: each digest, and each tag as it is written, because it will be pulled again
 * (docs/workloads.md#the-list). Uses of one image are one entry, which names the strongest of them.
 */
export function workloadEntries(list: WorkloadList, mirrors: Mirrors = {}): readonly ListedEntry[] {
  const strongest = new Map<string, WorkloadUse>();
  for (const use of list.uses) {
    const key = JSON.stringify([use.image, use.digest]);
    const known = strongest.get(key);
    strongest.set(key, known === undefined ? use : strongerUse(known, use));
  }
  const scope = list.scope === 'unknown' ? undefined : list.scope;
  const seenAt = list.writtenAt === 'unknown' ? undefined : list.writtenAt;
  return [...strongest.values()].map((use) => ({
    ...meaningOf(use, mirrors),
    use: { by: use.by, role: use.role, ...defined({ scope, seenAt }) },
  }));
}

function meaningOf({ image, digest }: WorkloadUse, mirrors: Mirrors): ListedEntry {
  const read = image === undefined ? undefined : readImage(image, mirrors);
  const named = read === undefined || 'problem' in read ? nothing : read;
  const digests = digest === undefined ? [] : [digest];
  return {
    ...named,
    written: image ?? digest ?? '',
    digests: [...new Set([...named.digests, ...digests])],
  };
}

const nothing = { digests: [], references: [], patterns: [] } as const;
