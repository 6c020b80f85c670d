import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import https from 'node:https';
import { RetentionError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { type Account, patience } from '../aws/account.ts';
import type { ClusterConnection } from './connection.ts';
import { eksToken } from './eks-token.ts';

export interface EksChoice {
  readonly cluster: string;
  readonly region: string;
  readonly account: Account;
}

/** How long a token is used; the server takes it for 15 minutes. */
const tokenMs = 10 * 60_000;

/** A cluster of EKS, by its name. @throws RetentionError workloads-unreachable */
export async function eksCluster(
  { cluster, region, account }: EksChoice,
  clock: Clock,
): Promise<ClusterConnection> {
  const { credentials } = account;
  const eks = new EKSClient({ region, ...patience, ...(credentials && { credentials }) });
  const described = await eks
    .send(new DescribeClusterCommand({ name: cluster }))
    .catch((error: unknown) => {
      throw notDescribed(cluster, error);
    });
  const { endpoint, certificateAuthority, status } = described.cluster ?? {};
  if (endpoint === undefined || certificateAuthority?.data === undefined) {
    const why = `it has no address yet; its status is ${status ?? 'unknown'}`;
    throw notDescribed(cluster, new Error(why));
  }
  const agent = new https.Agent({
    keepAlive: true,
    maxSockets: 4,
    // Nobody but the cluster's own authority vouches for it.
    ca: Buffer.from(certificateAuthority.data, 'base64').toString('utf8'),
  });
  // What the SDK learnt of AWS' clock from the answer.
  const now = (): number => clock.now() + eks.config.systemClockOffset;
  let token: { readonly text: string; readonly until: number } | undefined;
  return {
    name: cluster,
    server: endpoint.replace(/\/+$/, ''),
    access: async (fresh) => {
      if (fresh || token === undefined || token.until <= clock.now()) {
        const text = await eksToken({ cluster, region, credentials, now: now() });
        token = { text, until: clock.now() + tokenMs };
      }
      return { headers: { authorization: `Bearer ${token.text}` }, agent };
    },
  };
}

function notDescribed(cluster: string, error: unknown): RetentionError {
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new RetentionError(
    'workloads-unreachable',
    `EKS did not describe the cluster ${cluster}: ${why}`,
    {
      cause: error,
      remedy: 'Correct name and region, and grant eks:DescribeCluster on the cluster.',
    },
  );
}
