import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { s3DigestLists, s3PolicySource } from '../../functions/adapters/s3-policy-source.ts';
import { startAws, type EmbeddedAws } from '../sandbox/aws/start-aws.ts';

let aws: EmbeddedAws;
let client: S3Client;

beforeAll(async () => {
  aws = await startAws({
    buckets: { policies: {}, flat: { versioned: false }, blind: { mayList: false } },
  });
  client = new S3Client({
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    maxAttempts: 1,
  });
  for (const Bucket of ['policies', 'flat'])
    await client.send(new PutObjectCommand({ Bucket, Key: 'harbor.yaml', Body: 'version: 1\n' }));
});
afterAll(() => aws.close());

const load = (bucket: string, key = 'harbor.yaml') =>
  s3PolicySource(client, { bucket, key }).load();

test('the policy is read with its address and its version', async () => {
  expect(await load('policies')).toEqual({
    text: 'version: 1\n',
    name: 's3://policies/harbor.yaml',
    version: expect.stringMatching(/^v\d+$/),
  });
});

test('without versions there is none to name', async () => {
  expect(await load('flat')).toEqual({ text: 'version: 1\n', name: 's3://flat/harbor.yaml' });
});

test.each([
  ['policies', 'nope.yaml', 'there is no such object'],
  ['blind', 'nope.yaml', 'reading it was denied, or there is no such object'],
  ['nowhere', 'harbor.yaml', 'S3 did not answer as expected'],
])('s3://%s/%s is unreadable: %s', async (bucket, key, why) => {
  await expect(load(bucket, key)).rejects.toMatchObject({
    code: 'policy-unreadable',
    message: `Could not read s3://${bucket}/${key}: ${why}.`,
  });
});

test('digest lists come from S3 or from the files, as the policy says', async () => {
  const read = s3DigestLists(client, async ({ kind }) => Promise.resolve(`from a ${kind}`));
  expect(await read({ kind: 's3', bucket: 'policies', key: 'harbor.yaml' })).toMatchObject({
    text: 'version: 1\n',
    modifiedAt: expect.any(Number),
  });
  expect(await read({ kind: 'file', path: 'digests.txt' })).toBe('from a file');
  await expect(read({ kind: 's3', bucket: 'policies', key: 'x' })).rejects.toMatchObject({
    code: 'policy-unreadable',
  });
});
