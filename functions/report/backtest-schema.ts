import * as z from 'zod';
import { bytes, count, time } from './schema-fields.ts';

/** Readers skip fields they do not know; a change that breaks them raises this number. */
export const backtestSchemaVersion = 1;

const amount = z.object({ artifacts: count, bytes });

const figures = z.object({
  listed: amount.describe(
    'before the night’s own deletions; untagged children of indexes left out',
  ),
  planned: amount.describe('what the plan would delete'),
  plannedTags: count.describe('single tags that the plan would remove'),
  deferred: count.describe('deletions put off by onBreach: oldestFirst'),
  gone: amount.describe('what went: the plan, or nothing if it was refused'),
  goneTags: count,
  purged: amount,
  trash: amount.describe('what lay in the trash after the night'),
  unknown: count.describe('artifacts that stayed because a fact was not known'),
  unplannable: count.describe('repositories that were not read whole'),
  acknowledged: z
    .array(z.string())
    .optional()
    .describe('rules whose drift was let pass, as if a person had acknowledged it'),
  refusals: z.array(
    z.object({
      rail: z.string(),
      on: z.string(),
      found: z.string(),
      allowed: z.string(),
      remedy: z.string(),
    }),
  ),
});

const night = z.object({
  run: z.string().describe('id of the run whose facts these are'),
  at: time,
  asItWas: z.object({
    listed: amount,
    trash: amount.nullable().describe('before that run; null without a trash'),
    deleted: count.describe('what that run really deleted'),
  }),
  candidate: figures,
  inForce: figures.optional(),
});

const sighting = z.object({
  kind: z.enum(['in-use', 'pulled', 'tagged', 'labelled']),
  at: time,
  atLatest: z
    .literal(true)
    .optional()
    .describe('it was so at this moment; since when is not recorded'),
  what: z.string().optional().describe('the tag, the label, or who uses it'),
  protects: z.boolean().optional().describe('of a label: whether the policy protects by it'),
});

const regret = z.object({
  artifact: z.string().describe('project/repository@digest'),
  tags: z.array(z.string()),
  tag: z.string().optional().describe('the single tag that was removed; absent: the artifact went'),
  size: bytes,
  rule: z.string(),
  run: z.string().describe('the night that took it'),
  goneAt: time,
  undo: z
    .enum(['in-trash', 'lost', 'tag'])
    .describe(
      'when it was wanted first: in-trash, the copy still lay there; lost, it did not; tag, the artifact is there and only its tag went',
    ),
  trashedUntil: time.nullable().describe('null without a copy in the trash'),
  wanted: z.array(sighting).describe('the first of each kind, by time'),
});

const side = z.object({
  policy: z.object({ name: z.string(), hash: z.string() }),
  gone: amount,
  goneTags: count,
  purged: amount,
  refusedNights: count,
  rules: z.array(
    z.object({ rule: z.string(), gone: amount, tags: count, regrets: count, lost: count }),
  ),
  regrets: z.array(regret).describe('the gravest first'),
  watch: z
    .object({
      removals: count,
      toTheEnd: count.describe('their rows are in the facts of the newest night, too'),
      closed: count.describe('until they came again, or a tag’s artifact went'),
      ended: count.describe('not observable afterwards: their rows left the facts'),
      endedSince: time.nullable().describe('since when the first of these is not observable'),
      unseen: count.describe(
        'of those that ended: no later night showed their rows even once, so that nothing was watched',
      ),
      lastNight: count.describe('taken by the newest night: nothing later is known yet'),
      days: z
        .object({ least: count, most: count })
        .nullable()
        .describe(
          'whole days from a removal to the last facts that show it, or to its return; of those that a later night showed',
        ),
    })
    .describe('for how long what went could be watched; every removal is in one of the groups'),
});

export const backtestSchema = z.object({
  schemaVersion: z.literal(backtestSchemaVersion),
  harbor: z.string().describe('base URL'),
  nights: z.array(night).describe('oldest first'),
  candidate: side,
  inForce: side.optional().describe('the policy of the newest run; absent if it is the candidate'),
  passedOver: z.array(z.object({ run: z.string(), because: z.string() })),
  notes: z.array(z.string()).describe('what is not as it would have been, in sentences'),
});

export type BacktestDocument = z.output<typeof backtestSchema>;
export type BacktestSide = BacktestDocument['candidate'];
export type BacktestRegret = BacktestSide['regrets'][number];
export type BacktestNight = BacktestDocument['nights'][number];
