// What only the embedded AWS can show: missing permissions, versions, faults, secrets.
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startAws, type EmbeddedAws } from './start-aws.ts';

const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };
const clientOptions = (aws: EmbeddedAws, maxAttempts = 1) => ({
  endpoint: aws.url,
  region: 'eu-central-1',
  credentials,
  maxAttempts,
});

const nameOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'succeeded',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

let aws: EmbeddedAws;

afterEach(() => aws.close());

describe('embedded S3', () => {
  beforeEach(async () => {
    aws = await startAws({ buckets: { open: {}, blind: { mayList: false } } });
  });

  const put = (key: string, body: string, maxAttempts = 1) =>
    new S3Client(clientOptions(aws, maxAttempts)).send(
      new PutObjectCommand({ Bucket: 'open', Key: key, Body: body, IfNoneMatch: '*' }),
    );
  const get = (bucket: string, key: string, VersionId?: string) =>
    new S3Client(clientOptions(aws))
      .send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId }))
      .then((answer) => answer.Body?.transformToString());

  test('without the permission to list, a missing key answers 403', async () => {
    expect(await nameOf(get('blind', 'missing'))).toBe('AccessDenied');
    expect(await nameOf(get('open', 'missing'))).toBe('NoSuchKey');
    expect(await nameOf(get('nowhere', 'missing'))).toBe('NoSuchBucket');
  });

  test('an older version is still there under its id', async () => {
    const first = await new S3Client(clientOptions(aws)).send(
      new PutObjectCommand({ Bucket: 'open', Key: 'policy', Body: 'old' }),
    );
    await new S3Client(clientOptions(aws)).send(
      new PutObjectCommand({ Bucket: 'open', Key: 'policy', Body: 'new' }),
    );
    expect(await get('open', 'policy')).toBe('new');
    expect(await get('open', 'policy', first.VersionId)).toBe('old');
  });

  test('a lost answer makes the SDK repeat a write that had succeeded: 412 against itself', async () => {
    aws.faults.add({ operation: 'PutObject', times: 1, effect: { kind: 'answer-lost' } });
    expect(await nameOf(put('lease', 'mine', 3))).toBe('PreconditionFailed');
    expect(aws.objects('open').get('lease')?.toString()).toBe('mine');
  });

  test('a corrupted answer does not pass the checksum of the SDK', async () => {
    await put('facts', 'true facts');
    aws.faults.add({ operation: 'GetObject', effect: { kind: 'corrupt' } });
    expect(await nameOf(get('open', 'facts'))).not.toBe('succeeded');
    aws.faults.clear();
    expect(await get('open', 'facts')).toBe('true facts');
  });

  test.each([{ kind: 'cut' }, { kind: 'half' }] as const)(
    'an answer that is $kind fails',
    async (effect) => {
      await put('facts', 'true facts');
      aws.faults.add({ operation: 'GetObject', effect });
      expect(await nameOf(get('open', 'facts'))).not.toBe('succeeded');
    },
  );

  test('SlowDown is repeated by the SDK', async () => {
    const effect = { kind: 'error', status: 503, code: 'SlowDown' } as const;
    aws.faults.add({ operation: 'PutObject', times: 1, effect });
    expect(await nameOf(put('busy', 'x', 3))).toBe('succeeded');
    expect(aws.requests.map(({ status }) => status)).toEqual([503, 200]);
  });
});

describe('embedded Secrets Manager', () => {
  beforeEach(async () => {
    aws = await startAws({
      secrets: {
        text: '{"username":"u"}',
        bytes: Buffer.from([1, 2, 3]),
        denied: { unreadable: 'denied' },
        sealed: { unreadable: 'undecryptable' },
      },
    });
  });

  const read = (id: string) =>
    new SecretsManagerClient(clientOptions(aws)).send(new GetSecretValueCommand({ SecretId: id }));

  test('a text is returned as text, by name and by ARN', async () => {
    const byName = await read('text');
    expect(byName.SecretString).toBe('{"username":"u"}');
    expect((await read(byName.ARN ?? '')).SecretString).toBe('{"username":"u"}');
  });

  test('bytes are returned as bytes', async () => {
    const answer = await read('bytes');
    expect(answer.SecretString).toBeUndefined();
    expect([...(answer.SecretBinary ?? [])]).toEqual([1, 2, 3]);
  });

  test('a new value is seen by the next read', async () => {
    aws.setSecret('text', 'rotated');
    expect((await read('text')).SecretString).toBe('rotated');
  });

  test.each([
    ['missing', 'ResourceNotFoundException'],
    ['denied', 'AccessDeniedException'],
    ['sealed', 'DecryptionFailure'],
  ])('the secret "%s" answers %s', async (id, name) => {
    expect(await nameOf(read(id))).toBe(name);
  });
});
