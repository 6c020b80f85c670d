import type { EmbeddedHarbor } from '../sandbox/harbor/index.ts';
import { digestOf } from '../sandbox/harbor/content.ts';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from '../sandbox/harbor/media-types.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

export interface Talk {
  /** Below `/api/v2.0`, or an absolute path that starts with `/v2` or `/service`. */
  (method: string, path: string, body?: unknown): Promise<Reply>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Speaks with a Harbor as somebody; without credentials as nobody. */
export function talkTo(
  harbor: EmbeddedHarbor,
  as?: { username: string; secret: string } | 'admin',
): Talk {
  const authorization =
    as === undefined
      ? undefined
      : as === 'admin'
        ? basic(harbor.admin.username, harbor.admin.password)
        : basic(as.username, as.secret);
  return async (method, path, body) => {
    const url = path.startsWith('/v2') || path.startsWith('/service') ? path : `/api/v2.0${path}`;
    const response = await fetch(`${harbor.url}${url}`, {
      method,
      headers: {
        Accept: `${OCI_MANIFEST}, ${OCI_INDEX}`,
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  };
}

/** The rows of a list. */
export const rowsOf = (reply: Reply): Record<string, unknown>[] =>
  reply.json as Record<string, unknown>[];

/** The code of the first error of an answer. */
export const codeOf = (reply: Reply): string | undefined =>
  (reply.json as { errors?: { code: string }[] } | undefined)?.errors?.[0]?.code;

interface Put {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

async function put(harbor: EmbeddedHarbor, { path, type, body }: Put): Promise<Response> {
  return fetch(`${harbor.url}${path}`, {
    method: 'PUT',
    headers: {
      Authorization: basic(harbor.admin.username, harbor.admin.password),
      'Content-Type': type,
    },
    body: new Uint8Array(body),
  });
}

export async function upload(
  harbor: EmbeddedHarbor,
  repository: string,
  text: string,
): Promise<string> {
  const digest = digestOf(text);
  const started = await fetch(`${harbor.url}/v2/${repository}/blobs/uploads/`, {
    method: 'POST',
    headers: { Authorization: basic(harbor.admin.username, harbor.admin.password) },
  });
  const location = new URL(started.headers.get('location') ?? '');
  const path = `${location.pathname}${location.search}&digest=${encodeURIComponent(digest)}`;
  const answer = await put(harbor, {
    path,
    type: 'application/octet-stream',
    body: Buffer.from(text),
  });
  if (answer.status !== 201)
    throw new Error(`upload to ${repository}: ${answer.status} ${await answer.text()}`);
  return digest;
}

export interface Image {
  readonly digest: string;
  readonly manifest: Buffer;
}

/** The bytes of an image made of those layers. */
export function imageOf(
  name: string,
  layers: readonly string[],
): Image & { readonly config: string } {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', name });
  const describe = (text: string, mediaType: string) => ({
    mediaType,
    digest: digestOf(text),
    size: text.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: describe(config, OCI_CONFIG),
      layers: layers.map((layer) => describe(layer, OCI_LAYER)),
    }),
  );
  return { digest: digestOf(manifest), manifest, config };
}

export const putManifest = async (
  harbor: EmbeddedHarbor,
  to: { readonly repository: string; readonly reference: string },
  manifest: Buffer,
): Promise<Response> =>
  put(harbor, {
    path: `/v2/${to.repository}/manifests/${to.reference}`,
    type: OCI_MANIFEST,
    body: manifest,
  });

/** Uploads an image's parts, so that only its manifest is missing. */
export async function uploadParts(
  harbor: EmbeddedHarbor,
  repository: string,
  image: { config: string; layers: readonly string[] },
): Promise<void> {
  for (const text of [image.config, ...image.layers]) await upload(harbor, repository, text);
}

/** Pushes an image for real, over HTTP. */
export async function pushImage(
  harbor: EmbeddedHarbor,
  to: { readonly repository: string; readonly tag: string },
  layers: readonly string[],
): Promise<Image> {
  const image = imageOf(`${to.repository}:${to.tag}`, layers);
  await uploadParts(harbor, to.repository, { config: image.config, layers });
  const answer = await putManifest(
    harbor,
    { repository: to.repository, reference: to.tag },
    image.manifest,
  );
  if (answer.status !== 201)
    throw new Error(`push to ${to.repository}: ${answer.status} ${await answer.text()}`);
  return image;
}
