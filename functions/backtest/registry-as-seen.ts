import { listedImages } from '../domain/image-list.ts';
import type { PolicyFrame } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import { trashProjectOf } from '../domain/trash.ts';

/** The lists of a policy as they are now, for nights whose own run did not read them. */
export type ListsOfNow = Pick<RegistryFacts, 'inUse' | 'listedDigests'>;

/** What of a night was not there for a policy, because the run of that night had another one. */
export type Substitute = 'inUse' | 'digests' | 'trash' | 'subjects';

/** The registry of a night as a policy would have seen it. */
export interface SeenRegistry {
  readonly registry: RegistryFacts;
  readonly substitutes: readonly Substitute[];
}

/**
 * What a run under this policy would have known of the registry, from what the run of that night stored. Lists that both
 * policies name are those of the night; others are those of now. What else was not read is not known, which keeps.
 * @param ofNight the policy of that night's run; undefined if this version can't read it
 */
export function registryAsSeen(
  stored: RegistryFacts,
  {
    policy,
    ofNight,
    now,
  }: {
    readonly policy: PolicyFrame;
    readonly ofNight: PolicyFrame | undefined;
    readonly now: ListsOfNow;
  },
): SeenRegistry {
  const substitutes: Substitute[] = [];
  const choose = <T>(what: Substitute, isThere: boolean, [own, other]: readonly [T, T]): T => {
    if (!isThere) substitutes.push(what);
    return isThere ? own : other;
  };
  const hasUses = policy.inUse.length > 0;
  const inUse = hasUses
    ? choose('inUse', isSame(policy.inUse, ofNight?.inUse), [stored.inUse, now.inUse])
    : { ...listedImages([]), unreadable: [] };
  const hasDigests = policy.digests.length + policy.digestLists.length > 0;
  const listedDigests = hasDigests
    ? choose('digests', isSame(digestsOf(policy), ofNight && digestsOf(ofNight)), [
        stored.listedDigests,
        now.listedDigests,
      ])
    : listedImages([]);
  const { trash, subjectsElsewhere, ...rest } = stored;
  const project = trashProjectOf(policy);
  const hasTrash = project === undefined || trash?.project === project;
  const ownTrash = choose('trash', hasTrash, [
    project === undefined ? undefined : trash,
    undefined,
  ]);
  const hasSubjects = !policy.needs.subjects || subjectsElsewhere !== undefined;
  const subjects = choose('subjects', hasSubjects, [subjectsElsewhere, 'unknown' as const]);
  const registry: RegistryFacts = {
    ...rest,
    inUse,
    listedDigests,
    ...(ownTrash === undefined ? {} : { trash: ownTrash }),
    ...(subjects === undefined ? {} : { subjectsElsewhere: subjects }),
  };
  return { registry, substitutes };
}

const digestsOf = ({ digests, digestLists, mirrors }: PolicyFrame): unknown => [
  digests,
  digestLists,
  mirrors,
];

/** Both are plain JSON, in the order in which they are written. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
