import type { Artifact, Digest } from '../domain/artifact.ts';

/** One manifest of a repository: whether it goes, and how many bytes it can be made of. */
export interface ManifestUse {
  readonly digest: Digest;
  /**
   * Bytes, an upper bound for the manifest with its config and layers; for a child that Harbor did not list, what its
   * index leaves for all of them.
   */
  readonly cap: number;
  readonly goes: boolean;
}

interface FamilyGraph {
  readonly listed: ReadonlyMap<Digest, Artifact>;
  /** Listed or not. */
  readonly children: ReadonlySet<Digest>;
}

/**
 * What the manifests of one repository come to when Harbor deletes those of `deleted`: children go with their last
 * index unless they have tags, accessories with their subject (docs/harbor.md#deleting-an-artifact). Whatever is in
 * doubt stays. Accessories of accessories are in no list and so not here. Pure.
 */
export function usesOf(
  artifacts: readonly Artifact[],
  deleted: ReadonlySet<Digest>,
): readonly ManifestUse[] {
  const family: FamilyGraph = {
    listed: new Map(artifacts.map((artifact) => [artifact.digest, artifact])),
    children: new Set(artifacts.flatMap((artifact) => artifact.children)),
  };
  const isChild = ({ digest, tags }: Artifact): boolean =>
    tags !== 'unknown' && tags.length === 0 && family.children.has(digest);
  const roots = artifacts.filter((one) => !deleted.has(one.digest) && !isChild(one));
  const stays = reachable(
    family,
    roots.map(({ digest }) => digest),
  );
  const goes = reachable(family, deleted);
  const caps = capsOf(artifacts, family.listed);
  return [...caps].map(([digest, cap]) => ({
    digest,
    cap,
    goes: goes.has(digest) && !stays.has(digest),
  }));
}

/** With children and accessories, at any depth. */
function reachable({ listed }: FamilyGraph, from: Iterable<Digest>): ReadonlySet<Digest> {
  const found = new Set<Digest>();
  const waiting = [...from];
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    if (found.has(digest)) continue;
    found.add(digest);
    const artifact = listed.get(digest);
    if (artifact === undefined) continue;
    waiting.push(...artifact.children);
    if (artifact.accessories !== 'unknown') {
      for (const accessory of artifact.accessories) waiting.push(accessory.digest);
    }
  }
  return found;
}

/** The size of an index holds that of its children: what the listed ones leave is its own, and that of the others. */
function capsOf(
  artifacts: readonly Artifact[],
  listed: ReadonlyMap<Digest, Artifact>,
): ReadonlyMap<Digest, number> {
  const caps = new Map<Digest, number>();
  const limit = (digest: Digest, cap: number): void => {
    if (!listed.has(digest)) caps.set(digest, Math.min(caps.get(digest) ?? cap, cap));
  };
  for (const { digest, size, children, accessories } of artifacts) {
    const different = new Set(children);
    let own = size;
    for (const child of different) own -= listed.get(child)?.size ?? 0;
    const cap = Math.max(0, own);
    caps.set(digest, cap);
    for (const child of different) limit(child, cap);
    if (accessories === 'unknown') continue;
    for (const accessory of accessories) limit(accessory.digest, accessory.size);
  }
  return caps;
}

/** An upper bound of what deleting these frees: their sizes and those of their accessories, shared layers each time. */
export function mostBytes(artifacts: readonly Artifact[], deleted: ReadonlySet<Digest>): number {
  const listed = new Map(artifacts.map((artifact) => [artifact.digest, artifact]));
  const children = new Set(artifacts.flatMap((artifact) => artifact.children));
  let bytes = 0;
  for (const digest of reachable({ listed, children }, deleted)) {
    const artifact = listed.get(digest);
    if (artifact === undefined) continue;
    if (deleted.has(digest)) bytes += artifact.size;
    if (artifact.accessories === 'unknown') continue;
    for (const accessory of artifact.accessories) bytes += accessory.size;
  }
  return bytes;
}
