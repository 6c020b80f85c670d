import { sha256Hex } from '../../domain/hash.ts';
import type { Place } from '../../domain/trash.ts';
import { RetentionError } from '../../errors.ts';
import type { Manifest } from '../../ports.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { paths } from './paths.ts';

/** All of them, or what is there is answered as unknown (docs/harbor.md#reading-manifests). */
const manifestTypes: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** The User-Agent of Harbor's replication, which Harbor does not count as a pull (docs/harbor.md#pull-times). */
const headers = { accept: manifestTypes.join(', '), 'user-agent': 'harbor-registry-client' };

/** The bytes of a manifest, or undefined if Harbor does not know it. @throws RetentionError harbor-… */
export async function readManifest(
  client: HarborClient,
  place: Place,
  digest: string,
): Promise<Manifest | undefined> {
  const path = paths.manifest(place.project, place.repository, digest);
  try {
    const { text, mediaType } = await client.getText(path, 'manifest', headers);
    if (`sha256:${sha256Hex(text)}` !== digest || !manifestTypes.includes(mediaType)) {
      throw HarborFailure.unexpected(path, `this is not the manifest that hashes to its digest.`);
    }
    return { text, mediaType };
  } catch (error) {
    if (!(error instanceof HarborFailure)) throw error;
    // NOT_FOUND is the database's word; the storage's MANIFEST_UNKNOWN is not "gone".
    if (error.status === 404 && error.harborCode === 'NOT_FOUND') return undefined;
    if (error.status !== 401) throw error;
    // Below /v2 a missing permission is 401, too (docs/harbor.md#access).
    throw new RetentionError('harbor-denied', error.message, {
      cause: error,
      remedy: `Grant the robot repository:pull and repository:push in ${place.project}.`,
    });
  }
}
