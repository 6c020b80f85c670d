import fetch, { type Response } from 'node-fetch';
import type { Pause } from '../../ports.ts';
import type { KubernetesAnswer, KubernetesApi } from '../../workloads/kubernetes/kubernetes-api.ts';
import type { ClusterConnection } from './connection.ts';

/** Tries of one request; the pauses between them add up to about 15 seconds. */
const tries = 6;
const firstPauseMs = 500;
/** A server may ask for more patience than that, up to here. */
const longestPauseMs = 30_000;
const timeoutMs = 60_000;
/** Bytes that an answer may have: some hundred thousand pods in one. */
const mostBytes = 1_000_000_000;

const unauthorized = 401;
const isBusy = (status: number): boolean => status === 429 || status >= 500;

/** Reads from an API server. What is busy, broken or cut off is asked for again. */
export function kubernetesApi(connection: ClusterConnection, pause: Pause): KubernetesApi {
  const get = async (
    path: string,
    query: Readonly<Record<string, string>>,
  ): Promise<KubernetesAnswer> => {
    const parameters = new URLSearchParams(query).toString();
    const url = `${connection.server}${path}${parameters === '' ? '' : `?${parameters}`}`;
    let isFresh = false;
    for (let left = tries - 1; ; left -= 1) {
      const asked: Asked = await ask(connection, url, isFresh);
      const isRefused: boolean = !asked.ok && asked.status === unauthorized && !isFresh;
      const isWorthIt = !asked.ok && (asked.status === 0 || isBusy(asked.status));
      if (asked.ok || left === 0 || (!isRefused && !isWorthIt)) return asked;
      isFresh ||= isRefused;
      if (isWorthIt) await pause(pauseOf(asked.afterSeconds, tries - 1 - left));
    }
  };
  return { name: connection.name, get };
}

function pauseOf(afterSeconds: number | undefined, failures: number): number {
  const own = firstPauseMs * 2 ** failures;
  return Math.min(longestPauseMs, Math.max(own, (afterSeconds ?? 0) * 1000));
}

type Asked =
  | Extract<KubernetesAnswer, { ok: true }>
  | (Extract<KubernetesAnswer, { ok: false }> & { readonly afterSeconds?: number });

async function ask(connection: ClusterConnection, url: string, isFresh: boolean): Promise<Asked> {
  try {
    const { headers, agent } = await connection.access(isFresh);
    const response = await fetch(url, {
      agent,
      headers: { accept: 'application/json', 'user-agent': 'harbor-retention', ...headers },
      redirect: 'manual',
      size: mostBytes,
      signal: AbortSignal.timeout(timeoutMs),
    });
    // A body that breaks off, or is cut within, is no JSON: it never counts as a shorter list.
    const text = await response.text();
    return response.ok ? { ok: true, body: JSON.parse(text) as unknown } : refused(response, text);
  } catch (error) {
    return { ok: false, status: 0, message: inWords(error) };
  }
}

function refused(response: Response, text: string): Asked {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const message = (messageIn(text) ?? response.statusText).slice(0, 500);
  const { status } = response;
  return { ok: false, status, message, ...(after > 0 ? { afterSeconds: after } : {}) };
}

function messageIn(text: string): string | undefined {
  try {
    const status: unknown = JSON.parse(text);
    if (typeof status !== 'object' || status === null || !('message' in status)) return undefined;
    return typeof status.message === 'string' ? status.message : undefined;
  } catch {
    return undefined;
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof SyntaxError ? 'the answer is cut off, or no JSON' : error.message;
}
