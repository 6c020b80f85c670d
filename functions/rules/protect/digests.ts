import * as z from 'zod';
import { listedImages, readEntries, readEntry } from '../../domain/image-list.ts';
import type { DigestListSource } from '../../domain/policy.ts';
import { holdListed } from '../hold-listed.ts';
import { duration } from '../parameters.ts';
import { protection } from '../protection.ts';

const entryAllowed = 'a digest sha256:…, project/repository:tag, or a pattern for that';
const allowed = 'a list of digests or images, or { file: path }, or { s3: { bucket, key } }';
const scheme = 's3://';
const address = /^s3:\/\/[a-z0-9.-]{3,63}\/.+$/;

// The expression is for editors; a name without a slash can be in no Harbor.
const entry = z
  .string({ error: entryAllowed })
  .regex(/^(?:sha256:[0-9a-f]{64}|(?!sha256:).*\/.*)$/, { error: entryAllowed, abort: true })
  .superRefine((text, context) => {
    const read = readEntry(text);
    if (!('problem' in read)) return;
    context.addIssue({
      code: 'custom',
      message: `is not understood: ${read.problem}`,
      params: { allowed: entryAllowed },
    });
  });

const freshWithin = duration
  .optional()
  .describe('A list that is older is not believed: everything is held.');

const text = (what: string) => z.string({ error: what }).min(1, { error: what });

const object = z.union(
  [
    z
      .string()
      .regex(address, { error: 's3://bucket/key' })
      .transform((written) => {
        const path = written.slice(scheme.length);
        const slash = path.indexOf('/');
        return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
      }),
    z.strictObject({ bucket: text('a bucket'), key: text('a key') }),
  ],
  { error: '{ bucket, key }, or s3://bucket/key' },
);

const written = z.union(
  [
    z.array(entry, { error: allowed }),
    z.strictObject({ file: text('a path'), freshWithin }),
    z.strictObject({ s3: object, freshWithin }),
  ],
  { error: allowed },
);

/** Where the images of a policy are listed. */
export interface WrittenDigests {
  /** Entries as written. */
  readonly inline: readonly string[];
  readonly lists: readonly DigestListSource[];
}

/** Holds what is listed; a list that is not known holds everything. */
export const digests = protection({
  key: 'digests',
  params: written.prefault([]).transform((value): WrittenDigests => {
    if (Array.isArray(value)) return { inline: value, lists: [] };
    const fresh = value.freshWithin === undefined ? {} : { freshWithin: value.freshWithin };
    const list: DigestListSource =
      'file' in value
        ? { kind: 'file', path: value.file, ...fresh }
        : { kind: 's3', ...value.s3, ...fresh };
    return { inline: [], lists: [list] };
  }),
  description: 'Digests or images that are held: a list here, in a file, or in S3, one per line.',
  inRepository: ({ registry, projectName, repository }, { inline }) => {
    const listed = registry.listedDigests;
    if (listed === 'unknown') {
      return { all: { because: 'the list of digests is not known', unknown: 'listed digests' } };
    }
    const own = readEntries(inline);
    const images = own.length === 0 ? listed : listedImages([...listed.entries, ...own]);
    return holdListed(images, {
      repository: `${projectName}/${repository}`,
      because: (what) => `${what} is on the list of digests`,
    });
  },
});
