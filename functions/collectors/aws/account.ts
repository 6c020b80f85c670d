import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { RetentionError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';

/** Whose workloads are listed, and how one gets there. */
export interface AccountChoice {
  /** Undefined: the account of the credentials at hand. */
  readonly roleArn: string | undefined;
  readonly externalId: string | undefined;
}

/** An account as its clients need it. */
export interface Account {
  /** Twelve digits. */
  readonly id: string;
  /** Undefined: those that the SDK finds. */
  readonly credentials: AwsCredentialIdentityProvider | undefined;
}

/**
 * For every client: calls that are throttled wait, up to 20 s each time, and come again. What does not answer is given up,
 * as in a network without a way to that service.
 */
export const patience = {
  maxAttempts: 10,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
} as const;

/** Credentials of a role are renewed this long before they end. */
const renewedMs = 5 * 60_000;

/** Signs in to an account. @throws RetentionError workloads-unreachable */
export async function openAccount(
  { roleArn, externalId }: AccountChoice,
  { region, clock }: { readonly region: string; readonly clock: Clock },
): Promise<Account> {
  const credentials =
    roleArn === undefined ? undefined : kept(assumed({ roleArn, externalId, region }), clock);
  const sts = new STSClient({ region, ...patience, ...(credentials && { credentials }) });
  try {
    const { Account: id } = await sts.send(new GetCallerIdentityCommand({}));
    if (id === undefined) throw new Error('STS names no account');
    return { id, credentials };
  } catch (error) {
    throw notSignedIn(roleArn, error);
  } finally {
    sts.destroy();
  }
}

/** One set of credentials for all clients, until it is about to end. */
function kept(ask: AwsCredentialIdentityProvider, clock: Clock): AwsCredentialIdentityProvider {
  let known: Promise<AwsCredentialIdentity> | undefined;
  return async () => {
    const { expiration } = (await known?.catch(() => undefined)) ?? {};
    if (expiration === undefined || expiration.getTime() - renewedMs < clock.now()) known = ask();
    return known ?? ask();
  };
}

/** Credentials of a role. */
function assumed({
  roleArn,
  externalId,
  region,
}: {
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly region: string;
}): AwsCredentialIdentityProvider {
  return async () => {
    const sts = new STSClient({ region, ...patience });
    try {
      const { Credentials: given } = await sts.send(
        new AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: 'harbor-retention-workloads',
          ...(externalId === undefined ? {} : { ExternalId: externalId }),
        }),
      );
      return identityOf(given);
    } finally {
      sts.destroy();
    }
  };
}

function identityOf(
  given:
    | {
        readonly AccessKeyId: string | undefined;
        readonly SecretAccessKey: string | undefined;
        readonly SessionToken: string | undefined;
        readonly Expiration: Date | undefined;
      }
    | undefined,
): AwsCredentialIdentity {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined)
    throw new Error('STS gave no credentials');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
    ...(Expiration === undefined ? {} : { expiration: Expiration }),
  };
}

function notSignedIn(roleArn: string | undefined, error: unknown): RetentionError {
  const who = roleArn === undefined ? 'the credentials at hand' : `the role ${roleArn}`;
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new RetentionError('workloads-unreachable', `AWS did not let ${who} in: ${why}`, {
    cause: error,
    remedy:
      roleArn === undefined
        ? 'Set credentials for AWS, and AWS_REGION.'
        : 'Correct the ARN, let the role trust this identity (with the external id, if there is one), and grant sts:AssumeRole on it.',
  });
}
