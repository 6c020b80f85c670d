import * as z from 'zod';
import { patternFor } from './parameters.ts';

const text = (allowed: string) => z.string({ error: allowed }).min(1, { error: allowed });

const nameAllowed =
  'the name of a list, as its collector calls its scope: letters, digits, . _ and -, in quotes if it is a number';
const listName = z
  .string({ error: nameAllowed })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, { error: nameAllowed });

const s3Allowed = 'for list { bucket, key }, for collected { bucket, prefix }';

/** What the sources of `protect.inUse` may have besides `source`, `scope` and `freshWithin`; `ways` says which has what. */
export const sourceOptions = {
  images: z
    .array(text('an image'), { error: 'a list of images' })
    .min(1, { error: 'at least one image' })
    .optional()
    .describe('Source list: the entries themselves.'),
  file: text('a path').optional().describe('Source list: a file, one entry per line.'),
  s3: z
    .union(
      [
        z.strictObject({ bucket: text('a bucket'), key: text('a key') }),
        z.strictObject({
          bucket: text('a bucket'),
          prefix: z.string({ error: 'a prefix, which may be empty' }),
        }),
      ],
      { error: s3Allowed },
    )
    .optional()
    .describe(`An object, or the folder of collected lists: ${s3Allowed}.`),
  must: z
    .array(listName, { error: 'a list of names of lists' })
    .min(1, { error: 'at least one name' })
    .optional()
    .describe('Source collected: the lists that must be there; one that is not holds its scope.'),
  scopes: z
    .record(
      listName,
      patternFor('repository').transform((pattern) => pattern.text),
      {
        error: '{ name of a list: pattern }',
      },
    )
    .optional()
    .describe('Source collected: what is held while one of these lists is not known.'),
  mayBeEmpty: z
    .array(listName, { error: 'a list of names of lists' })
    .optional()
    .describe('Source collected: the lists that may say that nothing is in use.'),
  folder: text('a path').optional().describe('Source collected: a folder, for the command line.'),
};

type Option = keyof typeof sourceOptions;

interface Way {
  readonly options: readonly Option[];
  /** Which of them say where the lists are: one of them, or at most one. */
  readonly places: readonly Option[];
  readonly needsPlace: boolean;
  readonly required: readonly Option[];
  /** What `s3` must have. */
  readonly s3: 'key' | 'prefix';
}

const ways: ReadonlyMap<string, Way> = new Map<string, Way>([
  [
    'list',
    {
      options: ['images', 'file', 's3'],
      places: ['images', 'file', 's3'],
      needsPlace: true,
      required: [],
      s3: 'key',
    },
  ],
  [
    'collected',
    {
      options: ['must', 'scopes', 'mayBeEmpty', 'folder', 's3'],
      places: ['folder', 's3'],
      needsPlace: false,
      required: ['must'],
      s3: 'prefix',
    },
  ],
]);

const common: readonly string[] = ['source', 'scope', 'freshWithin'];

/** What a source has as written; its other keys are checked by their types before. */
interface Written extends Readonly<Record<string, unknown>> {
  readonly source: string;
  readonly s3?: Readonly<Record<string, unknown>> | undefined;
  readonly must?: readonly string[] | undefined;
  readonly scopes?: Readonly<Record<string, string>> | undefined;
  readonly mayBeEmpty?: readonly string[] | undefined;
}

/** Reports options that a source does not have, that it lacks, and that contradict one another. */
export function checkSource(written: Written, context: z.RefinementCtx): void {
  const way = ways.get(written.source);
  // Another source says by itself what it takes, when it is opened.
  if (way === undefined) return;
  const refuse = (path: readonly PropertyKey[], message: string, allowed: string): void => {
    context.addIssue({ code: 'custom', path: [...path], message, params: { allowed } });
  };
  const all = way.options.join(', ');
  for (const key of Object.keys(written)) {
    if (common.includes(key) || way.options.some((option) => option === key)) continue;
    if (key in sourceOptions) refuse([key], `is no key of the source ${written.source}`, all);
    else context.addIssue({ code: 'unrecognized_keys', keys: [key], input: written });
  }
  for (const key of way.required) {
    if (written[key] === undefined) refuse([key], 'is missing', 'the names of the lists');
  }
  const [first, second] = way.places.filter((place) => written[place] !== undefined);
  if (first === undefined && way.needsPlace)
    refuse([], 'says nothing of where its list is', `one of ${way.places.join(', ')}`);
  if (second !== undefined)
    refuse([second], `stands beside ${first ?? ''}`, `one of ${way.places.join(', ')}`);
  if (written.s3 !== undefined && !(way.s3 in written.s3))
    refuse(['s3'], `has no ${way.s3}`, s3Allowed);
  checkNames(written, refuse);
}

/** A name that is not under `must` is a slip: it would do nothing. */
function checkNames(
  { must, scopes = {}, mayBeEmpty = [] }: Written,
  refuse: (path: readonly PropertyKey[], message: string, allowed: string) => void,
): void {
  if (must === undefined) return;
  const message = 'is not under must';
  for (const name of Object.keys(scopes)) {
    if (!must.includes(name)) refuse(['scopes', name], message, must.join(', '));
  }
  for (const [index, name] of mayBeEmpty.entries()) {
    if (!must.includes(name)) refuse(['mayBeEmpty', index], message, must.join(', '));
  }
}
