import type { Digest } from '../../domain/artifact.ts';
import type { Member } from '../../domain/family.ts';
import type { Place } from '../../domain/trash.ts';
import type { ArtifactNow } from '../../ports.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { anyOf, filter, paths, query } from './paths.ts';
import { pageSize } from './page-sizes.ts';
import { keysetPages } from './paging.ts';
import type { RequestBound } from './request-bound.ts';
import { asThere, closeFlags, readArtifact } from './single.ts';
import { type WireArtifact, wireArtifact } from './wire.ts';

/** Digests in one query: the address stays below 4 KiB. */
const atOnce = 40;

interface Reading {
  readonly client: HarborClient;
  readonly place: Place;
  /** Told what planning can't do without. */
  readonly bound?: Pick<RequestBound, 'note' | 'once'>;
  /** How many untagged artifacts the repository has, children included, where that is known. */
  readonly of?: number | undefined;
}

/**
 * Reads members of families. Children come by a list of digests, or of all that has no tag where that takes fewer
 * requests. Either proves what it shows and nothing else: what it does not show is read by its own address, as
 * accessories are, which no list shows (docs/harbor.md#what-lists-do-not-show).
 */
export async function readMembers(
  { client, place, bound, of: untagged = Infinity }: Reading,
  members: readonly Pick<Member, 'digest' | 'as'>[],
): Promise<ReadonlyMap<Digest, ArtifactNow>> {
  const found = new Map<Digest, ArtifactNow>();
  const children = members.flatMap(({ digest, as }) => (as === 'child' ? [digest] : []));
  if (untagged / pageSize < children.length / atOnce - 1) {
    for (const wire of await listedUntagged(client, place, new Set(children)))
      found.set(wire.digest, asThere(wire));
  }
  const unseen = children.filter((digest) => !found.has(digest));
  if (unseen.length > 1) {
    for (let start = 0; start < unseen.length; start += atOnce) {
      const some = unseen.slice(start, start + atOnce);
      for (const wire of await listed(client, place, some)) found.set(wire.digest, asThere(wire));
    }
  }
  if (children.length > 1) {
    const { project, repository } = place;
    bound?.note({ project, repository, what: 'members', rows: found.size });
  }
  const rest = members.filter(({ digest }) => !found.has(digest));
  await Promise.all(
    rest.map(async ({ digest }) => {
      bound?.once();
      found.set(digest, await readArtifact(client, place, digest));
    }),
  );
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

async function listedUntagged(
  client: HarborClient,
  place: Place,
  digests: ReadonlySet<Digest>,
): Promise<readonly WireArtifact[]> {
  const found: WireArtifact[] = [];
  for await (const page of keysetPages(client, {
    path: paths.artifacts(place.project, place.repository),
    column: 'id',
    field: 'id',
    terms: { base: '*', tags: 'nil' },
    flags: closeFlags,
    kind: 'children',
  })) {
    for (const { value } of page) {
      const row = wireArtifact.safeParse(value);
      if (row.success && digests.has(row.data.digest)) found.push(row.data);
    }
  }
  return found;
}
