// Only this file of the library: its generated clients weigh five times as much (DECISIONS.md).
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type http from 'node:http';
import type { RequestOptions } from 'node:https';
import { RetentionError } from '../../errors.ts';
import type { ClusterConnection } from './connection.ts';

export interface KubeconfigChoice {
  /** Path; undefined: $KUBECONFIG, else ~/.kube/config, else the service account of the pod. */
  readonly file: string | undefined;
  /** Undefined: the current context. */
  readonly context: string | undefined;
}

/**
 * The cluster of a kubeconfig, with whatever signs in there: a token, a client certificate, an exec plugin, or the
 * service account of the pod that this runs in. @throws RetentionError usage
 */
export function kubeconfigCluster({ file, context }: KubeconfigChoice): ClusterConnection {
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    // The text may hold credentials, and the parser quotes it: no cause here.
    const hasCode = typeof error === 'object' && error !== null && 'code' in error;
    const why = hasCode ? String(error.code) : 'it is not understood';
    throw new RetentionError(
      'usage',
      `The kubeconfig ${file ?? 'of this place'} can't be read: ${why}.`,
      {
        remedy: 'Give --kubeconfig FILE, or set KUBECONFIG.',
      },
    );
  }
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  const name = context ?? config.getCurrentContext();
  if (cluster === null || config.getContextObject(name) === null) {
    const known = config.getContexts().map((one) => one.name);
    throw new RetentionError(
      'usage',
      `There is no context ${JSON.stringify(name)} with a cluster in the kubeconfig.`,
      {
        remedy: `Give --context, one of ${known.join(', ') || 'none'}.`,
      },
    );
  }
  return {
    name,
    server: cluster.server.replace(/\/+$/, ''),
    access: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return { headers: headersOf(options), agent: agentOf(options) };
    },
  };
}

function headersOf({ headers, auth }: RequestOptions): Readonly<Record<string, string>> {
  const basic: Readonly<Record<string, string>> =
    typeof auth === 'string'
      ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }
      : {};
  // The library fills in an object, never a list.
  const entries = Array.isArray(headers) ? [] : Object.entries(headers ?? {});
  return {
    ...basic,
    ...Object.fromEntries(entries.map(([key, value]) => [key, String(value)] as const)),
  };
}

function agentOf({ agent }: RequestOptions): http.Agent {
  // Every way through the library makes one.
  if (typeof agent === 'object') return agent;
  throw new Error('the kubeconfig gives no connection');
}
