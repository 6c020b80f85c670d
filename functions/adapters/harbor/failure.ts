import type { Response } from 'node-fetch';
import type { ErrorCode } from '../../errors.ts';
import { RetentionError } from '../../errors.ts';
import { gatewayInWords, gatewayRemedy } from './gateway-words.ts';
import { lackOf } from './permission.ts';
import { wireErrors } from './wire.ts';

interface FailureFacts {
  readonly status: number;
  readonly harborCode: string;
  readonly worthRetrying: boolean;
  readonly retryAfterMs: number;
  readonly isMissingRoute?: boolean;
  readonly wasNotSent?: boolean;
  readonly isTooLarge?: boolean;
  readonly isTooSlow?: boolean;
  readonly cause?: unknown;
  readonly remedy?: string;
}

/**
 * An answer of Harbor's that is no result, or no answer at all. Branch on `status` and `harborCode`
 * (docs/harbor.md#errors).
 */
export class HarborFailure extends RetentionError {
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** Code of Harbor's envelope, e.g. FORBIDDEN; empty where a proxy answered. */
  readonly harborCode: string;
  readonly worthRetrying: boolean;
  /** What Retry-After asked for, in milliseconds; 0 without. */
  readonly retryAfterMs: number;
  /** 404 for the address, not for the object (docs/harbor.md#t4-encoded-twice). */
  readonly isMissingRoute: boolean;
  /** It never left us: nothing happened in Harbor. */
  readonly wasNotSent: boolean;
  /** The answer has more bytes than are read. */
  readonly isTooLarge: boolean;
  /** No answer came in the time that we, or a gateway, allow for one: a smaller question may bring one. */
  readonly isTooSlow: boolean;

  constructor(code: ErrorCode, message: string, facts: FailureFacts) {
    super(code, message, {
      ...(facts.cause === undefined ? {} : { cause: facts.cause }),
      ...(facts.remedy === undefined ? {} : { remedy: facts.remedy }),
    });
    this.name = 'HarborFailure';
    this.status = facts.status;
    this.harborCode = facts.harborCode;
    this.worthRetrying = facts.worthRetrying;
    this.retryAfterMs = facts.retryAfterMs;
    this.isMissingRoute = facts.isMissingRoute ?? false;
    this.wasNotSent = facts.wasNotSent ?? false;
    this.isTooLarge = facts.isTooLarge ?? false;
    this.isTooSlow = facts.isTooSlow ?? false;
  }

  static unreachable(path: string, cause: unknown, method = 'GET'): HarborFailure {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    return new HarborFailure(
      'harbor-unreachable',
      `${method} ${shown(path)}: no answer (${why}).`,
      {
        status: 0,
        harborCode: '',
        worthRetrying: true,
        retryAfterMs: 0,
        isTooSlow: cause instanceof Error && cause.name === 'TimeoutError',
        cause,
      },
    );
  }

  /** More than the bound: it was not read to its end. */
  static tooLarge(path: string, bytes: number): HarborFailure {
    return new HarborFailure(
      'harbor-unexpected',
      `GET ${shown(path)}: the answer has more than ${bytes} bytes, which is the bound of what is read.`,
      { status: 200, harborCode: '', worthRetrying: false, retryAfterMs: 0, isTooLarge: true },
    );
  }

  static notSent(path: string, method: string): HarborFailure {
    return new HarborFailure(
      'harbor-unreachable',
      `${method} ${shown(path)}: not sent, because its turn came too late.`,
      { status: 0, harborCode: '', worthRetrying: false, retryAfterMs: 0, wasNotSent: true },
    );
  }

  static notJson(path: string, cause: unknown): HarborFailure {
    return new HarborFailure(
      'harbor-unexpected',
      `GET ${shown(path)}: the answer broke off, or is not JSON.`,
      { status: 200, harborCode: '', worthRetrying: true, retryAfterMs: 0, cause },
    );
  }

  /** A well-formed answer that is not what was asked for. */
  static unexpected(path: string, what: string): HarborFailure {
    return new HarborFailure('harbor-unexpected', `GET ${shown(path)}: ${what}`, {
      status: 200,
      harborCode: '',
      worthRetrying: false,
      retryAfterMs: 0,
    });
  }
}

interface BadAnswer {
  readonly path: string;
  readonly response: Response;
  readonly text: string;
}

/** Names what Harbor answered; the body is quoted only where it is Harbor's own envelope. */
export function failureOf({ path, response, text }: BadAnswer): HarborFailure {
  const { status } = response;
  const envelope = wireErrors.safeParse(jsonOrNothing(text));
  const first = envelope.success ? envelope.data.errors[0] : undefined;
  const requestId = response.headers.get('x-request-id');
  const where = requestId === null ? '' : ` (request id ${requestId})`;
  const said =
    first === undefined
      ? gatewayInWords(response, text)
      : `Harbor answered ${status}, ${first.code}: ${first.message}`;
  return new HarborFailure(
    first === undefined ? codeWithoutEnvelope(status) : codeOf(status),
    `GET ${shown(path)}: ${said}${where}.${status === 403 ? lackOf('GET', path, text) : ''}`,
    {
      ...(first === undefined ? { remedy: gatewayRemedy } : {}),
      status,
      harborCode: first?.code ?? '',
      worthRetrying: status === 429 || status >= 500,
      isTooSlow: status === 504 || status === 408,
      isMissingRoute: status === 404 && (first?.message.startsWith('path ') ?? true),
      retryAfterMs: retryAfter(response.headers.get('retry-after'), response.headers.get('date')),
    },
  );
}

/** Whoever answered, it was not Harbor: nothing is known of credential or permission. */
function codeWithoutEnvelope(status: number): ErrorCode {
  return status === 429 || status >= 500 ? 'harbor-unreachable' : 'harbor-unexpected';
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'harbor-not-signed-in';
  if (status === 403) return 'harbor-denied';
  if (status === 429 || status >= 500) return 'harbor-unreachable';
  return 'harbor-unexpected';
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Seconds, or a date to be compared with the answer's own. */
function retryAfter(value: string | null, date: string | null): number {
  if (value === null) return 0;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  const now = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(until) || Number.isNaN(now) ? 0 : Math.max(0, until - now);
}

/** The path without the API's prefix; the query is kept, it holds no secret. */
export function shown(path: string): string {
  return decodeURIComponent(path.replace('/api/v2.0/', '')).replaceAll('%2F', '/');
}
