import type { Artifact, Digest } from '../domain/artifact.ts';
import { descendantsOf, type Graph } from '../domain/graph.ts';
import type { Hold, RepositoryHold } from '../domain/policy.ts';

/**
 * Holds an artifact whose own digest is named, or that of one of its children or linked accessories: Harbor
 * deletes those together with it (harbor.md T18).
 */
export function holdWithParts(
  graph: Graph,
  named: (digest: Digest) => Hold | undefined,
): RepositoryHold {
  return {
    each: ({ artifact }) => {
      const own = named(artifact.digest);
      if (own !== undefined) return own;
      for (const digest of partsOf(graph, artifact)) {
        const hold = named(digest);
        if (hold !== undefined) return hold;
      }
      return undefined;
    },
  };
}

function* partsOf(graph: Graph, artifact: Artifact): Iterable<Digest> {
  if (artifact.accessories !== 'unknown') {
    for (const { digest } of artifact.accessories) yield digest;
  }
  if (artifact.children.length > 0) yield* descendantsOf(graph, artifact);
}
