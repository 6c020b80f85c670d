import { createHash, randomUUID } from 'node:crypto';

const oci = {
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

/** An administrator's way into a Harbor, embedded or real. */
export interface Access {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
  readonly headers: Headers;
}

/** A manifest that was pushed. */
export interface Pushed {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly body: string;
}

export interface ImageSpec {
  /** `project/repository`. */
  readonly into: string;
  /** Without: pushed by digest, untagged. */
  readonly tag?: string;
  /** What tells it from others; equal names are equal digests. */
  readonly name: string;
  readonly subject?: Pushed;
}

/** Makes things in a Harbor by HTTP alone, as docker and cosign would, and takes away what it made. */
export interface Pusher {
  /** An address below `/api/v2.0`, or one that begins with `/v2`. */
  request(method: string, path: string, body?: unknown): Promise<Reply>;
  /** A private project with a name that nobody else has. */
  project(purpose: string): Promise<{ readonly name: string; readonly id: number }>;
  image(spec: ImageSpec): Promise<Pushed>;
  index(spec: ImageSpec, children: readonly Pushed[]): Promise<Pushed>;
  label(name: string, projectId: number): Promise<number>;
  /** Reads a manifest by its digest as a container runtime does; Harbor counts it as a pull. */
  pull(into: string, pushed: Pushed): Promise<void>;
  /** Removes every project it made, with all that is in it. @throws Error naming what could not be removed */
  cleanUp(): Promise<void>;
}

/** @throws Error, on every method, with what Harbor answered instead of what was expected */
export function harborPusher(access: Access): Pusher {
  const request = requester(access);
  const projects: string[] = [];
  const push = pushing(request);
  return {
    request,
    project: async (purpose) => {
      const name = `contract-${purpose}-${randomUUID().slice(0, 8)}`;
      await expected(
        request('POST', '/projects', { project_name: name, metadata: { public: 'false' } }),
        201,
      );
      projects.push(name);
      const { json } = await expected(request('GET', `/projects/${name}`), 200);
      return { name, id: (json as { project_id: number }).project_id };
    },
    image: push.image,
    index: push.index,
    label: async (name, projectId) => {
      const body = { name, scope: 'p', project_id: projectId, color: '#0065AB' };
      const { headers } = await expected(request('POST', '/labels', body), 201);
      return Number(headers.get('location')?.split('/').at(-1));
    },
    pull: async (into, { digest, mediaType }) => {
      const basic = Buffer.from(`${access.username}:${access.password}`).toString('base64');
      const headers = { authorization: `Basic ${basic}`, accept: mediaType };
      const path = `${access.url.replace(/\/+$/, '')}/v2/${into}/manifests/${digest}`;
      const { status } = await fetch(path, { headers });
      if (status !== 200) throw new Error(`GET ${path}: ${status} instead of 200`);
    },
    cleanUp: async () => {
      const left: string[] = [];
      for (const name of projects.splice(0)) {
        try {
          await removeProject(request, name);
        } catch (error) {
          left.push(`${name}: ${String(error)}`);
        }
      }
      if (left.length > 0) throw new Error(`left behind in ${access.url}: ${left.join('; ')}`);
    },
  };
}

type Request = Pusher['request'];

/** Bytes of a kind of their own; every other body goes as JSON. */
interface RawBody {
  readonly raw: string;
  readonly contentType: string;
}

const isRaw = (body: unknown): body is RawBody =>
  typeof body === 'object' && body !== null && 'raw' in body;

function requester({ url, username, password }: Access): Request {
  const base = url.replace(/\/+$/, '');
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const headers = { authorization, accept: 'application/json', 'x-is-resource-name': 'true' };
  return async (method, path, body) => {
    const below = path.startsWith('/v2') ? path : `/api/v2.0${path}`;
    const sent = isRaw(body)
      ? { body: body.raw, headers: { ...headers, 'content-type': body.contentType } }
      : body === undefined
        ? { headers }
        : {
            body: JSON.stringify(body),
            headers: { ...headers, 'content-type': 'application/json' },
          };
    const target = path.startsWith('http') ? path : base + below;
    const response = await fetch(target, { method, redirect: 'manual', ...sent });
    const text = await response.text();
    return { status: response.status, text, headers: response.headers, json: parsed(text) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function expected(reply: Promise<Reply>, status: number): Promise<Reply> {
  const got = await reply;
  if (got.status === status) return got;
  throw new Error(
    `${status} was expected, Harbor answered ${got.status}: ${got.text.slice(0, 300)}`,
  );
}

const digestOf = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

function pushing(request: Request): Pick<Pusher, 'image' | 'index'> {
  /** By repository and digest: what is there need not be sent again. */
  const uploaded = new Set<string>();
  const upload = async (into: string, text: string): Promise<string> => {
    const digest = digestOf(text);
    if (uploaded.has(`${into}@${digest}`)) return digest;
    const { headers } = await expected(request('POST', `/v2/${into}/blobs/uploads/`), 202);
    const location = headers.get('location') ?? '';
    const mark = location.includes('?') ? '&' : '?';
    const to = `${location}${mark}digest=${encodeURIComponent(digest)}`;
    await expected(request('PUT', to, { raw: text, contentType: 'application/octet-stream' }), 201);
    uploaded.add(`${into}@${digest}`);
    return digest;
  };
  const put = async (
    spec: ImageSpec,
    manifest: Readonly<Record<string, unknown>>,
    mediaType: string,
  ): Promise<Pushed> => {
    const subject = spec.subject === undefined ? {} : { subject: descriptorOf(spec.subject) };
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      ...manifest,
      ...subject,
      annotations: { name: spec.name },
    });
    const digest = digestOf(body);
    const path = `/v2/${spec.into}/manifests/${spec.tag ?? digest}`;
    await expected(request('PUT', path, { raw: body, contentType: mediaType }), 201);
    return { digest, mediaType, size: body.length, body };
  };
  return {
    image: async (spec) => {
      const parts = [
        [
          spec.subject === undefined ? oci.config : oci.empty,
          '{"architecture":"amd64","os":"linux"}',
        ],
        [oci.layer, 'a layer that all of them share'],
      ] as const;
      const descriptors: unknown[] = [];
      for (const [mediaType, text] of parts) {
        descriptors.push({ mediaType, digest: await upload(spec.into, text), size: text.length });
      }
      const [config, layer] = descriptors;
      return await put(spec, { config, layers: [layer] }, oci.manifest);
    },
    index: async (spec, children) => {
      const platforms = ['amd64', 'arm64', 's390x'];
      const manifests = children.map((child, index) => ({
        ...descriptorOf(child),
        platform: { architecture: platforms[index % platforms.length], os: 'linux' },
      }));
      return await put(spec, { manifests }, oci.index);
    },
  };
}

const descriptorOf = ({ digest, mediaType, size }: Pushed) => ({ digest, mediaType, size });

/** Rules first, or they would hold the tags; then what is in it; then itself. */
async function removeProject(request: Request, name: string): Promise<void> {
  const rules = await expected(
    request('GET', `/projects/${name}/immutabletagrules?page_size=100`),
    200,
  );
  for (const { id } of rules.json as { id: number }[]) {
    await expected(request('DELETE', `/projects/${name}/immutabletagrules/${id}`), 200);
  }
  for (;;) {
    const list = await expected(
      request('GET', `/projects/${name}/repositories?page_size=100`),
      200,
    );
    const repositories = list.json as { name: string }[];
    if (repositories.length === 0) break;
    for (const repository of repositories) {
      const own = encodeURIComponent(encodeURIComponent(repository.name.slice(name.length + 1)));
      await expected(request('DELETE', `/projects/${name}/repositories/${own}`), 200);
    }
  }
  await expected(request('DELETE', `/projects/${name}`), 200);
}
