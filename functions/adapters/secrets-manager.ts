import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { defined } from '../domain/defined.ts';
import { RetentionError } from '../errors.ts';
import type { HarborConnection } from './harbor/connection.ts';
import type { SecretMask } from './secret-mask.ts';

/** How to sign in to Harbor. Never handed to a log, a report or an error. */
export interface HarborCredential {
  /** Undefined: the deployment says where Harbor is. */
  readonly url: string | undefined;
  readonly username: string;
  readonly password: string;
  readonly reach?: HarborReach;
}

/** What a gateway before Harbor asks for, besides the credential. */
export type HarborReach = Pick<HarborConnection, 'headers' | 'clientCertificate' | 'tlsServerName'>;

const part = z
  .string()
  .min(1, 'is empty')
  .refine((value) => value === '' || value.trim() === value, 'begins or ends with white space');

/** Headers that are ours to set. */
const ours: ReadonlySet<string> = new Set([
  'accept',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'host',
  'transfer-encoding',
  'user-agent',
  'x-is-resource-name',
]);

// Other keys are ignored, so that Harbor's answer to the creation of a robot can be stored as it is.
const secretSchema = z.object({
  url: part.optional(),
  username: part.optional(),
  name: part.optional(),
  password: part.optional(),
  secret: part.optional(),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'is not the name of a header'),
      z.string().regex(/^[\x20-\x7E]{1,4096}$/, 'is not the value of a header'),
    )
    .refine((headers) => Object.keys(headers).every((name) => !ours.has(name.toLowerCase())), {
      error: `must not set ${[...ours].join(', ')}`,
    })
    .optional(),
  clientCertificate: z
    .string()
    .regex(/-----BEGIN CERTIFICATE-----/, 'is not PEM')
    .optional(),
  clientKey: z
    .string()
    .regex(/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'is not PEM')
    .optional(),
  tlsServerName: part.optional(),
});

const malformed = (name: string, problem: string): RetentionError =>
  new RetentionError('secret-malformed', `The secret ${name} ${problem}.`);

function parseJson(text: string, name: string): unknown {
  if (text.trim() === '') throw malformed(name, 'is empty');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text, which is the secret: no cause here.
    throw malformed(name, 'is not JSON');
  }
}

type Names = readonly ['username', 'name'] | readonly ['password', 'secret'];

/** One value under two names; both with different values is a mistake that we can't settle. */
function eitherOf(
  read: z.infer<typeof secretSchema>,
  [first, second]: Names,
): string | SecretProblem {
  const a = read[first];
  const b = read[second];
  if (a !== undefined && b !== undefined && a !== b)
    return { problem: `"${first}" and "${second}" differ` };
  return a ?? b ?? { problem: `"${first}" is missing` };
}

interface SecretProblem {
  readonly problem: string;
}

/**
 * Reads `{ url?, username, password }`; `name` and `secret`, the words of Harbor's robot API, are
 * taken as well. Messages name the key that is wrong and never show a value.
 * @throws RetentionError secret-malformed
 */
export function parseCredential(text: string, secretName: string): HarborCredential {
  const json = parseJson(text, secretName);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw malformed(secretName, 'is JSON, but not an object');
  const parsed = secretSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => {
      const words = issue.code === 'invalid_type' ? 'is not a text' : issue.message;
      return `"${issue.path.join('.')}" ${words}`;
    });
    throw malformed(secretName, `is wrong: ${issues.join('; ')}`);
  }
  const username = eitherOf(parsed.data, ['username', 'name']);
  const password = eitherOf(parsed.data, ['password', 'secret']);
  if (typeof username !== 'string' || typeof password !== 'string') {
    const problems = [username, password].flatMap((found) =>
      typeof found === 'string' ? [] : [found.problem],
    );
    throw malformed(secretName, `is wrong: ${problems.join('; ')}`);
  }
  const reach = reachOf(parsed.data, secretName);
  return { url: parsed.data.url, username, password, ...(reach === undefined ? {} : { reach }) };
}

function reachOf(read: z.output<typeof secretSchema>, secretName: string): HarborReach | undefined {
  const { headers, clientCertificate: certificate, clientKey: key, tlsServerName } = read;
  if ((certificate === undefined) !== (key === undefined)) {
    throw malformed(secretName, 'is wrong: "clientCertificate" and "clientKey" belong together');
  }
  const reach = {
    ...defined({ headers }),
    ...(certificate === undefined || key === undefined
      ? {}
      : { clientCertificate: { certificate, key } }),
    ...defined({ tlsServerName }),
  };
  return Object.keys(reach).length === 0 ? undefined : reach;
}

/** Everything of a credential that must not be shown is known to the mask from now on. */
export function maskCredential(
  { username, password, reach }: Omit<HarborCredential, 'url'>,
  mask: SecretMask,
): void {
  mask.add(password);
  mask.add(`${username}:${password}`);
  for (const value of Object.values(reach?.headers ?? {})) mask.add(value);
  if (reach?.clientCertificate !== undefined) mask.add(reach.clientCertificate.key);
}

function readError(id: string, error: unknown): RetentionError {
  const name =
    typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
  switch (name) {
    case 'ResourceNotFoundException':
      return new RetentionError('secret-missing', `There is no secret ${id}, or it has no value.`);
    case 'InvalidRequestException':
      return new RetentionError('secret-missing', `The secret ${id} is scheduled for deletion.`);
    case 'AccessDeniedException':
      return new RetentionError('secret-denied', `Reading the secret ${id} was denied.`);
    case 'DecryptionFailure':
      return new RetentionError('secret-denied', `The key of the secret ${id} could not be used.`);
    default:
      return new RetentionError(
        'secret-unreachable',
        `The secret ${id} could not be read: ${name}.`,
        {
          cause: error,
        },
      );
  }
}

async function readText(client: SecretsManagerClient, id: string): Promise<string> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: id })).catch((error) => {
    throw readError(id, error);
  });
  if (answer.SecretString === undefined) throw malformed(id, 'is binary; expected text');
  return answer.SecretString;
}

/**
 * Reads the credential again at every call: a read per run costs nothing and sees rotations. What is
 * read is known to the mask before anything can be said about it.
 * @throws RetentionError secret-missing, secret-denied, secret-malformed
 */
export async function readCredential(
  client: SecretsManagerClient,
  id: string,
  mask: SecretMask,
): Promise<HarborCredential> {
  const text = await readText(client, id);
  mask.add(text);
  const credential = parseCredential(text, id);
  maskCredential(credential, mask);
  return credential;
}

const PEM = /^(-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\s*)+$/;

/** Checks that a text is one or more PEM certificates. @throws RetentionError secret-malformed */
export function checkPem(text: string, name: string): string {
  if (!PEM.test(text.trim()))
    throw new RetentionError('secret-malformed', `${name} does not hold PEM certificates.`, {
      remedy: 'Store the certificate of the authority as text: -----BEGIN CERTIFICATE----- …',
    });
  return text;
}

/** The certificates of a private authority, kept in a secret of their own. */
export async function readCaSecret(client: SecretsManagerClient, id: string): Promise<string> {
  return checkPem(await readText(client, id), `The secret ${id}`);
}
