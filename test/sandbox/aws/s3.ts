import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-error.ts';
import { crc32Base64, readBody } from './s3-body.ts';
import {
  currentVersion,
  deleteObject,
  deleteVersion,
  listObjects,
  putObject,
  versionById,
  type Bucket,
  type ObjectVersion,
} from './s3-objects.ts';
import { listingXml } from './s3-xml.ts';

export interface S3Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Target {
  /** As the SDK calls it, 'PutObject' for example. */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
}

const OPERATIONS: Readonly<Record<string, string>> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};

/** Which operation on which object a request means; path style, as the SDK speaks to an IP address. */
export function s3Target(method: string, url: URL): Target {
  const [, bucket = '', ...rest] = url.pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  if (key === '' && method === 'GET') return { operation: 'ListObjectsV2', bucket, key };
  return { operation: OPERATIONS[method] ?? method, bucket, key };
}

const EMPTY = Buffer.alloc(0);
const noSuchKey = (): AwsError =>
  new AwsError(404, 'NoSuchKey', 'The specified key does not exist.');

const missing = (bucket: Bucket): AwsError =>
  bucket.mayList ? noSuchKey() : new AwsError(403, 'AccessDenied', 'Access Denied');

const failed = (): AwsError =>
  new AwsError(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
  );

const sameEtag = (version: ObjectVersion, header: string): boolean =>
  header === '*' || header.replaceAll('"', '') === version.etag.replaceAll('"', '');

/** What S3 asks of a conditional write: `If-None-Match` takes only `*`. */
function checkWrite(bucket: Bucket, key: string, headers: IncomingHttpHeaders): void {
  const current = currentVersion(bucket, key);
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw new AwsError(
      501,
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
    );
  if (ifNoneMatch === '*' && current !== undefined) throw failed();
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined) return;
  if (current === undefined) throw noSuchKey();
  if (!sameEtag(current, ifMatch)) throw failed();
}

const KEPT_HEADERS = ['content-type', 'cache-control', 'content-disposition'];

function headersToKeep(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    if (KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-')) kept[name] = value;
  }
  const encoding = (headers['content-encoding'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'aws-chunked');
  return encoding.length === 0 ? kept : { ...kept, 'content-encoding': encoding.join(',') };
}

const versionHeader = (bucket: Bucket, version: ObjectVersion): Record<string, string> =>
  bucket.versioned ? { 'x-amz-version-id': version.versionId } : {};

function put(bucket: Bucket, key: string, request: S3Request): Answer {
  if (Buffer.byteLength(key) > 1024)
    throw new AwsError(400, 'KeyTooLongError', 'Your key is too long');
  const body = readBody(request.body, request.headers);
  checkWrite(bucket, key, request.headers);
  const version = putObject(bucket, key, { body, headers: headersToKeep(request.headers) });
  return {
    status: 200,
    headers: {
      etag: version.etag,
      'x-amz-checksum-crc32': crc32Base64(body),
      ...versionHeader(bucket, version),
    },
    body: EMPTY,
  };
}

function cut(body: Buffer, range: string): { readonly body: Buffer; readonly range: string } {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const start = from === '' ? Math.max(0, body.length - Number(to)) : Number(from);
  const end = from === '' || to === '' ? body.length - 1 : Math.min(Number(to), body.length - 1);
  if (start >= body.length || start > end)
    throw new AwsError(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { body: body.subarray(start, end + 1), range: `bytes ${start}-${end}/${body.length}` };
}

function get(bucket: Bucket, key: string, request: S3Request): Answer {
  const versionId = request.url.searchParams.get('versionId');
  const version =
    versionId === null ? currentVersion(bucket, key) : versionById(bucket, key, versionId);
  if (version === undefined || version.deleteMarker) throw missing(bucket);
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, range } = request.headers;
  if (ifMatch !== undefined && !sameEtag(version, ifMatch)) throw failed();
  if (ifNoneMatch !== undefined && sameEtag(version, ifNoneMatch))
    return { status: 304, headers: { etag: version.etag }, body: EMPTY };
  const headers = {
    ...version.headers,
    etag: version.etag,
    'last-modified': version.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    ...versionHeader(bucket, version),
  };
  if (range !== undefined) {
    const part = cut(version.body, range);
    return { status: 206, headers: { ...headers, 'content-range': part.range }, body: part.body };
  }
  const wantsChecksum = request.headers['x-amz-checksum-mode'] === 'ENABLED';
  const checksum: Record<string, string> = wantsChecksum
    ? { 'x-amz-checksum-crc32': crc32Base64(version.body) }
    : {};
  return { status: 200, headers: { ...headers, ...checksum }, body: version.body };
}

function remove(bucket: Bucket, key: string, request: S3Request): Answer {
  const versionId = request.url.searchParams.get('versionId');
  if (versionId !== null) {
    deleteVersion(bucket, key, versionId);
    return { status: 204, headers: {}, body: EMPTY };
  }
  if (request.headers['if-match'] !== undefined) checkWrite(bucket, key, request.headers);
  const marker = deleteObject(bucket, key);
  const headers =
    marker === undefined ? {} : { 'x-amz-delete-marker': 'true', ...versionHeader(bucket, marker) };
  return { status: 204, headers, body: EMPTY };
}

function list(bucket: Bucket, name: string, url: URL): Answer {
  if (!bucket.mayList) throw new AwsError(403, 'AccessDenied', 'Access Denied');
  const token = url.searchParams.get('continuation-token');
  const request = {
    prefix: url.searchParams.get('prefix') ?? '',
    delimiter: url.searchParams.get('delimiter') ?? undefined,
    after:
      token === null
        ? (url.searchParams.get('start-after') ?? '')
        : Buffer.from(token, 'base64url').toString(),
    maxKeys: Math.min(1000, Number(url.searchParams.get('max-keys') ?? 1000)),
  };
  const answer = listObjects(bucket, request);
  const encodeKeys = url.searchParams.get('encoding-type') === 'url';
  const xml = listingXml({ name, bucket, request, answer, encodeKeys });
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
}

/** One S3 request against the buckets; errors are thrown as AwsError. */
export function answerS3(
  buckets: ReadonlyMap<string, Bucket>,
  target: Target,
  request: S3Request,
): Answer {
  const bucket = buckets.get(target.bucket);
  if (bucket === undefined)
    throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist');
  switch (target.operation) {
    case 'PutObject':
      return put(bucket, target.key, request);
    case 'GetObject':
    case 'HeadObject':
      return get(bucket, target.key, request);
    case 'DeleteObject':
      return remove(bucket, target.key, request);
    case 'ListObjectsV2':
      return list(bucket, target.bucket, request.url);
    default:
      throw new AwsError(
        405,
        'MethodNotAllowed',
        'The specified method is not allowed against this resource.',
      );
  }
}
