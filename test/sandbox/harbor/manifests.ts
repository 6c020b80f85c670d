import { HarborError } from './errors.ts';
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  OCI_INDEX,
  OCI_MANIFEST,
  isIndexType,
} from './media-types.ts';
import type { Platform } from './rows.ts';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  readonly urls?: readonly string[];
}

/** A manifest or index as pushed. */
export interface Manifest {
  readonly mediaType: string;
  readonly artifactType: string | undefined;
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
  /** Of an index. */
  readonly children: readonly Descriptor[] | undefined;
  readonly subject: Descriptor | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

const known = new Set([OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST]);

const invalidManifest = (why: string): HarborError =>
  new HarborError(400, 'MANIFEST_INVALID', { message: `unmarshal manifest failed: ${why}` });

interface Written {
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** @throws HarborError 400 MANIFEST_INVALID */
export function parseManifest(contentType: string, body: Buffer): Manifest {
  const mediaType = contentType.split(';')[0]?.trim() ?? '';
  let written: Written;
  try {
    written = JSON.parse(body.toString('utf8')) as Written;
  } catch {
    throw invalidManifest('unexpected end of JSON input');
  }
  if (!known.has(mediaType)) throw invalidManifest('missing signature key');
  const isIndex = isIndexType(mediaType);
  return {
    mediaType,
    artifactType: written.artifactType,
    config: isIndex ? undefined : written.config,
    layers: written.layers ?? [],
    children: isIndex ? (written.manifests ?? []) : undefined,
    subject: written.subject,
    annotations: written.annotations,
  };
}

const cosignTypes = /^application\/vnd\.dev\.(cosign\.artifact\.sig\.|sigstore\.bundle\.)/;

/** What kind of accessory a manifest with a `subject` is (src/server/middleware/subject). */
export function accessoryType(manifest: Manifest): string {
  const type = manifest.artifactType ?? manifest.config?.mediaType ?? '';
  if (cosignTypes.test(type)) return 'signature.cosign';
  if (type === 'application/vnd.cncf.notary.signature') return 'signature.notation';
  if (type === 'application/vnd.goharbor.harbor.sbom.v1') return 'sbom.harbor';
  const bootstrap = manifest.layers.at(-1)?.annotations?.['containerd.io/snapshot/nydus-bootstrap'];
  return bootstrap === 'true' ? 'accelerator.nydus' : 'subject.accessory';
}

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';

/**
 * The subject that cosign's tag scheme names: `sha256-<hex>.sig` with a simple-signing layer
 * (docs/harbor.md#what-lists-do-not-show).
 */
export function signedByTag(tag: string, manifest: Manifest): string | undefined {
  const hex = /^sha256-([0-9a-f]{64})\.sig$/.exec(tag)?.[1];
  if (hex === undefined || manifest.layers[0]?.mediaType !== SIMPLE_SIGNING) return undefined;
  return `sha256:${hex}`;
}
