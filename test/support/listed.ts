import { inUseRegistry } from '../../functions/adapters/in-use/index.ts';
import { listFolders } from '../../functions/adapters/list-folders.ts';
import { type ListedImages, listedImages } from '../../functions/domain/image-list.ts';
import type { InUseFacts } from '../../functions/domain/registry.ts';
import type { DigestListReader, InUseRegistry } from '../../functions/ports.ts';
import { memoryStore } from './memory-store.ts';

interface Listed {
  readonly digests?: readonly string[];
  /** `project/repository:tag`. */
  readonly references?: readonly string[];
}

/** Lists that name these, one entry for each. */
export function listed({ digests = [], references = [] }: Listed): ListedImages {
  const none = { digests: [], references: [], patterns: [] };
  return listedImages([
    ...digests.map((digest) => ({ ...none, written: digest, digests: [digest] })),
    ...references.map((reference) => ({ ...none, written: reference, references: [reference] })),
  ]);
}

/** What workloads use. */
export function inUseOf(
  facts: Listed & { readonly unreadable?: InUseFacts['unreadable'] } = {},
): InUseFacts {
  return { ...listed(facts), unreadable: facts.unreadable ?? [] };
}

/** The registry of sources where only lists are read, from `readList`. */
export const readingLists = (readList: DigestListReader): InUseRegistry =>
  inUseRegistry({ readList, openFolder: listFolders(memoryStore(), { base: '.' }) });
