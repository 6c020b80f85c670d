import type { IncomingMessage } from 'node:http';
import type { Identity } from './identity.ts';
import type { ListQuery } from './query.ts';
import type { Listed } from './listing.ts';
import { badRequest } from './errors.ts';
import type { Services } from './services.ts';

/** A request on its way through the emulator. */
export interface Exchange {
  readonly services: Services;
  readonly method: string;
  /** As sent, with the query. */
  readonly url: string;
  /** As sent, without the query. */
  readonly rawPath: string;
  readonly params: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly identity: Identity;
  /** What the route's placeholders stood for, decoded. */
  readonly path: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; with neither this nor `text` nor `bytes` the body is empty. */
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Buffer;
  /** No session cookie with this one. */
  readonly sessionless?: boolean;
}

export type Handler = (exchange: Exchange) => Answer | Promise<Answer>;

export const ok = (json: unknown): Answer => ({ status: 200, json });
export const done = (): Answer => ({ status: 200 });
/** Nothing, called JSON. */
export const emptyJson = (): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
});
export const created = (location: string, json?: unknown): Answer => ({
  status: 201,
  headers: { Location: location },
  ...(json === undefined ? {} : { json }),
});

/** @throws HarborError 400 when the body is no JSON object */
export function bodyOf(exchange: Exchange): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(exchange.body.toString('utf8') || '{}');
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Falls through to the refusal.
  }
  throw badRequest('the request body is not a JSON object');
}

/** Go's `ParseBool`, and false for everything else (docs/harbor.md#json). */
export function flag(params: URLSearchParams, name: string, fallback = false): boolean {
  const value = params.get(name);
  if (value === null) return fallback;
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value);
}

function linkTo(exchange: Exchange, page: number, pageSize: number): string {
  const entries = new Map<string, string>();
  for (const [key, value] of exchange.params) if (!entries.has(key)) entries.set(key, value);
  entries.set('page', String(page));
  entries.set('page_size', String(pageSize));
  const query = [...entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
  // Relative and not encoded, as Harbor sends it (T12).
  return `<${exchange.rawPath}?${query}>`;
}

/** A list's answer with `X-Total-Count` and `Link`. */
export function listAnswer<Row>(
  exchange: Exchange,
  query: ListQuery,
  listed: { readonly page: Listed<Row>; readonly render: (row: Row) => unknown },
): Answer {
  const { page, pageSize } = query;
  const { total } = listed.page;
  const links: string[] = [];
  if (pageSize !== 0 && page > 1 && (page - 1) * pageSize < total)
    links.push(`${linkTo(exchange, page - 1, pageSize)}; rel="prev"`);
  if (pageSize !== 0 && page * pageSize < total)
    links.push(`${linkTo(exchange, page + 1, pageSize)}; rel="next"`);
  return {
    status: 200,
    headers: {
      'X-Total-Count': String(total),
      ...(links.length > 0 ? { Link: links.join(' , ') } : {}),
    },
    json: listed.page.rows.map((row) => listed.render(row)),
  };
}
