import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import fetch, { type Response } from 'node-fetch';
import { bounds } from '../../domain/bounds.ts';
import { checkedBase, type HarborConnection } from './connection.ts';

export interface WriteRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Sent as JSON, or as it is with a media type of its own. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** What the pace needs to know of the request. */
  readonly kind: string;
}

/** One keep-alive agent for all requests; no cookies, or Harbor demands CSRF tokens (docs/harbor.md#t3-cookies). */
export function transport(
  connection: HarborConnection,
): (
  path: string,
  request?: WriteRequest,
  more?: Readonly<Record<string, string>>,
) => Promise<Response> {
  const base = checkedBase(connection.url);
  const agent = agentFor(base, connection);
  const credential = Buffer.from(`${connection.username}:${connection.password}`).toString(
    'base64',
  );
  const headers = {
    accept: 'application/json',
    authorization: `Basic ${credential}`,
    'user-agent': 'harbor-retention',
    ...connection.headers,
    // An all-digits project name would be taken for an id (docs/harbor.md#t34-names-of-digits).
    'x-is-resource-name': 'true',
  };
  const timeoutMs = connection.timeoutMs ?? 60_000;
  const deadline = connection.deadline ?? ((ms) => AbortSignal.timeout(ms));
  return (path, request, more) =>
    fetch(base + path, {
      agent,
      method: request?.method ?? 'GET',
      headers:
        request?.body === undefined
          ? { ...headers, ...more }
          : { ...headers, 'content-type': request.contentType ?? 'application/json' },
      ...(request?.body === undefined ? {} : { body: bodyOf(request) }),
      redirect: 'manual',
      // Counted as the body streams in, decompressed; reading ends there.
      size: answerBytesOf(connection),
      signal: deadline(timeoutMs, path),
    });
}

export function answerBytesOf({ answerBytes }: HarborConnection): number {
  return answerBytes ?? bounds.answerBytes;
}

/** Node's own agent, which knows proxies by the variables that everybody uses (Node 24.5 and later). */
function agentFor(base: string, connection: HarborConnection): http.Agent {
  const { certificateAuthority: ca, clientCertificate: client, tlsServerName, proxy } = connection;
  const options = {
    keepAlive: true,
    maxSockets: 16,
    ...(proxy === undefined ? {} : { proxyEnv: { ...proxy } }),
  };
  if (!base.startsWith('https:')) return new http.Agent(options);
  return new https.Agent({
    ...options,
    ...(ca === undefined ? {} : { ca: [...tls.rootCertificates, ca] }),
    ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
  });
}

function bodyOf({ body, contentType }: WriteRequest): string {
  return contentType === undefined ? JSON.stringify(body) : String(body);
}
