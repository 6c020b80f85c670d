import * as z from 'zod';
import { count } from './schema-fields.ts';

const range = z
  .object({
    atLeast: count,
    atMost: count.describe('equal to atLeast where everything that matters is known'),
  })
  .describe('bytes of different blobs, each counted once');

/** What a plan does to storage and quotas; none of it decides anything. */
export const ledger = z.union([
  z.object({ kind: z.literal('off'), because: z.string() }),
  z.object({
    kind: z.literal('figures'),
    frees: range.describe(
      'storage of what the plan deletes and nothing else in the registry uses; free after its time in the trash, the purge and a garbage collection; without a trash after the next garbage collection',
    ),
    freesNow: range.describe(
      'what a garbage collection right after this run could take: of the copies that it purges, without a trash of all that it deletes; Harbor spares blobs touched within two hours',
    ),
    projects: z
      .array(z.object({ project: z.string(), gains: range }))
      .describe('what the quota of each project gains right at the deletion, largest first'),
    trash: z
      .object({
        project: z.string(),
        rises: range.describe('what its quota is charged with for the copies'),
        falls: range.describe('what it gains by the purge of this run'),
      })
      .optional(),
    shared: z.object({
      bytes: count.describe('of known blobs that deleted and staying artifacts share'),
      layers: z
        .array(
          z.object({
            digest: z.string().describe('its first 24 hex digits'),
            bytes: count,
            goes: count.describe('deleted manifests that have it'),
            stays: count.describe('staying ones, a digest counting in each of its repositories'),
            repositories: z.array(z.string()).describe('some in which it stays'),
          }),
        )
        .describe('the largest'),
    }),
    manifests: z.object({
      all: count.describe('different digests in the registry and its trash'),
      known: count.describe('those whose blobs are known'),
      going: count.describe('different digests that the plan deletes somewhere'),
      goingKnown: count,
      readNow: count.describe('by this run; the others are known from earlier ones'),
    }),
    requests: count.describe('that this run sent to read manifests; part of requests.sent'),
    notes: z.array(z.string()).describe('why a figure is less exact than it could be'),
  }),
]);

export type Ledger = z.output<typeof ledger>;
