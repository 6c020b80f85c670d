import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newSecretMask } from '../../functions/adapters/secret-mask.ts';
import {
  checkPem,
  parseCredential,
  readCaSecret,
  readCredential,
} from '../../functions/adapters/secrets-manager.ts';
import { RetentionError } from '../../functions/errors.ts';
import { startAws, type EmbeddedAws } from '../sandbox/aws/start-aws.ts';

const password = 'Hunter2-Harbor';
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

let aws: EmbeddedAws;
let client: SecretsManagerClient;

beforeAll(async () => {
  aws = await startAws({
    secrets: {
      robot: JSON.stringify({ username: 'robot$retention', password }),
      broken: `{"username": "robot$retention", "password": "${password}"`,
      binary: Buffer.from(password),
      denied: { unreadable: 'denied' },
      sealed: { unreadable: 'undecryptable' },
      ca: pem,
    },
  });
  client = new SecretsManagerClient({
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    maxAttempts: 1,
  });
});
afterAll(() => aws.close());

const failure = async (promise: Promise<unknown>): Promise<RetentionError> => {
  const error: unknown = await promise.then(
    () => new Error('succeeded'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof RetentionError) return error;
  throw error;
};

test('the credential is read, and the mask knows it in every form in which it is sent', async () => {
  const mask = newSecretMask();
  expect(await readCredential(client, 'robot', mask)).toEqual({
    url: undefined,
    username: 'robot$retention',
    password,
  });
  const header = `Basic ${Buffer.from(`robot$retention:${password}`).toString('base64')}`;
  expect(mask.hide(`${password} ${header}`)).toBe('*** Basic ***');
});

test.each([
  [
    { username: 'robot$r', password },
    { url: undefined, username: 'robot$r', password },
  ],
  [
    { url: 'https://harbor.example', username: 'u', password },
    { url: 'https://harbor.example', username: 'u', password },
  ],
  [
    { id: 7, name: 'robot$r', secret: password, creation_time: 'now', expires_at: -1 },
    { url: undefined, username: 'robot$r', password },
  ],
  [
    { username: 'u', name: 'u', password, secret: password },
    { url: undefined, username: 'u', password },
  ],
])('%j is understood', (secret, credential) => {
  expect(parseCredential(JSON.stringify(secret), 'robot')).toEqual(credential);
});

test.each<[string, string]>([
  ['', 'The secret robot is empty.'],
  ['  \n', 'The secret robot is empty.'],
  [password, 'The secret robot is not JSON.'],
  [`{"password": "${password}"`, 'The secret robot is not JSON.'],
  [`"${password}"`, 'The secret robot is JSON, but not an object.'],
  [`["u", "${password}"]`, 'The secret robot is JSON, but not an object.'],
  ['null', 'The secret robot is JSON, but not an object.'],
  ['{}', 'The secret robot is wrong: "username" is missing; "password" is missing.'],
  [`{"user": "u", "password": "${password}"}`, 'The secret robot is wrong: "username" is missing.'],
  ['{"username": "u", "password": ""}', 'The secret robot is wrong: "password" is empty.'],
  [
    `{"username": "u", "password": "${password}\\n"}`,
    'The secret robot is wrong: "password" begins or ends with white space.',
  ],
  [
    '{"username": "u", "password": 12345678}',
    'The secret robot is wrong: "password" is not a text.',
  ],
  [
    `{"username": "u", "name": "v", "password": "${password}", "secret": "x"}`,
    'The secret robot is wrong: "username" and "name" differ; "password" and "secret" differ.',
  ],
])('the secret %j is refused in words', (text, message) => {
  let thrown: unknown;
  try {
    parseCredential(text, 'robot');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'secret-malformed', message });
});

test('what is malformed is not shown, neither in the message nor in the cause', async () => {
  const error = await failure(readCredential(client, 'broken', newSecretMask()));
  expect(error.code).toBe('secret-malformed');
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${error.remedy}`).not.toContain(
    password,
  );
  expect(error.cause).toBeUndefined();
});

test.each([
  ['missing', 'secret-missing', 'There is no secret missing'],
  ['denied', 'secret-denied', 'Reading the secret denied was denied'],
  ['sealed', 'secret-denied', 'The key of the secret sealed could not be used'],
  ['binary', 'secret-malformed', 'The secret binary is binary; expected text.'],
])('the secret "%s" is %s', async (id, code, message) => {
  const error = await failure(readCredential(client, id, newSecretMask()));
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
});

test('a Secrets Manager that does not answer is told from a secret that is not there', async () => {
  const off = aws.faults.add({ operation: 'GetSecretValue', effect: { kind: 'cut' } });
  const error = await failure(readCredential(client, 'robot', newSecretMask()));
  off();
  expect(error.message).toContain('could not be read');
  expect(error.code).toBe('secret-unreachable');
});

test('a rotated secret is seen by the next read', async () => {
  aws.setSecret('rotating', JSON.stringify({ username: 'u', password: 'first-value' }));
  const mask = newSecretMask();
  expect((await readCredential(client, 'rotating', mask)).password).toBe('first-value');
  aws.setSecret('rotating', JSON.stringify({ username: 'u', password: 'second-value' }));
  expect((await readCredential(client, 'rotating', mask)).password).toBe('second-value');
  expect(mask.hide('first-value second-value')).toBe('*** ***');
});

test('an authority is PEM, or refused', async () => {
  expect(await readCaSecret(client, 'ca')).toBe(pem);
  expect(checkPem(pem + pem, 'ca.pem')).toBe(pem + pem);
  await expect(readCaSecret(client, 'robot')).rejects.toMatchObject({ code: 'secret-malformed' });
  for (const text of ['', 'MIIB', '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----'])
    expect(() => checkPem(text, 'ca.pem')).toThrow('ca.pem does not hold PEM certificates');
});
