import * as z from 'zod';
import { compileGroupPattern } from '../domain/pattern.ts';
import { bytesForm, parseBytes } from '../domain/bytes.ts';
import type { BoundCondition } from '../domain/policy.ts';
import { allKey } from '../rules/all-of.ts';
import { keepConditions } from '../rules/keep/index.ts';
import { duration, patterns, somePatterns } from '../rules/parameters.ts';
import { configured } from '../rules/protect/index.ts';
import { rankingSchema } from './ranking-schema.ts';

const text = (allowed: string) => z.string({ error: allowed }).min(1, { error: allowed });
const yesOrNo = z.boolean({ error: 'true or false' });

const labelNames = z.array(text('a label name'), { error: 'a list of Harbor label names' });

const groupByAllowed =
  'a regular expression between slashes that captures the group: "/^(?<group>.+)-\\\\d+$/"';

const groupBy = z
  .string({ error: groupByAllowed })
  .transform((written, context) => {
    const compiled = compileGroupPattern(written);
    if (compiled.ok) return compiled.pattern;
    context.issues.push({
      code: 'custom',
      input: written,
      message: `is no groupBy: ${compiled.because}`,
      params: { allowed: groupByAllowed },
    });
    return z.NEVER;
  })
  .describe('Counts apply inside each group that this expression captures.');

const select = z
  .strictObject({
    projects: somePatterns.describe('Projects, as patterns.'),
    repositories: somePatterns
      .prefault(['**'])
      .describe('Repositories, as patterns for the name without the project.'),
    tags: somePatterns.optional().describe('Tags, as patterns. Either this or untagged.'),
    untagged: z
      .literal(true, { error: 'true; leave it out for a rule on tags' })
      .optional()
      .describe('Artifacts without tags. Either this or tags.'),
    exclude: z
      .strictObject({
        projects: patterns.prefault([]),
        repositories: patterns.prefault([]),
        tags: patterns.prefault([]),
      })
      .prefault({})
      .describe('Any match takes the subject out of this rule.'),
    types: z
      .array(
        z
          .string({ error: 'an artifact type such as IMAGE or CHART' })
          .regex(/^[A-Z][A-Z0-9._-]*$/, {
            error: 'an artifact type in capitals, such as IMAGE or CHART',
          }),
        { error: 'a list of artifact types such as [IMAGE]' },
      )
      .min(1, { error: 'at least one artifact type; leave it out for all' })
      .optional()
      .describe("Harbor's artifact types; default: all."),
    labels: z
      .strictObject({
        all: labelNames.prefault([]),
        any: labelNames.prefault([]),
        none: labelNames.prefault([]),
      })
      .prefault({})
      .describe('Harbor labels that an artifact must have, by name.'),
  })
  .meta({ oneOf: [{ required: ['tags'] }, { required: ['untagged'] }] });

type ConditionKey = (typeof keepConditions)[number]['key'];

const conditions = Object.fromEntries(
  keepConditions.map(({ key, schema }) => [key, schema.optional()]),
) as Readonly<Record<ConditionKey, z.ZodOptional<z.ZodType<BoundCondition>>>>;

const keep = z
  .union(
    [
      z.literal('none'),
      z
        .strictObject({
          ...conditions,
          all: z
            .strictObject(conditions)
            .meta({ minProperties: 1 })
            .optional()
            .describe('Conditions that must hold together; any other condition still keeps.'),
          groupBy: groupBy.optional(),
        })
        .meta({
          anyOf: [...keepConditions.map(({ key }) => key), allKey].map((key) => ({
            required: [key],
          })),
        }),
    ],
    { error: 'at least one keep condition, or none in so many words' },
  )
  .describe('Each condition keeps what it names; any keep wins.');

const rule = z.strictObject({
  name: text('a unique name').max(100, { error: 'at most 100 characters' }),
  select,
  keep,
  untag: yesOrNo
    .prefault(false)
    .describe('true: may also remove single tags from an artifact that stays.'),
  insteadOf: z
    .array(text('the name of a rule'), { error: 'a list of names of rules' })
    .prefault([])
    .describe('Rules that do not select what this one selects.'),
});

const limitAllowed = 'an integer of 0 or more, or unlimited';
const limit = z
  .union([z.int().min(0), z.literal('unlimited')], { error: limitAllowed })
  .describe('0 means none at all.');

const percentAllowed = 'a number from 0 to 100, or unlimited';
const percent = z
  .union([z.number().min(0, percentAllowed).max(100, percentAllowed), z.literal('unlimited')], {
    error: percentAllowed,
  })
  .describe('Rounded down; 0 means none at all.');

/** What is allowed as a number of bytes, in words. */
export const bytesAllowed =
  'an integer with a unit (500GB, 20GiB), a number of bytes, or unlimited';
const bytes = z
  .union(
    [
      z.int().min(0),
      z.literal('unlimited'),
      z.string().regex(new RegExp(bytesForm), { error: bytesAllowed }),
    ],
    { error: bytesAllowed },
  )
  .transform((written) => {
    if (typeof written === 'number') return written;
    return written === 'unlimited' ? written : (parseBytes(written) ?? Number.MAX_SAFE_INTEGER);
  });

const limits = z.strictObject({
  maxDeletions: limit.prefault(500),
  maxDeletionsPercent: percent.prefault(20),
  maxDeletionsPercentPerRepository: percent.prefault(90),
  maxBytes: bytes.prefault('500GB'),
  onBreach: z
    .enum(['refuse', 'oldestFirst'], { error: 'refuse or oldestFirst' })
    .prefault('refuse')
    .describe('oldestFirst: the oldest up to the limit, the rest next time.'),
});

const protect = z.strictObject({
  tags: configured.tags.schema,
  labels: configured.labels.schema,
  repositories: configured.repositories.schema,
  digests: configured.digests.schema,
  minimumAge: configured.minimumAge.schema,
  inUse: configured.inUse.schema,
  keepAtLeast: z
    .int({ error: 'an integer of 0 or more' })
    .min(0, { error: 'an integer of 0 or more' })
    .prefault(1)
    .describe('The most recently active of each repository that always stay.'),
});

const trash = z.union(
  [
    z.literal('off'),
    z.strictObject({
      project: z
        .string({ error: 'the name of a Harbor project' })
        .regex(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/, { error: 'the name of a Harbor project' })
        .prefault('retention-trash'),
      keepFor: duration.prefault('14d'),
    }),
  ],
  { error: '{ project: retention-trash, keepFor: 14d }, or off in so many words' },
);

const canary = z
  .string({ error: 'project/repository:tag' })
  .regex(/^[^/:@\s]+\/[^:@\s]+:\w[\w.-]{0,127}$/, { error: 'project/repository:tag' });

/** The written policy (policy.md). Keys under `keep` and `protect` come from the registries. */
export const policySchema = z
  .strictObject({
    version: z.literal(1, { error: '1' }).describe('Version of the policy language.'),
    rules: z.array(rule, { error: 'a list of rules' }),
    protect: protect.prefault({}).describe('Any one of these holds an artifact with all its tags.'),
    limits: limits.prefault({}).describe('Beyond these the whole plan is refused.'),
    proxyCache: z
      .enum(['keep', 'include'], { error: 'keep or include' })
      .prefault('keep')
      .describe('include: proxy-cache projects are judged, too; nothing can be restored there.'),
    canaries: z
      .strictObject({ mustStay: z.array(canary, { error: 'a list of project/repository:tag' }) })
      .prefault({ mustStay: [] })
      .describe('Images that must be seen and must stay, or the plan is refused.'),
    acknowledgeHarborRetention: yesOrNo.prefault(false),
    acknowledgeReplication: yesOrNo.prefault(false),
    trash: trash.prefault({}).describe('Where deleted artifacts wait, and for how long.'),
    garbageCollection: z
      .strictObject({
        mode: z.enum(['off', 'preview', 'run'], { error: 'off, preview or run' }).prefault('off'),
        workers: z
          .int({ error: 'an integer from 1 to 10' })
          .min(1, { error: 'an integer from 1 to 10' })
          .max(10, { error: 'an integer from 1 to 10' })
          .prefault(1),
      })
      .prefault({}),
    repositories: z
      .strictObject({
        ranking: rankingSchema.optional(),
        removeEmpty: z.strictObject({ olderThan: duration }).optional(),
      })
      .prefault({})
      .describe('Whole repositories.'),
  })
  .meta({ title: 'harbor-retention policy, version 1' });

export type WrittenPolicy = z.output<typeof policySchema>;
