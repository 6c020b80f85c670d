import type { Place } from '../../domain/trash.ts';
import type { ArtifactNow } from '../../ports.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { paths, query } from './paths.ts';
import { toArtifact, type WireArtifact, wireArtifact } from './wire.ts';

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
 * One artifact by its digest. Harbor says of a missing repository and of a missing project what it says of a missing
 * artifact (docs/harbor.md#missing-by-digest): in each case it is gone.
 */
export async function readArtifact(
  client: HarborClient,
  place: Place,
  digest: string,
): Promise<ArtifactNow> {
  const path = paths.artifact(place.project, place.repository, digest) + query(closeFlags);
  const body = await orMissing(client, path);
  if (body === undefined) return { kind: 'gone' };
  return asThere(checked(wireArtifact, { id: 0, value: body }, path));
}

/** The body of a 200, or undefined for a 404 in which Harbor names the object; a missing route throws. */
export async function orMissing(client: HarborClient, path: string): Promise<unknown> {
  try {
    return (await client.get(path, 'artifact')).body;
  } catch (error) {
    const isMissing =
      error instanceof HarborFailure &&
      error.status === 404 &&
      error.harborCode === 'NOT_FOUND' &&
      !error.isMissingRoute;
    if (isMissing) return undefined;
    throw error;
  }
}
