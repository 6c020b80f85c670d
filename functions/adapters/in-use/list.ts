import * as z from 'zod';
import { defined } from '../../domain/defined.ts';
import {
  type ListedEntry,
  listedImages,
  readEntry,
  readImageList,
} from '../../domain/image-list.ts';
import type { Instant, Known } from '../../domain/instant.ts';
import type { InUseConfig } from '../../domain/policy.ts';
import { RetentionError } from '../../errors.ts';
import type { DigestListReader, InUseAnswer, InUseSource } from '../../ports.ts';

const place = z.union([
  z.strictObject({ file: z.string().min(1) }).transform(({ file }) => ({
    kind: 'file' as const,
    path: file,
  })),
  z
    .strictObject({ s3: z.strictObject({ bucket: z.string().min(1), key: z.string().min(1) }) })
    .transform(({ s3 }) => ({ kind: 's3' as const, ...s3 })),
]);

/** `{ source: list, file: … }` or `{ source: list, s3: { bucket, key } }`, or the entries themselves. */
const options = z.union([z.strictObject({ images: z.array(z.string()).min(1) }), place]);

/**
 * Images that workloads use, from a list that somebody else writes (docs/policy.md#lists).
 * @throws RetentionError policy-invalid for options that are none of the three forms
 */
export function listSource(config: InUseConfig, readList: DigestListReader): InUseSource {
  const parsed = options.safeParse(config.options);
  if (!parsed.success) {
    throw new RetentionError(
      'policy-invalid',
      'protect.inUse, source list: images: [...], file: PATH or s3: { bucket, key } was expected.',
    );
  }
  const { data } = parsed;
  const { scope, freshWithin, mirrors } = config;
  const kept = {
    ...defined({ scope, freshWithin }),
  };
  if ('images' in data) {
    const text = data.images.join('\n');
    return {
      name: 'list',
      ...kept,
      read: () => Promise.resolve(answerOf(text, 'unknown', mirrors)),
    };
  }
  return {
    name: data.kind === 'file' ? data.path : `s3://${data.bucket}/${data.key}`,
    ...kept,
    read: async () => {
      const read = await readList(data);
      const dated =
        typeof read === 'string' ? { text: read, modifiedAt: 'unknown' as const } : read;
      return answerOf(dated.text, dated.modifiedAt, mirrors);
    },
  };
}

function answerOf(
  text: string,
  modifiedAt: Known<Instant>,
  mirrors: InUseConfig['mirrors'],
): InUseAnswer {
  const list = readImageList(text, mirrors);
  if (!list.ok) {
    const { because, remedy } = list;
    return { ...listedImages([]), writtenAt: modifiedAt, unreadable: [{ because, remedy }] };
  }
  // What the list says of itself counts more than when it was copied to its place.
  const writtenAt = list.writtenAt === 'unknown' ? modifiedAt : list.writtenAt;
  return { ...listedImages(list.entries), writtenAt, unreadable: [] };
}

/** What an entry of a list may mean; undefined where it is not understood. */
export function parseImage(entry: string): ListedEntry | undefined {
  const read = readEntry(entry);
  return 'problem' in read ? undefined : read;
}
