import * as z from 'zod';
import type { Digest } from '../../domain/artifact.ts';
import { protection } from '../protection.ts';
import { holdByDigest } from '../hold-family.ts';

const digestAllowed = 'a digest: sha256: and 64 hexadecimal digits';
const allowed = `a list of digests, or { file: path }, or { s3: s3://bucket/key }`;
const place = /^s3:\/\/(?<bucket>[a-z0-9.-]{3,63})\/(?<key>.+)$/;

const written = z.union(
  [
    z.array(
      z.string({ error: digestAllowed }).regex(/^sha256:[0-9a-f]{64}$/, { error: digestAllowed }),
      { error: allowed },
    ),
    z.strictObject({ file: z.string({ error: 'a path' }).min(1, { error: 'a path' }) }),
    z.strictObject({
      s3: z.string({ error: 's3://bucket/key' }).regex(place, { error: 's3://bucket/key' }),
    }),
  ],
  { error: allowed },
);

/** Where the digests of a policy are listed. */
export interface WrittenDigests {
  readonly inline: readonly Digest[];
  readonly lists: readonly (
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  )[];
}

/** Holds what is listed by digest; a list that could not be read holds everything. */
export const digests = protection({
  key: 'digests',
  params: written.prefault([]).transform((value): WrittenDigests => {
    if (Array.isArray(value)) return { inline: value, lists: [] };
    if ('file' in value) return { inline: [], lists: [{ kind: 'file', path: value.file }] };
    const { bucket = '', key = '' } = place.exec(value.s3)?.groups ?? {};
    return { inline: [], lists: [{ kind: 's3', bucket, key }] };
  }),
  description: 'Digests that are held: a list here, in a file, or in S3, one per line.',
  inRepository: ({ registry }, { inline, lists }) => {
    const listed = registry.listedDigests;
    if (listed === 'unknown') {
      return {
        all: { because: 'the list of digests could not be read', unknown: 'listed digests' },
      };
    }
    if (inline.length === 0 && lists.length === 0 && listed.size === 0) return undefined;
    const known = new Set([...inline, ...listed]);
    return holdByDigest((digest) =>
      known.has(digest)
        ? { because: `${digest.slice(0, 19)} is on the list of digests` }
        : undefined,
    );
  },
});
