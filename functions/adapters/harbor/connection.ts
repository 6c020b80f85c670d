import { RetentionError } from '../../errors.ts';

/** Variables that say which proxy to use, in capitals or small letters. */
export type ProxyVariables = Readonly<Partial<Record<ProxyVariable, string>>>;
type ProxyName = 'HTTPS_PROXY' | 'HTTP_PROXY' | 'NO_PROXY';
type ProxyVariable = ProxyName | Lowercase<ProxyName>;

/** One request, as it went; its path holds names and queries, and nothing secret. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** 0: no answer came. */
  readonly status: number;
  readonly tookMs: number;
}

/** How to reach a Harbor. */
export interface HarborConnection {
  /** Base URL, e.g. `https://harbor.example`; without credentials. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Trusted for Harbor only, besides the public authorities; PEM. */
  readonly certificateAuthority?: string;
  /** Sent with every request, as a gateway before Harbor may ask; as secret as the password. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a gateway asks for in TLS (mTLS); PEM. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  /** The name that the server’s certificate bears, where it is not that of the address. */
  readonly tlsServerName?: string;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as the environment has them. */
  readonly proxy?: ProxyVariables;
  /** Time for one answer, in milliseconds; a big Harbor takes seconds per page. Default 60,000. */
  readonly timeoutMs?: number;
  /** Gives up a request, told its time in milliseconds and its path. Default: `AbortSignal.timeout`. */
  readonly deadline?: (ms: number, path: string) => AbortSignal;
  /** Bytes of one answer that are read at most. Default: domain/bounds.ts. */
  readonly answerBytes?: number;
  /** How often a failed read is sent again, and the first pause in milliseconds. Default 5 and 500. */
  readonly retries?: number;
  readonly firstPauseMs?: number;
  /** Called after every request. A request that is sent again counts each time. */
  readonly onRequest?: (seen: SeenRequest) => void;
}

/** The base URL without a trailing slash or the API's prefix. @throws RetentionError harbor-unreachable */
export function checkedBase(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (
    parsed === undefined ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username !== '' ||
    parsed.password !== ''
  ) {
    throw new RetentionError(
      'harbor-unreachable',
      'The address of Harbor is not of the form https://harbor.example (scheme, host, no credentials).',
      { remedy: 'Correct the url in the secret, the settings or HARBOR_URL.' },
    );
  }
  return url.replace(/\/+$/, '').replace(/\/api(\/v2\.0)?$/, '');
}
