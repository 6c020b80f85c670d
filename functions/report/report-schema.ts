import * as z from 'zod';
import { bytes, count, time } from './schema-fields.ts';
import { ledger } from './ledger-schema.ts';
import {
  applied,
  collection,
  distributions,
  lookAhead,
  rollOut,
  trend,
  unmatched,
  waiting,
} from './report-sections.ts';

/** Readers skip kinds and fields they do not know; a change that breaks them raises this number. */
export const reportSchemaVersion = 1;

const totals = z.object({
  artifacts: count.describe('without untagged children of indexes and linked accessories'),
  bytes,
  deletions: count.describe('artifacts that would be, or were to be, deleted'),
  deletionBytes: bytes.describe('an upper bound of what deleting frees'),
  tagRemovals: count,
  deferred: count.describe('deletions put off by onBreach: oldestFirst'),
  unread: count
    .optional()
    .describe(
      'artifacts that Harbor counts in repositories that were not judged, beyond those seen',
    ),
  waiting: waiting.optional(),
});

export const reportSchema = z.object({
  schemaVersion: z.literal(reportSchemaVersion),
  run: z.object({
    id: z.string(),
    mode: z.enum(['dry-run', 'apply']),
    end: z
      .enum(['finished', 'refused', 'unfinished', 'failed'])
      .describe('unfinished: the run was cut off, or is still going'),
    startedAt: time,
    judgedAt: time.optional().describe('of a look ahead: judged as if it were then'),
    finishedAt: time.optional(),
    slices: count,
  }),
  /** The first lines of the report: what a person must know. */
  headline: z.array(z.string()),
  policy: z.object({
    hash: z.string().describe('hex SHA-256 of the text'),
    name: z.string(),
    version: z.string().optional(),
  }),
  harbor: z
    .object({
      url: z.string(),
      version: z.string(),
      currentTime: time.nullable(),
      readOnly: z.boolean().nullable(),
      clockSkewMs: z.int().nullable().describe('Harbor’s clock minus ours, in milliseconds'),
    })
    .optional(),
  totals: totals
    .extend({ projects: count, repositories: count, unplannable: count })
    .optional()
    .describe('absent if the run ended before a plan was made'),
  planId: z.string().optional(),
  fingerprint: z
    .string()
    .optional()
    .describe('of policy and actions, for a confirmation; the same plan made again has the same'),
  rules: z.array(
    z.object({
      rule: z.string(),
      selected: count,
      kept: count,
      deletions: count,
      deletionBytes: bytes,
      tagRemovals: count,
      waiting: waiting.optional(),
    }),
  ),
  reasons: z.array(
    z.object({ code: z.string(), by: z.string().optional(), artifacts: count, bytes }),
  ),
  repositories: z.array(
    totals.extend({
      project: z.string(),
      repository: z.string(),
      unplannable: z.string().optional().describe('why it was not judged'),
      pushedAtOnce: z
        .boolean()
        .optional()
        .describe('everything was pushed within a minute: the order of pushes means nothing'),
      approved: z.boolean().optional().describe('a person allowed it to go whole'),
      repositoryId: z.int(),
      tags: count,
      pullCount: count,
      createdAt: time.nullable(),
      updatedAt: time.nullable().describe('moves with pulls: never a last push'),
      lastActivity: time.optional().describe('latest push or pull of an artifact'),
      score: z.number().optional(),
    }),
  ),
  ranking: z
    .array(z.object({ project: z.string(), repository: z.string(), score: z.number() }))
    .describe('lowest first; only if the policy ranks repositories'),
  emptyRepositories: z
    .array(z.object({ project: z.string(), repository: z.string() }))
    .describe(
      'empty ones that repositories.removeEmpty would remove, or was to remove, in this run',
    ),
  lookAhead: lookAhead
    .optional()
    .describe(
      'what would go besides, some days later, if nothing were pushed, pulled or relabelled until then; limits aside, and as if a roll-out were over',
    ),
  rollOut: rollOut.optional().describe('absent where the policy holds everywhere at once'),
  refusals: z.array(
    z.object({
      rail: z.string(),
      on: z.string(),
      found: z.string(),
      allowed: z.string(),
      remedy: z.string(),
      fingerprint: z
        .string()
        .optional()
        .describe('by which a person may acknowledge the refusal, so that it is not refused again'),
    }),
  ),
  warnings: z.array(
    z.object({ code: z.string(), on: z.string(), message: z.string(), remedy: z.string() }),
  ),
  unmatched: unmatched
    .optional()
    .describe('patterns, names and entries of lists that matched nothing in this run'),
  trash: z
    .object({
      project: z.string(),
      due: count.describe('copies older than keepFor that would be, or were to be, purged'),
      dueBytes: bytes,
      deferred: count,
      waiting: count.describe('copies that stay for now'),
      waitingBytes: bytes,
      notes: z.array(z.string()),
    })
    .optional(),
  ledger: ledger
    .optional()
    .describe('what the plan frees, each blob counted once; absent where it was not asked for'),
  garbageCollection: z
    .object({
      thisRun: collection.optional(),
      earlier: collection.optional().describe('one that an earlier run started'),
    })
    .optional(),
  distributions: distributions.optional(),
  trend: trend.optional(),
  canaries: z.array(
    z.object({
      reference: z.string(),
      digest: z.string(),
      fate: z.enum(['keep', 'untag', 'delete']),
    }),
  ),
  requests: z.object({
    sent: count,
    retried: count,
    lowerBound: count,
    waitedMs: z.number().nonnegative(),
    ledger: count
      .optional()
      .describe(
        'of those sent, how many read manifests for the ledger; no part of the lower bound',
      ),
  }),
  reused: z
    .object({ repositories: count, artifacts: count })
    .optional()
    .describe('of the rows, those that rest on the run before: no rule selects their repositories'),
  durationsMs: z.record(z.string(), z.number().nonnegative()).describe('milliseconds per phase'),
  artifacts: z.object({
    rows: count,
    parts: z.array(z.object({ key: z.string(), lines: count, bytes: count, sha256: z.string() })),
  }),
  applied: applied.optional().describe('what became of the plan; absent in a dry run'),
  error: z
    .object({ code: z.string(), message: z.string(), remedy: z.string() })
    .optional()
    .describe('why the run failed'),
});

export type Report = z.output<typeof reportSchema>;

/** What became of the garbage collection that a run started. */
export type ShownCollection = NonNullable<NonNullable<Report['garbageCollection']>['thisRun']>;
