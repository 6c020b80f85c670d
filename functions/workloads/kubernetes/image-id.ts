import { isDigest } from '../../domain/image-list.ts';
import type { SeenImage } from '../image-use.ts';

/**
 * What the `imageID` of a container's status says of its manifest. Runtimes write `host/x@sha256:…` or
 * `docker-pullable://host/x@sha256:…` where they know it. A digest by itself is that of the image's config, which no
 * registry is asked for (docs/workloads.md#digests-of-nodes).
 */
export function manifestOf(imageId: string): SeenImage['digest'] {
  const [, digest] = /@(sha256:[0-9a-f]{64})$/.exec(imageId) ?? [];
  return isDigest(digest) ? digest : 'unknown';
}
