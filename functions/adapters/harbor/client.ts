import { FetchError, type Response } from 'node-fetch';
import pRetry from 'p-retry';
import { longestTurnMs } from '../../domain/write-time.ts';
import type { Clock } from '../../ports.ts';
import { newSecretMask } from '../secret-mask.ts';
import type { HarborConnection } from './connection.ts';
import { failureOf, HarborFailure } from './failure.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { answerBytesOf, transport, type WriteRequest } from './transport.ts';

export type { HarborConnection } from './connection.ts';
export type { WriteRequest } from './transport.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** X-Total-Count, where the answer has a credible one. */
  readonly total: number | undefined;
  readonly requestId: string | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
  /** It bears what Harbor puts on its answers: the id of the request, or its session (docs/harbor.md#headers). */
  readonly isMarked: boolean;
}

export interface HarborClient {
  /**
   * Reads, and reads again after time-outs, cut connections, 429 and 5xx. `kind` groups requests of equal cost;
   * `hurry`: whoever asks has a smaller question, so that one that is answered too late is asked only twice.
   * @throws HarborFailure for every answer but 200, for bodies that are not JSON, and for those beyond the bound
   */
  get(path: string, kind: string, hurry?: boolean): Promise<Answer>;
  /** The body as it came, with its media type; read again like `get`. @throws HarborFailure for every answer but 200 */
  getText(
    path: string,
    kind: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly text: string; readonly mediaType: string }>;
  /**
   * Sends a change, once: only a look shows whether it may be repeated (docs/harbor.md#t36-lost-answers). Every
   * answer comes back. What has waited too long for its turn is not sent: whoever made sure of the lease before it
   * made sure for so long.
   * @throws HarborFailure if none came
   */
  send(request: WriteRequest): Promise<RawAnswer>;
  /** Whether anything answers, whatever it says; asked once. */
  answers(path: string): Promise<boolean>;
  sent(): { readonly sent: number; readonly retried: number; readonly waitedMs: number };
}

const longestPauseMs = 30_000;

/** A page for people: whoever wrote it, it was not Harbor's API. */
function isPage(text: string): boolean {
  return /^\s*</.test(text.slice(0, 100));
}

async function readAnswer(path: string, response: Response): Promise<Answer> {
  const text = await response.text();
  if (response.status !== 200 || isPage(text)) throw failureOf({ path, response, text });
  return {
    status: response.status,
    body: parsed(text, path),
    total: totalCount(response.headers.get('x-total-count')),
    requestId: response.headers.get('x-request-id') ?? undefined,
  };
}

/** Byte for byte, as far as it is UTF-8. */
async function readText(
  path: string,
  response: Response,
): Promise<{ readonly text: string; readonly mediaType: string }> {
  const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
  if (response.status !== 200) throw failureOf({ path, response, text });
  const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  return { text, mediaType: mediaType.trim() };
}

interface Attempt<T> {
  readonly path: string;
  readonly kind: string;
  readonly hurry?: boolean;
  readonly request?: WriteRequest;
  readonly headers?: Readonly<Record<string, string>>;
  readonly read: (response: Response) => Promise<T>;
}

/** Sends one request and notes how it went. @throws HarborFailure */
function attempts(connection: HarborConnection, limiter: RateLimiter, clock: Clock) {
  const send = transport(connection);
  const mask = newSecretMask();
  mask.add(connection.password);
  mask.add(`${connection.username}:${connection.password}`);
  const counts = { sent: 0, retried: 0, waitedMs: 0, hasAnswered: false };
  const underWay = new Set<{ readonly kind: string; readonly startedAt: number }>();
  const attempt = async <T>({ path, kind, request, headers, read }: Attempt<T>): Promise<T> => {
    const startedAt = clock.now();
    const own = { kind, startedAt };
    underWay.add(own);
    counts.sent += 1;
    let struggled = true;
    let status = 0;
    try {
      const response = await send(path, request, headers);
      counts.hasAnswered = true;
      ({ status } = response);
      const answer = await read(response);
      struggled = isStruggling(response.status);
      return answer;
    } catch (thrown) {
      const error =
        thrown instanceof HarborFailure
          ? thrown
          : isBeyondBound(thrown)
            ? HarborFailure.tooLarge(path, answerBytesOf(connection))
            : HarborFailure.unreachable(path, thrown, request?.method);
      // Harbor, or a proxy before it, may repeat what it was sent; the text goes into facts, records and reports.
      error.message = mask.hide(error.message);
      struggled = error.worthRetrying;
      if (error.retryAfterMs > 0) limiter.hold(Math.min(error.retryAfterMs, longestPauseMs));
      throw error;
    } finally {
      const now = clock.now();
      const tookMs = now - startedAt;
      counts.waitedMs += tookMs;
      underWay.delete(own);
      const others = [...underWay].filter((one) => one.kind === kind);
      const waitingMs = others.map((one) => now - one.startedAt);
      limiter.note({ kind, tookMs, struggled, waitingMs });
      connection.onRequest?.({ method: request?.method ?? 'GET', path, status, tookMs });
    }
  };
  return { attempt, counts, hide: (text: string) => mask.hide(text) };
}

/** As node-fetch says it of its option `size`. */
function isBeyondBound(thrown: unknown): boolean {
  return thrown instanceof FetchError && thrown.type === 'max-size';
}

function isStruggling(status: number): boolean {
  return status === 429 || status >= 500;
}

async function rawAnswer(response: Response, hide: (text: string) => string): Promise<RawAnswer> {
  const text = hide(await response.text());
  const location = response.headers.get('location') ?? undefined;
  const isMarked =
    response.headers.has('x-request-id') ||
    /(^|[\s,])sid=/.test(response.headers.get('set-cookie') ?? '');
  return { status: response.status, text, location, isMarked };
}

/** A client for one Harbor. @throws RetentionError harbor-unreachable for an address of the wrong form */
export function harborClient(
  connection: HarborConnection,
  limiter: RateLimiter,
  clock: Clock,
): HarborClient {
  const { attempt, counts, hide } = attempts(connection, limiter, clock);
  const isWorthwhile = ({ error, attemptNumber }: { error: Error; attemptNumber: number }) =>
    error instanceof HarborFailure &&
    error.worthRetrying &&
    (counts.hasAnswered || attemptNumber < 2 || !isWrongAddress(error));
  const patiently = <T>(once: Attempt<T>): Promise<T> =>
    pRetry(
      (number) => {
        if (number > 1) counts.retried += 1;
        return limiter.run(() => attempt(once));
      },
      {
        retries: connection.retries ?? 5,
        minTimeout: connection.firstPauseMs ?? 500,
        maxTimeout: longestPauseMs,
        randomize: true,
        shouldRetry: (tried) =>
          isWorthwhile(tried) && !(once.hurry === true && isAskedEnough(tried)),
      },
    );
  const raw = (response: Response): Promise<RawAnswer> => rawAnswer(response, hide);
  return {
    get: (path, kind, hurry = false) => {
      const read = (response: Response): Promise<Answer> => readAnswer(path, response);
      return patiently({ path, kind, hurry, read });
    },
    getText: (path, kind, headers) => {
      const read = (response: Response): ReturnType<typeof readText> => readText(path, response);
      return patiently({ path, kind, headers, read });
    },
    send: (request) => {
      const { path, kind } = request;
      const calledAt = clock.now();
      return limiter.run(() =>
        // Either way: after a sleep, or where the clock was set, nobody knows how long it was.
        Math.abs(clock.now() - calledAt) > longestTurnMs
          ? Promise.reject(HarborFailure.notSent(path, request.method))
          : attempt({ path, kind, request, read: raw }),
      );
    },
    answers: (path) => isAnswered(limiter.run(() => attempt({ path, kind: 'small', read: raw }))),
    sent: () => ({ sent: counts.sent, retried: counts.retried, waitedMs: counts.waitedMs }),
  };
}

function isAnswered(answer: Promise<unknown>): Promise<boolean> {
  return answer.then(
    () => true,
    (error: unknown) => !(error instanceof HarborFailure && error.status === 0),
  );
}

function isAskedEnough(tried: { readonly error: Error; readonly attemptNumber: number }): boolean {
  const { error, attemptNumber } = tried;
  return error instanceof HarborFailure && error.isTooSlow && attemptNumber >= 2;
}

/** Nobody is there: before the first answer a wrong address is likelier than a pause of Harbor's. */
function isWrongAddress({ cause }: HarborFailure): boolean {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return false;
  return cause.code === 'ENOTFOUND' || cause.code === 'ECONNREFUSED';
}

function parsed(text: string, path: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw HarborFailure.notJson(path, error);
  }
}

function totalCount(header: string | null): number | undefined {
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
