interface Said {
  readonly message: string;
  readonly detail?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sessionless?: boolean;
}

/** An answer other than success, as Harbor words it (docs/harbor.md#errors). */
export class HarborError extends Error {
  override readonly name = 'HarborError';
  readonly status: number;
  readonly code: string;
  readonly detail: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** Refused before sessions are looked at: no cookie is set. */
  readonly sessionless: boolean;

  constructor(status: number, code: string, said: Said) {
    super(said.message);
    this.status = status;
    this.code = code;
    this.detail = said.detail;
    this.headers = said.headers ?? {};
    this.sessionless = said.sessionless ?? false;
  }
}

export const badRequest = (message: string): HarborError =>
  new HarborError(400, 'BAD_REQUEST', { message });
export const unauthorized = (message = 'unauthorized'): HarborError =>
  new HarborError(401, 'UNAUTHORIZED', { message });
export const forbidden = (message = 'forbidden'): HarborError =>
  new HarborError(403, 'FORBIDDEN', { message });
export const denied = (message: string): HarborError => new HarborError(403, 'DENIED', { message });
export const notFound = (message: string): HarborError =>
  new HarborError(404, 'NOT_FOUND', { message });
export const conflict = (message: string): HarborError =>
  new HarborError(409, 'CONFLICT', { message });
export const precondition = (message: string): HarborError =>
  new HarborError(412, 'PRECONDITION', { message });
export const referenced = (message: string): HarborError =>
  new HarborError(412, 'VIOLATE_FOREIGN_KEY_CONSTRAINT', { message });
export const unprocessable = (message: string): HarborError =>
  new HarborError(422, 'UNPROCESSABLE_ENTITY', { message });
export const internal = (): HarborError =>
  new HarborError(500, 'UNKNOWN', { message: 'internal server error' });
/** What request validation says; it comes before authentication. */
export const invalid = (problem: string): HarborError =>
  unprocessable(`validation failure list:\n${problem}`);

/** The same refusal, but from a layer in front of the sessions. */
export const sessionless = (error: HarborError): HarborError =>
  new HarborError(error.status, error.code, { message: error.message, sessionless: true });
