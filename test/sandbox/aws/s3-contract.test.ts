// Runs against the embedded S3 and, by S3_URL and S3_BUCKET with credentials in the environment,
// against any other one: moto, versitygw, AWS. What holds here, s3-run-store may rely on.
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAws, type EmbeddedAws } from './start-aws.ts';

interface Subject {
  readonly client: S3Client;
  readonly bucket: string;
  close(): Promise<void>;
}

const embedded = async (): Promise<Subject> => {
  const aws: EmbeddedAws = await startAws({ buckets: ['contract'] });
  const client = new S3Client({
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    requestStreamBufferSize: 65_536,
  });
  return {
    client,
    bucket: 'contract',
    async close() {
      client.destroy();
      await aws.close();
    },
  };
};

const real = async (): Promise<Subject> => {
  const endpoint = process.env['S3_URL'] ?? '';
  const bucket = process.env['S3_BUCKET'] ?? 'harbor-retention-contract';
  const client = new S3Client({
    endpoint,
    forcePathStyle: !endpoint.includes('amazonaws.com'),
    region: process.env['AWS_REGION'] ?? 'eu-central-1',
    requestStreamBufferSize: 65_536,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(() => undefined);
  return { client, bucket, close: () => Promise.resolve(client.destroy()) };
};

const nameOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'succeeded',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

function contract(name: string, start: () => Promise<Subject>): void {
  describe(`S3 contract: ${name}`, () => {
    let s3: Subject;
    let prefix: string;
    let serial = 0;
    const at = (key: string): { Bucket: string; Key: string } => ({
      Bucket: s3.bucket,
      Key: prefix + key,
    });
    const put = (key: string, body: string | Buffer | Readable, more: object = {}) =>
      s3.client.send(new PutObjectCommand({ ...at(key), Body: body, ...more }));
    const read = async (key: string): Promise<Buffer> => {
      const answer = await s3.client.send(new GetObjectCommand(at(key)));
      return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    };

    beforeAll(async () => {
      s3 = await start();
      serial += 1;
      prefix = `contract-${process.pid}-${serial}/`;
    });

    afterAll(async () => {
      const listed = await s3.client.send(
        new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: prefix }),
      );
      for (const { Key } of listed.Contents ?? [])
        await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key }));
      await s3.close();
    });

    test('what was put is what is got, with its type and metadata', async () => {
      const body = gzipSync('{"line":1}\n');
      await put('round', body, { ContentType: 'application/x-ndjson', ContentEncoding: 'gzip' });
      const answer = await s3.client.send(new GetObjectCommand(at('round')));
      expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? [])).toEqual(body);
      expect(answer.ContentType).toBe('application/x-ndjson');
      expect(answer.ContentEncoding).toBe('gzip');
      expect(answer.ContentLength).toBe(body.length);
    });

    test('an empty object is an object', async () => {
      await put('empty', Buffer.alloc(0));
      expect(await read('empty')).toHaveLength(0);
    });

    test('a stream of small writes arrives whole, without its chunk frames', async () => {
      const parts = Array.from({ length: 3000 }, (_, index) => `line ${index} of many\n`);
      const body = parts.join('');
      await put('stream', Readable.from(parts, { objectMode: false }), {
        ContentLength: Buffer.byteLength(body),
      });
      expect((await read('stream')).toString()).toBe(body);
    });

    test('keys may hold spaces, plus signs, percent signs and other scripts', async () => {
      const key = 'odd/ä b+c%2F(1)=&?#.json';
      await put(key, 'odd');
      expect((await read(key)).toString()).toBe('odd');
    });

    test('If-None-Match: * creates once, and never again', async () => {
      await put('once', 'first', { IfNoneMatch: '*' });
      expect(await nameOf(put('once', 'second', { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
      expect((await read('once')).toString()).toBe('first');
    });

    test('of twenty that create at once, one wins', async () => {
      const names = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          nameOf(put('race', String(index), { IfNoneMatch: '*' })),
        ),
      );
      expect(names.filter((one) => one === 'succeeded')).toHaveLength(1);
    });

    test('If-Match replaces what was read, and nothing newer', async () => {
      const first = await put('lease', 'one');
      const second = await put('lease', 'two', { IfMatch: first.ETag });
      expect(second.ETag).not.toBe(first.ETag);
      expect(await nameOf(put('lease', 'three', { IfMatch: first.ETag }))).toBe(
        'PreconditionFailed',
      );
      expect((await read('lease')).toString()).toBe('two');
    });

    test('If-Match on a key that is not there does not create it', async () => {
      const etag = '"00000000000000000000000000000000"';
      expect(['NoSuchKey', 'PreconditionFailed']).toContain(
        await nameOf(put('never', 'x', { IfMatch: etag })),
      );
      expect(await nameOf(read('never'))).toBe('NoSuchKey');
    });

    test('a missing key is NoSuchKey for GET and NotFound for HEAD', async () => {
      expect(await nameOf(read('missing'))).toBe('NoSuchKey');
      expect(await nameOf(s3.client.send(new HeadObjectCommand(at('missing'))))).toBe('NotFound');
    });

    test('HEAD says length and ETag of what GET would return', async () => {
      const { ETag } = await put('head', 'twelve bytes');
      const head = await s3.client.send(new HeadObjectCommand(at('head')));
      expect(head.ContentLength).toBe(12);
      expect(head.ETag).toBe(ETag);
    });

    test('a list is sorted by bytes, pages by token, and folds at a delimiter', async () => {
      for (const key of ['b/2', 'a/1', 'b/10', 'c', 'b/1']) await put(`list/${key}`, 'x');
      const all: string[] = [];
      let token: string | undefined;
      do {
        const page = await s3.client.send(
          new ListObjectsV2Command({
            Bucket: s3.bucket,
            Prefix: `${prefix}list/`,
            MaxKeys: 2,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        );
        all.push(...(page.Contents ?? []).map(({ Key }) => (Key ?? '').slice(prefix.length + 5)));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      expect(all).toEqual(['a/1', 'b/1', 'b/10', 'b/2', 'c']);
      const folded = await s3.client.send(
        new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: `${prefix}list/`, Delimiter: '/' }),
      );
      expect(folded.CommonPrefixes?.map(({ Prefix }) => Prefix?.slice(prefix.length))).toEqual([
        'list/a/',
        'list/b/',
      ]);
      expect(folded.Contents?.map(({ Key }) => Key?.slice(prefix.length))).toEqual(['list/c']);
    });

    test('what was deleted is gone, and deleting it again is no error', async () => {
      await put('gone', 'x');
      await s3.client.send(new DeleteObjectCommand(at('gone')));
      await s3.client.send(new DeleteObjectCommand(at('gone')));
      expect(await nameOf(read('gone'))).toBe('NoSuchKey');
    });

    test('a range is the bytes asked for', async () => {
      await put('range', '0123456789');
      const answer = await s3.client.send(
        new GetObjectCommand({ ...at('range'), Range: 'bytes=2-4' }),
      );
      expect(await answer.Body?.transformToString()).toBe('234');
    });
  });
}

contract('embedded', embedded);
if (process.env['S3_URL'] === undefined)
  console.warn('S3 contract against a real S3: skipped, S3_URL is not set');
else contract('S3_URL', real);
