import { byText } from './artifact-order.ts';
import type { Artifact, Digest } from './artifact.ts';
import { familyOf, type Member, type Reach } from './family.ts';
import { knownOf } from './instant.ts';

/** Who lists whom in one repository. Positions are those of the artifact list. */
export interface Graph {
  readonly artifacts: readonly Artifact[];
  readonly positions: ReadonlyMap<Digest, number>;
  /** Positions of the indexes that list a digest, whether or not that is listed itself. */
  readonly parents: ReadonlyMap<Digest, readonly number[]>;
  /** Position of the artifact that a linked accessory belongs to. */
  readonly subjects: ReadonlyMap<Digest, number>;
  /** What was read besides the list. */
  readonly hidden: ReadonlyMap<Digest, Artifact>;
}

/**
 * Collects the references of a repository's artifacts; any order of the list gives an equal graph. `hidden`: artifacts
 * that the list does not show.
 */
export function graphOf(artifacts: readonly Artifact[], hidden: readonly Artifact[] = []): Graph {
  const positions = new Map<Digest, number>();
  const parents = new Map<Digest, number[]>();
  const subjects = new Map<Digest, number>();
  const addParent = (child: Digest, position: number): void => {
    const known = parents.get(child);
    if (known === undefined) parents.set(child, [position]);
    // Positions rise, so a repetition inside one index is always the last.
    else if (known.at(-1) !== position) known.push(position);
  };
  for (const [position, artifact] of artifacts.entries()) {
    positions.set(artifact.digest, position);
    for (const child of artifact.children) addParent(child, position);
    for (const { digest } of knownOf(artifact.accessories)) subjects.set(digest, position);
  }
  const known = new Map(hidden.map((artifact) => [artifact.digest, artifact]));
  const graph = { artifacts, positions, parents, subjects, hidden: known };
  if (known.size > 0) addHidden(graph, addParent);
  return graph;
}

/** What hangs on a hidden artifact belongs to the listed one at its top. */
function addHidden(
  graph: Graph & { readonly subjects: Map<Digest, number> },
  addParent: (child: Digest, position: number) => void,
): void {
  for (const [position, artifact] of graph.artifacts.entries()) {
    for (const { digest, as, of } of familyIn(graph, artifact, 'copied')) {
      if (!graph.hidden.has(of)) continue;
      if (as === 'child') addParent(digest, position);
      else graph.subjects.set(digest, position);
    }
  }
}

/** What hangs on an artifact of the repository (domain/family.ts); by digest, so that no order of children shows. */
export function familyIn(graph: Graph, artifact: Artifact, reach: Reach): readonly Member[] {
  const members = familyOf(artifact, (digest) => find(graph, digest), reach);
  return members.length < 2
    ? members
    : members.toSorted((one, other) => byText(one.digest, other.digest));
}

function find({ artifacts, positions, hidden }: Graph, digest: Digest): Artifact | undefined {
  const position = positions.get(digest);
  return position === undefined ? hidden.get(digest) : artifacts[position];
}

/** Positions of the indexes that list it directly. */
export function parentsOf(graph: Graph, digest: Digest): readonly number[] {
  return graph.parents.get(digest) ?? [];
}

/** Whether a digest is in the repository: listed, as a child, or as a linked accessory. */
export function isPresent(graph: Graph, digest: Digest): boolean {
  return graph.positions.has(digest) || graph.parents.has(digest) || graph.subjects.has(digest);
}

/** Whether it has no tag of its own and some listed index lists it: then Harbor deletes it with its last parent. */
export function isUntaggedChild(graph: Graph, artifact: Artifact): boolean {
  return (
    artifact.tags !== 'unknown' && artifact.tags.length === 0 && graph.parents.has(artifact.digest)
  );
}

/** Digests that an artifact lists, at any depth; without itself. Damaged data with circles ends, too. */
export function descendantsOf(graph: Graph, artifact: Artifact): ReadonlySet<Digest> {
  const found = new Set<Digest>();
  const waiting = [...artifact.children];
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    if (found.has(digest) || digest === artifact.digest) continue;
    found.add(digest);
    waiting.push(...(find(graph, digest)?.children ?? []));
  }
  return found;
}

/** Positions of the indexes that list a digest, at any depth. */
export function ancestorsOf(graph: Graph, digest: Digest): ReadonlySet<number> {
  const found = new Set<number>();
  const waiting = [...parentsOf(graph, digest)];
  for (let position = waiting.pop(); position !== undefined; position = waiting.pop()) {
    const parent = graph.artifacts[position];
    if (found.has(position) || parent === undefined || parent.digest === digest) continue;
    found.add(position);
    waiting.push(...parentsOf(graph, parent.digest));
  }
  return found;
}

/**
 * Children and parents of an artifact, as far as they were read, at any depth: their pulls are its own
 * (docs/policy.md#which-time-is-meant).
 */
export function relativesOf(graph: Graph, artifact: Artifact): readonly Artifact[] {
  if (!graph.parents.has(artifact.digest) && artifact.children.length === 0) return none;
  const relatives: Artifact[] = [];
  for (const position of ancestorsOf(graph, artifact.digest)) {
    const relative = graph.artifacts[position];
    if (relative !== undefined) relatives.push(relative);
  }
  for (const digest of descendantsOf(graph, artifact)) {
    const relative = find(graph, digest);
    if (relative !== undefined && !relatives.includes(relative)) relatives.push(relative);
  }
  return relatives;
}

const none: readonly Artifact[] = [];
