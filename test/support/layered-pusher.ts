import { createHash } from 'node:crypto';
import type { EmbeddedHarbor } from '../sandbox/harbor/index.ts';
import { harborPusher, type Pusher } from './harbor-pusher.ts';

export interface LayeredImage {
  /** `project/repository`. */
  readonly into: string;
  readonly tag?: string;
  /** Their content; equal texts are equal blobs. */
  readonly layers: readonly string[];
  /** Content of the config; the layers tell two images apart by themselves. */
  readonly config?: string;
  readonly subject?: PushedManifest;
  /** Layers that lie elsewhere, and their size. */
  readonly foreign?: readonly number[];
}

export interface PushedManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
}

/** Pushes images made of layers that a test chooses. */
export interface LayeredPusher extends Pick<Pusher, 'request'> {
  image(image: LayeredImage): Promise<PushedManifest>;
  index(
    into: { readonly into: string; readonly tag: string },
    children: readonly PushedManifest[],
  ): Promise<PushedManifest>;
}

const digestOf = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar';

/** @throws Error for every answer but the expected one */
export function layeredPusher(harbor: EmbeddedHarbor): LayeredPusher {
  const pusher = harborPusher({ url: harbor.url, ...harbor.admin });
  const request: Pusher['request'] = (method, path, body) => pusher.request(method, path, body);
  const sent = async (
    method: string,
    path: string,
    body?: { raw: string; contentType: string },
  ): Promise<Headers> => {
    const reply = await request(method, path, body);
    if (reply.status < 300) return reply.headers;
    throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
  };
  const upload = async (into: string, text: string, mediaType: string) => {
    const headers = await sent('POST', `/v2/${into}/blobs/uploads/`);
    const location = headers.get('location') ?? '';
    const mark = location.includes('?') ? '&' : '?';
    const digest = digestOf(text);
    await sent('PUT', `${location}${mark}digest=${encodeURIComponent(digest)}`, {
      raw: text,
      contentType: 'application/octet-stream',
    });
    return { mediaType, digest, size: Buffer.byteLength(text) };
  };
  const put = async (
    { into, tag }: { readonly into: string; readonly tag?: string | undefined },
    manifest: object,
    mediaType: string,
  ): Promise<PushedManifest> => {
    const raw = JSON.stringify({ schemaVersion: 2, mediaType, ...manifest });
    const digest = digestOf(raw);
    await sent('PUT', `/v2/${into}/manifests/${tag ?? digest}`, { raw, contentType: mediaType });
    return { digest, mediaType, size: raw.length };
  };
  return {
    request,
    image: async ({ into, tag, layers, config = '{}', subject, foreign = [] }) => {
      const stored = [];
      for (const text of layers) stored.push(await upload(into, text, layerType));
      const elsewhere = foreign.map((size, number) => ({
        mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
        digest: digestOf(`foreign ${number}`),
        size,
        urls: ['https://elsewhere.example/layer'],
      }));
      const type = 'application/vnd.oci.image.config.v1+json';
      const manifest = {
        config: await upload(into, config, type),
        layers: [...elsewhere, ...stored],
        ...(subject === undefined ? {} : { subject }),
      };
      return await put({ into, tag }, manifest, manifestType);
    },
    index: (into, children) => put(into, { manifests: children }, indexType),
  };
}
