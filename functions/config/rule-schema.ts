import * as z from 'zod';
import { compileGroupPattern } from '../domain/pattern.ts';
import type { BoundCondition } from '../domain/policy.ts';
import { allKey } from '../rules/all-of.ts';
import { keepConditions } from '../rules/keep/index.ts';
import { patternsFor, somePatternsFor } from '../rules/parameters.ts';

/** A truth value; YAML's yes and on stay strings. */
export const yesOrNo = z.boolean({ error: 'true or false' });

const text = (allowed: string) => z.string({ error: allowed }).min(1, { error: allowed });

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

/** What is allowed as a type, in words. */
export const typeAllowed = 'an artifact type in capitals, such as IMAGE or CHART';

const select = z
  .strictObject({
    projects: somePatternsFor('project').describe('Projects, as patterns.'),
    repositories: somePatternsFor('repository')
      .prefault(['**'])
      .describe('Repositories, as patterns for the name without the project.'),
    tags: somePatternsFor('tag').optional().describe('Tags, as patterns. Either this or untagged.'),
    untagged: z
      .literal(true, { error: 'true; leave it out for a rule on tags' })
      .optional()
      .describe('Artifacts without tags. Either this or tags.'),
    exclude: z
      .strictObject({
        projects: patternsFor('project').prefault([]),
        repositories: patternsFor('repository').prefault([]),
        tags: patternsFor('tag').prefault([]),
        mediaTypes: patternsFor('media type').prefault([]),
        artifactTypes: patternsFor('media type').prefault([]),
      })
      .prefault({})
      .describe('Any match takes the subject out of this rule.'),
    types: z
      .array(
        z
          .string({ error: 'an artifact type such as IMAGE or CHART' })
          .regex(/^[A-Z][A-Z0-9._-]*$/, {
            error: typeAllowed,
          }),
        { error: 'a list of artifact types such as [IMAGE]' },
      )
      .min(1, { error: 'at least one artifact type; leave it out for all' })
      .optional()
      .describe("Harbor's artifact types; default: all."),
    mediaTypes: somePatternsFor('media type')
      .optional()
      .describe("Harbor's media_type, that of the config, as patterns; default: all."),
    artifactTypes: somePatternsFor('media type')
      .optional()
      .describe("OCI's artifactType, shown by Harbor from 2.12 on, as patterns; default: all."),
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
    { error: 'at least one keep condition, or `keep: none`' },
  )
  .describe('Each condition keeps what it names; any keep wins.');

/** One rule as written. Keys under `keep` come from the registry. */
export const rule = z.strictObject({
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
