import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type KubernetesFaults, noFaults } from './faults.ts';
import type { StoredObject } from './objects.ts';
import { listPage, type Page } from './pages.ts';

export interface EmbeddedKubernetes {
  readonly url: string;
  readonly faults: KubernetesFaults;
  /** Addresses that were asked for, with their queries, in order. */
  readonly requests: readonly string[];
  /** What is in the cluster now; tests change it. */
  readonly objects: StoredObject[];
  close(): Promise<void>;
}

export interface KubernetesOptions {
  /** Undefined: everybody is let in. */
  readonly isSignedIn?: (token: string | undefined) => boolean;
  /** Certificate and key, for HTTPS. */
  readonly tls?: Pick<ServerOptions, 'cert' | 'key' | 'ca' | 'requestCert' | 'rejectUnauthorized'>;
  /** Called before each request is answered: another actor. */
  readonly meanwhile?: (path: string) => void;
  /** Lists that the server knows beside those of Kubernetes itself: `/apis/argoproj.io/v1alpha1/rollouts`. */
  readonly custom?: readonly string[];
}

const builtIn = [
  ...['pods', 'replicationcontrollers', 'podtemplates', 'secrets'].map((one) => `/api/v1/${one}`),
  ...['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'controllerrevisions'].map(
    (one) => `/apis/apps/v1/${one}`,
  ),
  ...['jobs', 'cronjobs'].map((one) => `/apis/batch/v1/${one}`),
];

/** Starts an API server with the part of Kubernetes that collecting needs. */
export async function startKubernetes(
  objects: readonly StoredObject[] = [],
  options: KubernetesOptions = {},
): Promise<EmbeddedKubernetes> {
  const faults = noFaults();
  const requests: string[] = [];
  const kept = [...objects];
  const lists = new Set([...builtIn, ...(options.custom ?? [])]);
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request.url ?? '');
    const url = new URL(request.url ?? '/', 'http://embedded');
    options.meanwhile?.(url.pathname);
    const token = request.headers.authorization?.replace('Bearer ', '');
    const isStranger = options.isSignedIn !== undefined && !options.isSignedIn(token);
    const answered = isStranger
      ? status(401, 'Unauthorized')
      : (faulty(faults, url) ?? route({ url, kept, lists, faults }));
    send(response, answered, faults);
  };
  const server =
    options.tls === undefined ? createServer(answer) : createSecureServer(options.tls, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    faults,
    requests,
    objects: kept,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

const status = (code: number, message: string, reason = ''): Answer => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code },
});

function faulty(faults: KubernetesFaults, { pathname, searchParams }: URL): Answer | undefined {
  if (faults.unauthorized > 0) {
    faults.unauthorized -= 1;
    return status(401, 'Unauthorized');
  }
  if (faults.throttled > 0) {
    faults.throttled -= 1;
    const tooMany = status(429, 'Too many requests, please try again later.');
    return { ...tooMany, headers: { 'retry-after': faults.retryAfter } };
  }
  if (faults.unavailable > 0) {
    faults.unavailable -= 1;
    return status(503, 'the server is currently unable to handle the request');
  }
  if ([...faults.forbidden].some((part) => pathname.includes(part))) {
    const message = `${pathname} is forbidden: User "collector" cannot list resource`;
    return status(403, message, 'Forbidden');
  }
  if (faults.expired > 0 && searchParams.has('continue')) {
    faults.expired -= 1;
    return status(
      410,
      'The provided continue parameter is too old to display a consistent list result.',
      'Expired',
    );
  }
  return undefined;
}

function route({
  url,
  kept,
  lists,
  faults,
}: {
  readonly url: URL;
  readonly kept: readonly StoredObject[];
  readonly lists: ReadonlySet<string>;
  readonly faults: KubernetesFaults;
}): Answer {
  const { pathname, searchParams } = url;
  if (pathname === '/version') return { status: 200, body: { major: '1', minor: '34' } };
  const [, group] = /^\/apis\/([^/]+)$/.exec(pathname) ?? [];
  if (group !== undefined) {
    const isKnown = [...lists].some((list) => list.startsWith(`/apis/${group}/`));
    return isKnown ? { status: 200, body: { kind: 'APIGroup', name: group } } : notFound;
  }
  const [, top, namespace, plural] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(pathname) ?? [];
  const list = `${top}/${plural}`;
  if (!lists.has(list)) return notFound;
  const found = kept.filter(
    (one) => one.list === list && (namespace === undefined || one.namespace === namespace),
  );
  const page: Page = {
    limit: Number(searchParams.get('limit') ?? 0),
    token: searchParams.get('continue') ?? undefined,
  };
  return { status: 200, body: listPage(found, page, faults) };
}

const notFound = status(404, 'the server could not find the requested resource', 'NotFound');

function send(
  response: ServerResponse,
  { status: code, headers, body }: Answer,
  faults: KubernetesFaults,
): void {
  const text = JSON.stringify(body);
  const isHalf = faults.half > 0 && code === 200;
  if (isHalf) faults.half -= 1;
  const sent = Buffer.from(isHalf ? text.slice(0, text.length / 2) : text);
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': String(sent.length),
    ...headers,
  });
  if (faults.cut > 0 && code === 200) {
    faults.cut -= 1;
    response.write(sent.subarray(0, sent.length / 2), () => response.destroy());
    return;
  }
  response.end(sent);
}
