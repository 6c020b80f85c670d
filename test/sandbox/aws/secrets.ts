import { AwsError } from './aws-error.ts';

/** A secret's value: text, bytes, or a reason why the caller may not read it. */
export type SecretValue = string | Buffer | { readonly unreadable: 'denied' | 'undecryptable' };

export interface StoredSecret {
  readonly value: SecretValue;
  readonly version: number;
}

const ACCOUNT = '123456789012';

export const secretArn = (name: string): string =>
  `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:${name}-AbCdEf`;

function find(
  secrets: ReadonlyMap<string, StoredSecret>,
  id: string,
): { readonly name: string; readonly secret: StoredSecret } {
  for (const [name, secret] of secrets)
    if (id === name || id === secretArn(name)) return { name, secret };
  throw new AwsError(
    400,
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified secret.",
  );
}

function readable(name: string, { value }: StoredSecret): string | Buffer {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (value.unreadable === 'denied')
    throw new AwsError(
      400,
      'AccessDeniedException',
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/retention/run is not authorized to perform: ` +
        `secretsmanager:GetSecretValue on resource: ${name} because no identity-based policy allows the action`,
    );
  throw new AwsError(
    400,
    'DecryptionFailure',
    "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
  );
}

/** The JSON body of GetSecretValue; errors are thrown as AwsError. */
export function getSecretValue(secrets: ReadonlyMap<string, StoredSecret>, id: string): string {
  const { name, secret } = find(secrets, id);
  const value = readable(name, secret);
  return JSON.stringify({
    ARN: secretArn(name),
    Name: name,
    VersionId: `00000000-0000-4000-8000-${String(secret.version).padStart(12, '0')}`,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: 1_700_000_000,
    ...(typeof value === 'string'
      ? { SecretString: value }
      : { SecretBinary: value.toString('base64') }),
  });
}
