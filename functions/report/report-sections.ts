import * as z from 'zod';
import { bytes, count, time } from './schema-fields.ts';

/** What is known of one garbage collection. */
export const collection = z.union([
  z.object({ kind: z.literal('not-started'), because: z.string() }),
  z.object({
    kind: z.literal('running').describe('its figures come in the next run'),
    id: z.int(),
    since: z.number(),
    dryRun: z.boolean(),
  }),
  z.object({ kind: z.literal('intended'), after: z.int(), dryRun: z.boolean() }),
  z.object({
    kind: z.literal('ended'),
    id: z.int(),
    dryRun: z.boolean(),
    status: z.string(),
    freedBytes: count
      .nullable()
      .describe(
        'a dry run counts blobs that are shared more than once; null: Harbor gave no figure',
      ),
    blobs: count.nullable(),
    manifests: count.nullable(),
  }),
]);

const shares = z.array(
  z.object({ stays: count, staysBytes: bytes, goes: count, goesBytes: bytes }),
);

export const distributions = z
  .object({
    ages: shares.describe('up to 1, 7, 30, 90, 180, 365, 730 days since the push, and older'),
    ageUnknown: shares.element,
    sizes: shares.describe('up to 1 MB, 10 MB, 100 MB, 1 GB, 10 GB, and larger'),
  })
  .describe('of all rows, with children of indexes and accessories');

export const trend = z
  .array(
    z.object({
      runId: z.string(),
      at: time,
      mode: z.enum(['dry-run', 'apply']),
      end: z.enum(['finished', 'refused']).optional(),
      artifacts: count,
      bytes,
      deleted: count,
      deletedBytes: bytes.optional(),
      condemned: count.optional(),
      condemnedBytes: bytes.optional(),
      trash: count.optional().describe('copies in the trash when the run looked'),
      trashBytes: bytes.optional(),
      freedBytes: count.optional().describe('by garbage collection, as Harbor says'),
    }),
  )
  .describe('the last runs, oldest first, this one at the end');

/** What would go some days later. */
export const lookAhead = z.array(
  z.object({
    days: count,
    at: time,
    deletions: count,
    bytes,
    rules: z.array(z.object({ rule: z.string(), deletions: count, bytes })),
    repositories: z.array(z.object({ repository: z.string(), deletions: count, bytes })),
  }),
);

/** What of policy and lists matched nothing. */
export const unmatched = z.object({
  names: z.array(
    z.object({
      place: z.string(),
      pattern: z.string(),
      protects: z.boolean().describe('it would save what it matches'),
    }),
  ),
  lists: z.array(
    z.object({
      list: z.enum(['inUse', 'digests']),
      entries: count,
      unmatched: count,
      examples: z.array(z.string()),
    }),
  ),
});

/** What waits for the roll-out, of a scope. */
export const waiting = z
  .object({ artifacts: count, bytes, tags: count.describe('single tags') })
  .describe('condemned, and waits for the roll-out; absent where nothing does');

/** How far a policy is rolled out. */
export const rollOut = z.object({
  startedAt: time,
  endsAt: time.describe('the first moment at which the policy deletes in all repositories'),
  phase: z
    .enum(['before', 'first', 'all'])
    .describe('nothing goes yet; a tenth of the repositories; all of them'),
  heldBy: z
    .string()
    .optional()
    .describe('the run whose refusal keeps it in the first tenth after its time'),
  inScope: count.describe('repositories that some rule selects'),
  first: count.describe('how many of them go first'),
  names: z.array(z.string()).describe('the first of these, by name'),
  waiting: z.object({
    artifacts: count,
    bytes,
    tags: count,
    repositories: count,
    emptyRepositories: count,
  }),
  regrets: z
    .object({
      count: count.describe('signs that a deletion since its beginning was missed'),
      acknowledged: count.describe('how many of these somebody has acknowledged'),
      examples: z.array(z.object({ copy: z.string(), because: z.string() })),
      unknown: z.array(z.string()).describe('what could not be looked at'),
    })
    .optional()
    .describe('absent where the trash could not be looked at'),
});

/** What was done of a plan. */
export const applied = z.object({
  deleted: count,
  deletedBytes: bytes,
  removedTags: count,
  purged: count.describe('copies deleted from the trash for good'),
  purgedBytes: bytes,
  removedRepositories: count.describe('empty ones'),
  results: z.record(z.string(), count).describe('outcomes by kind'),
  exceptions: z
    .array(z.object({ action: z.string(), result: z.string(), because: z.string() }))
    .describe('the first outcomes that are not "done"; all stand in the records'),
  restorableUntil: time
    .nullable()
    .describe('until then everything this run deleted can be restored; null: nothing can'),
  records: z.array(z.string()).describe('keys of the records, from which a restore works'),
});
