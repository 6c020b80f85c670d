import * as z from 'zod';
import { bytesForm, parseBytes } from '../domain/bytes.ts';
import { duration } from '../rules/parameters.ts';
import { configured } from '../rules/protect/index.ts';
import { rankingSchema } from './ranking-schema.ts';
import { rule, yesOrNo } from './rule-schema.ts';

const component = '[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?';

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

const mirrorHost = 'the host of a registry, such as docker.io';
const mirrorPlace = 'a project, or project/prefix';

const protect = z.strictObject({
  tags: configured.tags.schema,
  labels: configured.labels.schema,
  repositories: configured.repositories.schema,
  digests: configured.digests.schema,
  minimumAge: configured.minimumAge.schema,
  inUse: configured.inUse.schema,
  mirrors: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?$/, { error: mirrorHost }),
      z.string({ error: mirrorPlace }).regex(new RegExp(`^${component}(?:/${component})*$`), {
        error: mirrorPlace,
      }),
      { error: '{ docker.io: dockerhub-proxy }' },
    )
    .prefault({})
    .describe('Where the images of other registries lie in this Harbor, for what lists name.'),
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
  { error: '{ project: retention-trash, keepFor: 14d }, or `trash: off`' },
);

const momentAllowed =
  'a day (2026-12-01, from 00:00 UTC) or a moment with its zone, such as 2026-12-01T03:00:00Z or 2026-12-01T04:00:00+01:00';

const rollout = z.strictObject({
  startedAt: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: momentAllowed })
    .transform((text) => Date.parse(text))
    .describe('A day, from 00:00 UTC, or a moment with its zone.'),
  over: duration,
});

const canaryForm = new RegExp(`^${component}(?:/${component})+:\\w[\\w.-]{0,127}$`);
const canaryAllowed = 'project/repository:tag, the exact name of one image, in Harbor’s spelling';

const canary = z.string({ error: canaryAllowed }).regex(canaryForm, { error: canaryAllowed });

/** The written policy (docs/policy.md). Keys under `keep` and `protect` come from the registries. */
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
    rollout: rollout
      .optional()
      .describe(
        'A tenth of the repositories first, from startedAt on, and all of them once `over` has passed.',
      ),
  })
  .meta({ title: 'harbor-retention policy, version 1' });

export type WrittenPolicy = z.output<typeof policySchema>;
