import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { newIdentity } from '../../functions/adapters/identity.ts';
import { storeError } from '../../functions/adapters/s3-errors.ts';
import { s3RunStore } from '../../functions/adapters/s3-run-store.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { RunStore } from '../../functions/ports.ts';
import { startAws, type EmbeddedAws } from '../sandbox/aws/start-aws.ts';
import { runStoreContract, type StoreUnderTest } from './run-store-contract.ts';

const clientOf = (aws: EmbeddedAws): S3Client =>
  new S3Client({
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    maxAttempts: 3,
    requestStreamBufferSize: 65_536,
  });

for (const prefix of ['', 'harbor/'])
  runStoreContract(`S3 with prefix "${prefix}"`, async () => {
    const aws = await startAws({ buckets: ['reports'] });
    const client = clientOf(aws);
    return {
      store: s3RunStore(client, { bucket: 'reports', prefix }),
      raw: (key) => aws.objects('reports').get(prefix + key) ?? Buffer.alloc(0),
      async damage(key, Body) {
        await client.send(new PutObjectCommand({ Bucket: 'reports', Key: prefix + key, Body }));
      },
      close: () => aws.close(),
    };
  });

/** Any other S3, such as moto, versitygw or AWS itself, with the credentials of the environment; cleans up behind itself. */
async function realStore(endpoint: string): Promise<StoreUnderTest> {
  const Bucket = process.env['S3_BUCKET'] ?? 'harbor-retention-contract';
  const prefix = `${newIdentity()}/`;
  const client = new S3Client({
    endpoint,
    forcePathStyle: !endpoint.includes('amazonaws.com'),
    region: process.env['AWS_REGION'] ?? 'eu-central-1',
    requestStreamBufferSize: 65_536,
  });
  // Who brings a bucket need not be allowed to make one.
  await client.send(new CreateBucketCommand({ Bucket })).catch(() => undefined);
  const store = s3RunStore(client, { bucket: Bucket, prefix });
  return {
    store,
    raw: async (key) => {
      const answer = await client.send(new GetObjectCommand({ Bucket, Key: prefix + key }));
      return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    },
    async damage(key, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key: prefix + key, Body }));
    },
    async close() {
      for (const key of await store.list('')) await store.remove(key);
      client.destroy();
    },
  };
}

const { S3_URL } = process.env;
if (S3_URL === undefined)
  console.warn('run store contract against a real S3: skipped, S3_URL is not set');
else runStoreContract('S3_URL', () => realStore(S3_URL));

let aws: EmbeddedAws;
let store: RunStore;

beforeEach(async () => {
  aws = await startAws({ buckets: { reports: {}, blind: { mayList: false } } });
  store = s3RunStore(clientOf(aws), { bucket: 'reports', prefix: '' });
});
afterEach(() => aws.close());

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'succeeded',
    (error: unknown) => (error instanceof RetentionError ? error : String(error)),
  );

test('a created object whose answer was lost counts as created, though S3 refuses the repetition', async () => {
  aws.faults.add({ operation: 'PutObject', times: 1, effect: { kind: 'answer-lost' } });
  expect(await store.create('state/lease', 'owner 1')).toBe(true);
  expect(aws.requests.map(({ status }) => status)).toEqual([200, 412, 200]);
});

test('a lost answer is no excuse for taking what another one created', async () => {
  await store.create('state/lease', 'owner 1');
  aws.faults.add({ operation: 'PutObject', times: 1, effect: { kind: 'answer-lost' } });
  expect(await store.create('state/lease', 'owner 2')).toBe(false);
});

test('a replaced object whose answer was lost counts as replaced', async () => {
  await store.write('state/lease', 'one');
  const etag = (await store.read('state/lease'))?.etag ?? '';
  aws.faults.add({ operation: 'PutObject', times: 1, effect: { kind: 'answer-lost' } });
  expect(await store.replace('state/lease', 'two', etag)).toBe(true);
});

test('a conflict of two conditional writes is tried again', async () => {
  const effect = { kind: 'error', status: 409, code: 'ConditionalRequestConflict' } as const;
  aws.faults.add({ operation: 'PutObject', times: 1, effect });
  expect(await store.create('state/lease', 'mine')).toBe(true);
});

test.each(['half', 'corrupt'] as const)('a body that is %s is read again', async (kind) => {
  await store.write('state/cursor', 'a text long enough to be cut in two');
  aws.faults.add({ operation: 'GetObject', times: 1, effect: { kind } });
  expect((await store.read('state/cursor'))?.text).toBe('a text long enough to be cut in two');
});

test('a body that stays broken is an error, never a shorter text', async () => {
  await store.write('state/cursor', 'a text long enough to be cut in two');
  aws.faults.add({ operation: 'GetObject', effect: { kind: 'half' } });
  expect(await failure(store.read('state/cursor'))).toMatchObject({ code: 'store-unreachable' });
});

test('a refused read is not a missing object', async () => {
  const blind = s3RunStore(clientOf(aws), { bucket: 'blind', prefix: 'harbor/' });
  expect(await failure(blind.read('state/cursor'))).toMatchObject({
    code: 'store-denied',
    message: 'S3 refused to read s3://blind/harbor/state/cursor.',
  });
  expect(await failure(blind.list('state/'))).toMatchObject({ code: 'store-denied' });
});

test.each<[string, (one: RunStore) => Promise<unknown>]>([
  ['read', (one) => one.read('k')],
  ['write', (one) => one.write('k', 'x')],
  ['write', (one) => one.create('k', 'x')],
  ['write', (one) => one.replace('k', 'x', '"1"')],
  ['write', (one) => one.openPart('k.ndjson.gz').close()],
  ['remove', (one) => one.remove('k')],
  ['list', (one) => one.list('k')],
])('without the bucket, to %s says so', async (verb, action) => {
  const nowhere = s3RunStore(clientOf(aws), { bucket: 'nowhere', prefix: '' });
  expect(await failure(action(nowhere))).toMatchObject({
    code: 'store-unreachable',
    message: expect.stringMatching(
      new RegExp(`Could not ${verb} s3://nowhere/.*: there is no such bucket`),
    ),
  });
});

test('a list longer than one page is whole', async () => {
  await Promise.all(Array.from({ length: 1203 }, (_, index) => store.write(`many/${index}`, 'x')));
  expect(await store.list('many/')).toHaveLength(1203);
});

test('a bucket in another region, and no region at all, are named with what to set', () => {
  const moved = new S3ServiceException({
    name: 'PermanentRedirect',
    $fault: 'client',
    $metadata: { httpStatusCode: 301 },
  });
  const $response = { headers: { 'x-amz-bucket-region': 'us-west-2' } };
  expect(storeError('read', 's3://b/k', Object.assign(moved, { $response }))).toMatchObject({
    code: 'store-unreachable',
    message: 'Could not read s3://b/k: the bucket lies in us-west-2.',
    remedy: expect.stringContaining('AWS_REGION=us-west-2'),
  });
  expect(storeError('read', 's3://b/k', new Error('Region is missing'))).toMatchObject({
    message: 'Could not read s3://b/k: no region is set.',
  });
});
