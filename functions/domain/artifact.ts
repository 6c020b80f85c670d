import type { Instant, Known } from './instant.ts';

/** `sha256:` and 64 hex digits. */
export type Digest = string;

/**
 * A tag as the listing shows it. Its pull time may speak of the digest it pointed to before
 * (docs/harbor.md#t15-moved-tags).
 */
export interface Tag {
  readonly name: string;
  readonly pushedAt: Known<Instant>;
  readonly pulledAt: Known<Instant>;
}

/** An artifact that Harbor has linked to a subject (signature, SBOM, …): deleted by Harbor together with it. */
export interface Accessory {
  readonly digest: Digest;
  /** Harbor's word: `signature.cosign`, `sbom.harbor`, `subject.accessory`, … */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

/** One manifest in one repository, with the facts that judging needs (docs/harbor.md#fields). */
export interface Artifact {
  /** Harbor's row: a digest that was deleted and pushed again has a new one. */
  readonly id: number;
  readonly digest: Digest;
  /** Harbor's artifact type: IMAGE, CHART, … */
  readonly type: string;
  /** Media type of the manifest; it distinguishes an index from an image. */
  readonly mediaType: string;
  /**
   * What Harbor calls media type: that of the config, of an index its own or the one it declares. Absent: not known.
   */
  readonly configType?: string;
  /** OCI's artifact type as Harbor shows it from 2.12 on, '' for none. Absent: not known. */
  readonly artifactType?: string;
  /** Bytes of manifest, config and compressed layers; of an index with its children. Shared layers count each time. */
  readonly size: number;
  readonly pushedAt: Known<Instant>;
  readonly pulledAt: Known<Instant>;
  /**
   * Where a rule speaks of untagged artifacts, empty only if confirmed by a second read
   * (docs/harbor.md#t9-empty-tag-lists, T48); an unconfirmed empty list is then 'unknown'.
   */
  readonly tags: Known<readonly Tag[]>;
  readonly labels: Known<readonly string[]>;
  /** Direct children of an index, tagged or not, listed or not; empty for what is no index. */
  readonly children: readonly Digest[];
  readonly accessories: Known<readonly Accessory[]>;
}

/** The types that Harbor gives by itself; it makes others of the names of config media types. */
export const harborTypes = ['IMAGE', 'CHART', 'CNAB', 'WASM', 'SBOM', 'CNAI', 'UNKNOWN'] as const;

const indexMediaTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/** Whether a manifest of this media type lists other manifests. */
export function isIndexMediaType(mediaType: string): boolean {
  return indexMediaTypes.has(mediaType);
}
