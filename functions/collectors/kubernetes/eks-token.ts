import { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Instant } from '../../domain/instant.ts';

export interface TokenRequest {
  readonly cluster: string;
  readonly region: string;
  /** Undefined: those that the SDK finds. */
  readonly credentials: AwsCredentialIdentityProvider | undefined;
  /** By the clock of AWS: a signature that is minutes off is refused. */
  readonly now: Instant;
}

/** What a signed address may be used for, in seconds; the token is good for 15 minutes after it was seen. */
const expiresIn = 60;

/**
 * A token for the API server of a cluster of EKS: the signed address of a call to STS, by which the server asks who
 * made it (docs/workloads.md#eks). It is a secret for as long as it is valid.
 */
export async function eksToken(request: TokenRequest): Promise<string> {
  const { cluster, region, credentials, now } = request;
  const sts = new STSClient({ region, ...(credentials && { credentials }) });
  const address = new URL(`${stsAddress(sts, region)}/`);
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: sts.config.credentials,
    sha256: sts.config.sha256,
  });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: address.hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: address.hostname, 'x-k8s-aws-id': cluster },
    },
    {
      expiresIn,
      signingDate: new Date(now),
      unhoistableHeaders: new Set(['x-k8s-aws-id']),
    },
  );
  const query = new URLSearchParams(signed.query as Record<string, string>);
  const url = `https://${address.hostname}/?${query.toString()}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

/** The regional address; that of China and the like has another end. */
function stsAddress(sts: STSClient, region: string): string {
  const { url } = sts.config.endpointProvider({ Region: region, UseGlobalEndpoint: false });
  return url.origin;
}
