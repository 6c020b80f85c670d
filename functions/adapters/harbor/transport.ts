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
  /** For the pace. */
  readonly kind: string;
}

/** One keep-alive agent for all requests; no cookies, or Harbor demands CSRF tokens (harbor.md T3). */
export function transport(
  connection: HarborConnection,
): (
  path: string,
  request?: WriteRequest,
  more?: Readonly<Record<string, string>>,
) => Promise<Response> {
  const base = checkedBase(connection.url);
  const options = { keepAlive: true, maxSockets: 16 };
  const ca = connection.certificateAuthority;
  const trusted = ca === undefined ? {} : { ca: [...tls.rootCertificates, ca] };
  const agent = base.startsWith('https:')
    ? new https.Agent({ ...options, ...trusted })
    : new http.Agent(options);
  const credential = Buffer.from(`${connection.username}:${connection.password}`).toString(
    'base64',
  );
  const headers = {
    accept: 'application/json',
    authorization: `Basic ${credential}`,
    'user-agent': 'harbor-retention',
    // An all-digits project name would be taken for an id (harbor.md T34).
    'x-is-resource-name': 'true',
  };
  const timeoutMs = connection.timeoutMs ?? 60_000;
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
      signal: AbortSignal.timeout(timeoutMs),
    });
}

export function answerBytesOf({ answerBytes }: HarborConnection): number {
  return answerBytes ?? bounds.answerBytes;
}

function bodyOf({ body, contentType }: WriteRequest): string {
  return contentType === undefined ? JSON.stringify(body) : String(body);
}
