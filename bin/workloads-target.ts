import { basename, dirname } from 'node:path';
import { localRunStore } from '../functions/adapters/local-files.ts';
import { newS3Client, s3RunStore } from '../functions/adapters/s3-run-store.ts';
import { RetentionError } from '../functions/errors.ts';
import { mediaType } from '../functions/workloads/collected-list.ts';

/** Where a list is to lie. */
export interface WorkloadsTarget {
  /** As it was given. */
  readonly address: string;
  /** Writes all of it or nothing. @throws RetentionError store-unreachable, store-denied */
  readonly write: (text: string) => Promise<void>;
}

/** A file, or an object as `s3://bucket/key`. @throws RetentionError usage */
export function workloadsTarget(to: string): WorkloadsTarget {
  if (!to.startsWith('s3:')) {
    const folder = localRunStore(dirname(to));
    return { address: to, write: (text) => folder.write(basename(to), text) };
  }
  const { bucket, key } = /^s3:\/\/(?<bucket>[^/]+)\/(?<key>.*[^/])$/.exec(to)?.groups ?? {};
  if (bucket === undefined || key === undefined) {
    throw new RetentionError('usage', `--to ${JSON.stringify(to)} is no object in S3.`, {
      remedy: 'Give s3://BUCKET/lists/workloads/NAME.ndjson, or a file.',
    });
  }
  const store = s3RunStore(newS3Client(), { bucket, prefix: '' });
  return { address: to, write: (text) => store.write(key, text, mediaType) };
}
