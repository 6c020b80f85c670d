import type { Digest } from '../../domain/artifact.ts';
import type { Member } from '../../domain/family.ts';
import type { Place } from '../../domain/trash.ts';
import type { ArtifactNow } from '../../ports.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { anyOf, filter, paths, query } from './paths.ts';
import { toArtifact, type WireArtifact, wireArtifact } from './wire.ts';

/** Digests in one query: the address stays below 4 KiB. */
const atOnce = 40;

/** All that deciding rests on, and what Harbor itself thinks of the tags. */
export const closeFlags = {
  with_tag: true,
  with_label: true,
  with_accessory: true,
  with_immutable_status: true,
} as const;

/** One artifact of an answer that was asked for with `closeFlags`. */
export function asThere(wire: WireArtifact): ArtifactNow & { readonly kind: 'there' } {
  return {
    kind: 'there',
    artifact: toArtifact(wire),
    immutableTags: wire.tags.flatMap((tag) => (tag.isImmutable ? [tag.name] : [])),
  };
}

/**
 * Reads members of families. Children come by a list of digests, which proves what it shows and nothing else: what it
 * does not show is read by its own address, as accessories are, which no list shows (harbor.md §6.3).
 */
export async function readMembers(
  client: HarborClient,
  {
    place,
    members,
  }: { readonly place: Place; readonly members: readonly Pick<Member, 'digest' | 'as'>[] },
  readOne: (digest: Digest) => Promise<ArtifactNow>,
): Promise<ReadonlyMap<Digest, ArtifactNow>> {
  const found = new Map<Digest, ArtifactNow>();
  const children = members.flatMap(({ digest, as }) => (as === 'child' ? [digest] : []));
  if (children.length > 1) {
    for (let start = 0; start < children.length; start += atOnce) {
      const some = children.slice(start, start + atOnce);
      for (const wire of await listed(client, place, some)) found.set(wire.digest, asThere(wire));
    }
  }
  const rest = members.filter(({ digest }) => !found.has(digest));
  await Promise.all(rest.map(async ({ digest }) => found.set(digest, await readOne(digest))));
  return found;
}

async function listed(
  client: HarborClient,
  place: Place,
  digests: readonly Digest[],
): Promise<readonly WireArtifact[]> {
  const path =
    paths.artifacts(place.project, place.repository) +
    query({
      page: 1,
      page_size: 100,
      q: filter({ base: '*', digest: anyOf(digests) }),
      ...closeFlags,
    });
  const { body } = await client.get(path, 'members');
  if (!Array.isArray(body)) throw HarborFailure.unexpected(path, 'a list was expected.');
  return body.flatMap((value: unknown) => {
    const row = wireArtifact.safeParse(value);
    return row.success && digests.includes(row.data.digest) ? [row.data] : [];
  });
}
