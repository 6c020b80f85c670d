import { type ListedImages, listedImages } from '../../functions/domain/image-list.ts';
import type { InUseFacts } from '../../functions/domain/registry.ts';

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
