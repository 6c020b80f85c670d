import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { RetentionError } from '../errors.ts';
import type { RunStore, StoredText } from '../ports.ts';
import { linesOf, partWriter, type PartSink } from './ndjson-part.ts';
import {
  isConflict,
  isMissing,
  isPrecondition,
  statusOf,
  storeError,
  wasRepeated,
} from './s3-errors.ts';

export interface S3Location {
  readonly bucket: string;
  /** In front of every key; empty, or ending in a slash. */
  readonly prefix: string;
}

interface OpenedLocation extends S3Location {
  readonly client: S3Client;
}

/** AWS refuses a streamed body with small chunks (docs/design.md#s3); the client for every adapter here. */
export const newS3Client = (): S3Client => new S3Client({ requestStreamBufferSize: 65_536 });

const addressOf = ({ bucket, prefix }: S3Location, key: string): string =>
  `s3://${bucket}/${prefix}${key}`;

interface Fetched {
  readonly bytes: Buffer;
  readonly etag: string;
}

const TRIES = 3;

// At once and without p-retry: the SDK has waited already, what is left is a broken body or a conflict.
async function tryAgain<T>(
  action: () => Promise<T>,
  worth: (error: unknown) => boolean,
): Promise<T> {
  for (let left = TRIES - 1; left > 0; left -= 1) {
    try {
      return await action();
    } catch (error) {
      if (!worth(error)) throw error;
    }
  }
  return action();
}

/** The whole object; a body that breaks off or fails its checksum is read again. */
async function fetchObject(place: OpenedLocation, key: string): Promise<Fetched | undefined> {
  const read = async (): Promise<Fetched> => {
    const command = new GetObjectCommand({ Bucket: place.bucket, Key: place.prefix + key });
    const answer = await place.client.send(command);
    const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    return { bytes, etag: answer.ETag ?? '' };
  };
  try {
    // An answer with a status is final; without one the body broke off or failed its checksum.
    return await tryAgain(read, (error) => statusOf(error) === undefined);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw storeError('read', addressOf(place, key), error);
  }
}

type Put = Pick<PutObjectCommandInput, 'Body' | 'ContentType' | 'IfMatch' | 'IfNoneMatch'>;

async function put(place: OpenedLocation, key: string, object: Put): Promise<void> {
  await place.client.send(
    new PutObjectCommand({ Bucket: place.bucket, Key: place.prefix + key, ...object }),
  );
}

async function putOrThrow(place: OpenedLocation, key: string, object: Put): Promise<void> {
  try {
    await put(place, key, object);
  } catch (error) {
    throw storeError('write', addressOf(place, key), error);
  }
}

/** A conditional write: true if it was done, also when S3 refused only the repetition of our own. */
async function putIf(
  place: OpenedLocation,
  key: string,
  object: Put & { Body: string },
): Promise<boolean> {
  try {
    await tryAgain(() => put(place, key, object), isConflict);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    if (isConflict(error)) return false;
    if (!isPrecondition(error)) throw storeError('write', addressOf(place, key), error);
    if (!wasRepeated(error)) return false;
    const found = await fetchObject(place, key);
    return found?.bytes.toString() === object.Body;
  }
}

async function listKeys(place: OpenedLocation, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await place.client.send(
        new ListObjectsV2Command({
          Bucket: place.bucket,
          Prefix: place.prefix + prefix,
          ContinuationToken: token,
        }),
      );
      for (const { Key } of page.Contents ?? [])
        if (Key !== undefined) keys.push(Key.slice(place.prefix.length));
      token = page.NextContinuationToken;
    } while (token !== undefined);
  } catch (error) {
    throw storeError('list', addressOf(place, prefix), error);
  }
  return keys;
}

// One PUT of a Buffer at the end: a stream of unknown length is refused (docs/design.md#s3).
function bufferSink(place: OpenedLocation, key: string): PartSink {
  const pieces: Buffer[] = [];
  return {
    append(piece) {
      pieces.push(piece);
      return Promise.resolve();
    },
    commit: () =>
      putOrThrow(place, key, { Body: Buffer.concat(pieces), ContentType: 'application/gzip' }),
  };
}

async function* partLines(place: OpenedLocation, key: string): AsyncIterable<string> {
  const found = await fetchObject(place, key);
  const address = addressOf(place, key);
  if (found === undefined) throw new RetentionError('state-invalid', `${address} is missing.`);
  yield* linesOf(found.bytes, address);
}

const JSON_TYPE = 'application/json';

/**
 * State, facts and reports in a bucket, by conditional writes where two could meet. A missing key is
 * distinguished from a refused one only with `s3:ListBucket`.
 */
export function s3RunStore(client: S3Client, location: S3Location): RunStore {
  const place: OpenedLocation = { client, ...location };
  return {
    // Without the slash at its end: keys are joined to it with one.
    address: addressOf(place, '').replace(/\/+$/, ''),
    async read(key): Promise<StoredText | undefined> {
      const found = await fetchObject(place, key);
      return found && { text: found.bytes.toString('utf8'), etag: found.etag };
    },
    write: (key, text, contentType = JSON_TYPE) =>
      putOrThrow(place, key, { Body: text, ContentType: contentType }),
    create: (key, text) =>
      putIf(place, key, { Body: text, ContentType: JSON_TYPE, IfNoneMatch: '*' }),
    replace: (key, text, etag) =>
      putIf(place, key, { Body: text, ContentType: JSON_TYPE, IfMatch: etag }),
    async remove(key) {
      try {
        await client.send(
          new DeleteObjectCommand({ Bucket: place.bucket, Key: place.prefix + key }),
        );
      } catch (error) {
        throw storeError('remove', addressOf(place, key), error);
      }
    },
    list: (prefix) => listKeys(place, prefix),
    openPart: (key) => partWriter(key, bufferSink(place, key)),
    readPart: (key) => partLines(place, key),
  };
}
