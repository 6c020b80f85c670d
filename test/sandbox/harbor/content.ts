import { createHash } from 'node:crypto';
import {
  COSIGN_SIGNATURE,
  HARBOR_SBOM,
  HELM_CONFIG,
  NOTATION_SIGNATURE,
  OCI_EMPTY,
  OCI_LAYER,
  isIndexType,
} from './media-types.ts';
import type { ArtifactRow } from './rows.ts';

export const digestOf = (bytes: Buffer | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

interface Part {
  readonly digest: string;
  readonly size: number;
  readonly content: Buffer;
  readonly mediaType: string;
}

/** An image that the seeder imagined, as bytes: always the same for the same row. */
export interface ImaginedContent {
  readonly manifest: Buffer;
  readonly config: Part | undefined;
  readonly layers: readonly Part[];
}

/** Rows whose content is still to be imagined: all of it follows from these. */
export type Imaginable = Pick<
  ArtifactRow,
  | 'id'
  | 'manifestMediaType'
  | 'mediaType'
  | 'artifactType'
  | 'annotations'
  | 'extraAttrs'
  | 'references'
  | 'size'
> & { readonly repository: { readonly name: string }; readonly subjectDigest: string | undefined };

const part = (text: string, mediaType: string, size?: number): Part => {
  const content = Buffer.from(text);
  return { digest: digestOf(content), size: size ?? content.length, content, mediaType };
};

function indexManifest(row: Imaginable): Buffer {
  const manifests = (row.references ?? []).map((reference) => ({
    mediaType: reference.child.manifestMediaType,
    digest: reference.child.digest,
    size: reference.child.size,
    ...(reference.platform === undefined ? {} : { platform: reference.platform }),
    ...(reference.annotations === undefined ? {} : { annotations: reference.annotations }),
  }));
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: row.manifestMediaType,
      manifests,
      annotations: { 'example.seed': `${row.repository.name}#${row.id}`, ...row.annotations },
    }),
  );
}

const withoutConfig = new Set([COSIGN_SIGNATURE, NOTATION_SIGNATURE, HARBOR_SBOM]);

function configText(row: Imaginable): string {
  if (row.mediaType === OCI_EMPTY || withoutConfig.has(row.mediaType)) return '{}';
  if (row.mediaType === HELM_CONFIG) return JSON.stringify(row.extraAttrs ?? {});
  return JSON.stringify({
    ...row.extraAttrs,
    rootfs: { type: 'layers', diff_ids: [] },
    seed: row.id,
  });
}

/** What the row of a seeded artifact would look like in storage. */
export function imagine(row: Imaginable): ImaginedContent {
  if (isIndexType(row.manifestMediaType))
    return { manifest: indexManifest(row), config: undefined, layers: [] };
  const config = part(configText(row), row.mediaType);
  const layer = part(
    `layer of ${row.repository.name}#${row.id}\n`,
    OCI_LAYER,
    Math.max(row.size - 1024, 1),
  );
  const describe = (one: Part): unknown => ({
    mediaType: one.mediaType,
    digest: one.digest,
    size: one.size,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: row.manifestMediaType,
      ...(row.artifactType === '' || row.artifactType === row.mediaType
        ? {}
        : { artifactType: row.artifactType }),
      config: describe(config),
      layers: [describe(layer)],
      ...(row.subjectDigest === undefined
        ? {}
        : { subject: { mediaType: row.manifestMediaType, digest: row.subjectDigest, size: 0 } }),
      ...(row.annotations === undefined ? {} : { annotations: row.annotations }),
    }),
  );
  return { manifest, config, layers: [layer] };
}
