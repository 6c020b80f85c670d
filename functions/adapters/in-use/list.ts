import * as z from 'zod';
import { defined } from '../../domain/defined.ts';
import { type ListedEntry, readEntry, readImageList } from '../../domain/image-list.ts';
import type { InUseConfig } from '../../domain/policy.ts';
import { isWorkloadList } from '../../domain/workload-list.ts';
import { RetentionError } from '../../errors.ts';
import type { DatedText, DigestListReader, InUseList, InUseSource } from '../../ports.ts';
import { workloadAnswer } from '../workload-answer.ts';

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
  if ('images' in data) {
    const dated = { text: data.images.join('\n'), modifiedAt: 'unknown' as const };
    return sourceOf('list', config, () => Promise.resolve(dated));
  }
  const name = data.kind === 'file' ? data.path : `s3://${data.bucket}/${data.key}`;
  return sourceOf(name, config, async () => {
    const read = await readList(data);
    return typeof read === 'string' ? { text: read, modifiedAt: 'unknown' } : read;
  });
}

function sourceOf(name: string, config: InUseConfig, read: () => Promise<DatedText>): InUseSource {
  return {
    name,
    ...defined({ scope: config.scope }),
    read: async () => {
      const dated = await read();
      return isWorkloadList(dated.text)
        ? [workloadAnswer({ name, text: dated.text }, config, emptyList)]
        : [answerOf(name, dated, config)];
    },
  };
}

/** As any other list that is empty. */
function emptyList({ uses }: { readonly uses: number }) {
  if (uses > 0) return undefined;
  return {
    because: 'it says that nothing at all is in use.',
    remedy:
      'See that its collector looks for the right registries; where it is meant, read it by the source collected, under mayBeEmpty.',
  };
}

function answerOf(
  name: string,
  { text, modifiedAt }: DatedText,
  { scope, freshWithin, mirrors }: InUseConfig,
): InUseList {
  const list = readImageList(text, mirrors);
  const kept = { name, ...defined({ scope, freshWithin }) };
  if (!list.ok) {
    const { because, remedy } = list;
    return { ...kept, entries: [], writtenAt: modifiedAt, unreadable: [{ because, remedy }] };
  }
  // What the list says of itself counts more than when it was copied to its place.
  const writtenAt = list.writtenAt === 'unknown' ? modifiedAt : list.writtenAt;
  return { ...kept, entries: list.entries, writtenAt, unreadable: [] };
}

/** What an entry of a list may mean; undefined where it is not understood. */
export function parseImage(entry: string): ListedEntry | undefined {
  const read = readEntry(entry);
  return 'problem' in read ? undefined : read;
}
