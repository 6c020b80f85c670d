import { forbidden } from './errors.ts';
import type { Incoming } from './server.ts';

/**
 * Harbor's session and CSRF cookies (docs/harbor.md#t3-cookies): whoever sends `sid` back has to send a token with
 * writes.
 */
export interface CookieAnswer {
  readonly setCookie: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

const SESSION = 'sid';
const CSRF = '_gorilla_csrf';
const TOKEN_HEADER = 'X-Harbor-CSRF-Token';
const token = 'csrf-token-of-the-embedded-harbor';

function cookiesOf(incoming: Incoming): ReadonlyMap<string, string> {
  const pairs = (incoming.headers.cookie ?? '').split(/;\s*/).map((pair) => pair.split('=', 2));
  return new Map(pairs.map(([name = '', value = '']) => [name, value]));
}

/** What an answer carries besides its own headers. */
export function cookieAnswer(incoming: Incoming): CookieAnswer {
  const cookies = cookiesOf(incoming);
  if (!cookies.has(SESSION))
    return { setCookie: [`${SESSION}=session; Path=/; HttpOnly`], headers: {} };
  const headers = { [TOKEN_HEADER]: token };
  return cookies.has(CSRF)
    ? { setCookie: [], headers }
    : { setCookie: [`${CSRF}=${token}; Path=/; HttpOnly`], headers };
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** @throws HarborError 403 for a write with a session and without its token (T3) */
export function checkCsrf(incoming: Incoming): void {
  const cookies = cookiesOf(incoming);
  if (!cookies.has(SESSION) || safe.has(incoming.method)) return;
  const sent = incoming.headers[TOKEN_HEADER.toLowerCase()];
  if (sent === undefined) throw forbidden('CSRF token not found in request');
  if (sent !== token || cookies.get(CSRF) !== token) throw forbidden('CSRF token invalid');
}
