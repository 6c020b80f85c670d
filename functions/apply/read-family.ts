import type { Artifact, Digest } from '../domain/artifact.ts';
import { familyOf, type Member, type Reach, tooDeep } from '../domain/family.ts';
import type { Place } from '../domain/trash.ts';
import { RetentionError } from '../errors.ts';
import type { HarborInspector } from '../ports.ts';

/** A family as Harbor shows it now. */
export interface FamilyNow {
  /** A member without an artifact is named by another one, and is not there. */
  readonly members: readonly Member[];
  /** Tags of members that Harbor says are immutable. */
  readonly immutableTags: readonly string[];
}

/**
 * Reads all that hangs on an artifact (domain/family.ts): one request for up to forty children, one for each accessory,
 * as no list shows those (docs/harbor.md#what-lists-do-not-show); none for an artifact with neither.
 * @throws RetentionError harbor-… if a member can't be read, or they hang too deep (domain/bounds.ts)
 */
export async function readFamily(
  harbor: Pick<HarborInspector, 'readMembers'>,
  place: Place,
  { head, reach }: { readonly head: Artifact; readonly reach: Reach },
): Promise<FamilyNow> {
  const known = new Map<Digest, Artifact>();
  const asked = new Set<Digest>();
  const immutableTags: string[] = [];
  for (;;) {
    const members = familyOf(head, (digest) => known.get(digest), reach);
    if (members.some((one) => one.isTooDeep)) {
      const name = `${place.project}/${place.repository}@${head.digest}`;
      throw new RetentionError('harbor-unexpected', `${name} is left untouched: ${tooDeep}`);
    }
    const unread = members.filter(({ digest }) => !asked.has(digest));
    if (unread.length === 0) return { members, immutableTags };
    const answers = await harbor.readMembers(place, unread);
    for (const { digest } of unread) {
      asked.add(digest);
      const now = answers.get(digest);
      if (now?.kind !== 'there') continue;
      known.set(digest, now.artifact);
      immutableTags.push(...now.immutableTags);
    }
  }
}
