import * as z from 'zod';
import type { Place } from '../../domain/trash.ts';
import type { BlobFact, ManifestBlobs } from '../../ports.ts';
import { RetentionError } from '../../errors.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { readManifest } from './manifest.ts';

const descriptor = z.object({
  digest: z.string().regex(/^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/),
  size: z.int().nonnegative(),
  mediaType: z.string().optional(),
  urls: z.array(z.string()).nullish(),
});

const descriptors = z
  .array(descriptor)
  .nullish()
  .transform((list) => list ?? []);

/** Images have config and layers, indexes manifests, early ORAS artifacts blobs. */
const wireManifest = z.object({
  config: descriptor.nullish(),
  layers: descriptors,
  manifests: descriptors,
  blobs: descriptors,
});

type Descriptor = z.output<typeof descriptor>;

/** More than any image has; such a manifest would crowd out thousands of others. */
const mostBlobs = 2_000;

/** Layers that lie elsewhere: Harbor neither stores nor counts them (docs/harbor.md#blobs). */
function isForeign({ mediaType = '', urls }: Descriptor): boolean {
  return (urls?.length ?? 0) > 0 || /\.foreign\.|\.nondistributable\./.test(mediaType);
}

/**
 * Which blobs an artifact is made of, itself first; read so that it is no pull (docs/harbor.md#reading-manifests).
 * @throws RetentionError harbor-unreachable, harbor-not-signed-in
 */
export async function readBlobs(
  client: HarborClient,
  place: Place,
  digest: string,
): Promise<ManifestBlobs> {
  try {
    const manifest = await readManifest(client, place, digest);
    return manifest === undefined ? { kind: 'gone' } : blobsIn(manifest.text, digest);
  } catch (error) {
    if (!(error instanceof RetentionError)) throw error;
    const { code, message: because } = error;
    if (code === 'harbor-denied') return { kind: 'denied', because };
    // A policy of the project, e.g. against vulnerable images (docs/harbor.md#reading-manifests).
    if (error instanceof HarborFailure && error.status === 412) return { kind: 'blocked', because };
    if (code === 'harbor-unexpected') return { kind: 'unusable', because };
    throw error;
  }
}

function blobsIn(text: string, digest: string): ManifestBlobs {
  const parsed = wireManifest.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: 'unusable', because: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
  }
  const { config, layers, manifests, blobs } = parsed.data;
  const parts = [...(config ? [config] : []), ...layers, ...blobs, ...manifests];
  if (parts.length > mostBlobs)
    return { kind: 'unusable', because: `it has ${parts.length} blobs` };
  const own: BlobFact = { digest, bytes: Buffer.byteLength(text) };
  const unique = new Map([[digest, own]]);
  for (const one of parts) {
    if (!isForeign(one)) unique.set(one.digest, { digest: one.digest, bytes: one.size });
  }
  return { kind: 'read', blobs: [...unique.values()] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
