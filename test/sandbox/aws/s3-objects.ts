import { createHash } from 'node:crypto';

/** One version of an object; a delete marker has no content. */
export interface ObjectVersion {
  readonly body: Buffer;
  /** With its double quotes, as S3 sends it. */
  readonly etag: string;
  readonly versionId: string;
  readonly lastModified: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly deleteMarker: boolean;
}

export interface BucketOptions {
  readonly versioned: boolean;
  /** false: the caller has no `s3:ListBucket`, so a missing key answers 403 instead of 404. */
  readonly mayList: boolean;
}

export interface Bucket extends BucketOptions {
  /** Per key, the oldest version first. */
  readonly versions: Map<string, ObjectVersion[]>;
}

export const newBucket = (options: BucketOptions): Bucket => ({ ...options, versions: new Map() });

const lastOf = (bucket: Bucket, key: string): ObjectVersion | undefined =>
  bucket.versions.get(key)?.at(-1);

/** The version that a plain GET sees; undefined for a missing key and behind a delete marker. */
export function currentVersion(bucket: Bucket, key: string): ObjectVersion | undefined {
  const last = lastOf(bucket, key);
  return last === undefined || last.deleteMarker ? undefined : last;
}

export const versionById = (bucket: Bucket, key: string, id: string): ObjectVersion | undefined =>
  bucket.versions.get(key)?.find((version) => version.versionId === id);

let serial = 0;
const nextVersionId = (bucket: Bucket): string => {
  serial += 1;
  return bucket.versioned ? `v${String(serial).padStart(12, '0')}` : 'null';
};

function append(bucket: Bucket, key: string, version: ObjectVersion): ObjectVersion {
  const before = bucket.versioned ? (bucket.versions.get(key) ?? []) : [];
  bucket.versions.set(key, [...before, version]);
  return version;
}

export interface Content {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export function putObject(bucket: Bucket, key: string, content: Content): ObjectVersion {
  return append(bucket, key, {
    ...content,
    etag: `"${createHash('md5').update(content.body).digest('hex')}"`,
    versionId: nextVersionId(bucket),
    lastModified: new Date(),
    deleteMarker: false,
  });
}

/** Leaves a delete marker in a versioned bucket, nothing in another. */
export function deleteObject(bucket: Bucket, key: string): ObjectVersion | undefined {
  if (!bucket.versioned) {
    bucket.versions.delete(key);
    return undefined;
  }
  return append(bucket, key, {
    body: Buffer.alloc(0),
    etag: '',
    versionId: nextVersionId(bucket),
    lastModified: new Date(),
    headers: {},
    deleteMarker: true,
  });
}

/** Removes one version for good, as DELETE with a `versionId` does. */
export function deleteVersion(bucket: Bucket, key: string, versionId: string): void {
  const rest = (bucket.versions.get(key) ?? []).filter((one) => one.versionId !== versionId);
  if (rest.length === 0) bucket.versions.delete(key);
  else bucket.versions.set(key, rest);
}

export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** Keys after this one, exclusively. */
  readonly after: string;
  readonly maxKeys: number;
}

export interface ListAnswer {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** Where to go on; undefined at the end. */
  readonly next: string | undefined;
}

const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The last possible key under a prefix, so that the next page starts behind all of it. */
const END_OF_PREFIX = '\u{10FFFF}';

/** Lists as ListObjectsV2 does: in UTF-8 byte order; a common prefix counts as one key. */
export function listObjects(bucket: Bucket, request: ListRequest): ListAnswer {
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let last = request.after;
  for (const key of [...bucket.versions.keys()].sort(byUtf8)) {
    if (!key.startsWith(request.prefix) || byUtf8(key, last) <= 0) continue;
    if (currentVersion(bucket, key) === undefined) continue;
    if (keys.length + commonPrefixes.length >= request.maxKeys)
      return { keys, commonPrefixes, next: last };
    const end = request.delimiter ? key.indexOf(request.delimiter, request.prefix.length) : -1;
    if (end < 0) {
      keys.push(key);
      last = key;
    } else {
      const prefix = key.slice(0, end + (request.delimiter ?? '').length);
      commonPrefixes.push(prefix);
      last = prefix + END_OF_PREFIX;
    }
  }
  return { keys, commonPrefixes, next: undefined };
}
