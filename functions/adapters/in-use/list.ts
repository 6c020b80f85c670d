import * as z from 'zod';
import { RetentionError } from '../../errors.ts';
import type { DigestListReader, InUseSource } from '../../ports.ts';
import type { InUseConfig } from '../../domain/policy.ts';

/** `{ source: list, file: … }` or `{ source: list, s3: { bucket, key } }`, or the entries themselves. */
const options = z.union([
  z.strictObject({ images: z.array(z.string()).min(1) }),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ s3: z.strictObject({ bucket: z.string().min(1), key: z.string().min(1) }) }),
]);

/** `project/repository:tag`, `project/repository@sha256:…` or a bare digest; a registry's host in front is dropped. */
const reference =
  /^(?:(?<name>[^@:\s]+(?::\d+\/[^@:\s]+)?))?(?::(?<tag>[\w][\w.-]{0,127}))?(?:@?(?<digest>sha256:[0-9a-f]{64}))?$/;

/**
 * Images that workloads use, from a list that somebody else writes: one per line, blank lines and `#` comments allowed.
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
  return {
    kind: 'list',
    read: async () => {
      const text =
        'images' in data
          ? data.images.join('\n')
          : await readList(
              'file' in data ? { kind: 'file', path: data.file } : { kind: 's3', ...data.s3 },
            );
      return parseImages(text);
    },
  };
}

/** @throws RetentionError policy-invalid naming the line: an entry that is not understood could be an image in use */
export function parseImages(text: string): Awaited<ReturnType<InUseSource['read']>> {
  const digests = new Set<string>();
  const references = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    const entry = line.replace(/#.*/, '').trim();
    if (entry === '') continue;
    const image = parseImage(entry);
    if (image === undefined) {
      throw new RetentionError(
        'policy-invalid',
        `list of images in use, line ${index + 1}: project/repository:tag or …@sha256:… was expected, not ${JSON.stringify(entry)}.`,
      );
    }
    if (image.digest !== undefined) digests.add(image.digest);
    else references.add(`${image.name}:${image.tag}`);
  }
  return { digests, references, unreadable: [] };
}

interface Image {
  readonly name: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

/** `registry.example/team/api:v1` → team/api, v1; without a tag it is `latest`, as container runtimes take it. */
export function parseImage(entry: string): Image | undefined {
  const groups = reference.exec(entry)?.groups;
  const name = groups?.['name'];
  const digest = groups?.['digest'];
  if (groups === undefined || (name === undefined && digest === undefined)) return undefined;
  const first = name?.split('/')[0] ?? '';
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const own = isHost ? (name ?? '').slice(first.length + 1) : (name ?? '');
  return { name: own, tag: groups['tag'] ?? 'latest', digest };
}
