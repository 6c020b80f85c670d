import type { Amount } from '../domain/amount.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import { childrenIn, isCounted } from './facts-without.ts';

/** What the list of a repository really showed: as totals count, without untagged children of indexes. */
export function listedAmount(facts: RepositoryFacts): Amount {
  const listed = facts.kind === 'complete' ? facts.artifacts : facts.seen;
  const children = childrenIn(listed);
  let artifacts = 0;
  let bytes = 0;
  for (const artifact of listed) {
    if (!isCounted(artifact, children)) continue;
    artifacts += 1;
    bytes += artifact.size;
  }
  return { artifacts, bytes };
}
