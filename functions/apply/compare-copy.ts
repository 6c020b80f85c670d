import type { Artifact } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import { namesOf } from './rename-family.ts';

/** Which of these names a copy does not bear, in words, or undefined. */
export function missingTag(names: readonly string[], copied: Artifact): string | undefined {
  const there = new Set(namesOf(copied));
  const tag = names.find((one) => !there.has(one));
  return tag === undefined ? undefined : `tag ${tag} is missing`;
}

/** Which member of a family its copy lacks, in words, or undefined. */
export function missingMember(
  members: readonly Member[],
  copied: readonly Member[],
): string | undefined {
  const there = new Set(
    copied.flatMap(({ digest, artifact }) => (artifact === undefined ? [] : [digest])),
  );
  const lost = members.find(({ digest }) => !there.has(digest));
  return lost === undefined ? undefined : `${lost.as} ${lost.digest} is missing`;
}

/** Which child or accessory of one is missing in the other; what can't be read counts as missing. */
export function missingPart(original: Artifact, copied: Artifact): string | undefined {
  if (copied.digest !== original.digest) return `it answers as ${copied.digest}`;
  if (copied.tags === 'unknown' || copied.accessories === 'unknown') return 'it can’t be read';
  const child = original.children.find((one) => !copied.children.includes(one));
  if (child !== undefined) return `child ${child} is missing`;
  const own = original.accessories === 'unknown' ? [] : original.accessories;
  const there = new Set(copied.accessories.map((one) => one.digest));
  const accessory = own.find((one) => !there.has(one.digest));
  // A copy that lay there already gets no accessories that came later (docs/harbor.md#copying).
  return accessory === undefined ? undefined : `accessory ${accessory.digest} is missing`;
}
