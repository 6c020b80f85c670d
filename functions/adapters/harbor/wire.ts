import * as z from 'zod';
import { typesOf } from './artifact-types.ts';
import { bounds, weightOfParts } from '../../domain/bounds.ts';
import type { Artifact } from '../../domain/artifact.ts';
import { isIndexMediaType } from '../../domain/artifact.ts';
import { parseInstant } from '../../domain/instant.ts';
import type { ImmutableRule } from '../../domain/registry.ts';

const time = z.string().transform(parseInstant);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest sha256:… of 64 hex digits');
const id = z.int().positive();
const count = z.int().nonnegative();
/** Nested empty lists are null, or left out (docs/harbor.md#json). */
const nested = <T extends z.ZodType>(item: T, what: keyof typeof bounds) =>
  z
    .array(item)
    .max(bounds[what], `more than ${bounds[what]} ${what}, which is the bound of what is read`)
    .nullish()
    .transform((list) => list ?? []);
/** Made by Harbor or OCI, but chosen by whoever pushed. */
const name = z.string().max(bounds.nameCharacters);

/** The version decides which of these anybody sees (docs/harbor.md#t55-a-version-that-anybody-sees): identify.ts. */
export const wireSystemInfo = z.object({
  harbor_version: z.string().optional(),
  current_time: z.string().optional(),
  read_only: z.boolean().optional(),
});

/** Metadata values are strings. */
export const wireProject = z.object({
  project_id: id,
  name: name.min(1),
  registry_id: z.int().optional(),
  repo_count: count,
  metadata: z.record(z.string(), z.string()).nullish(),
});

export const wireRepository = z.object({
  id,
  project_id: id,
  // With the project.
  name: z.string().min(1),
  artifact_count: count.default(0),
  pull_count: count.default(0),
  creation_time: time,
  update_time: time,
});

const wireTag = z
  .object({
    name: name.min(1),
    push_time: time,
    pull_time: time,
    immutable: z.boolean().default(false),
  })
  .transform((tag) => ({
    name: tag.name,
    pushedAt: tag.push_time,
    pulledAt: tag.pull_time,
    // Only true where it was asked for (docs/harbor.md#t8-flags).
    isImmutable: tag.immutable,
  }));

/** One row of an artifact list that was asked for with tags, labels and accessories. */
export const wireArtifact = z.object({
  id,
  project_id: id,
  repository_id: id,
  /** 2.12 and later. */
  repository_name: z.string().optional(),
  digest,
  type: name,
  manifest_media_type: name.min(1),
  media_type: name.optional(),
  /** 2.12 and later; left out where it is empty. */
  artifact_type: name.optional(),
  size: count.default(0),
  push_time: time,
  pull_time: time,
  tags: nested(wireTag, 'tags'),
  labels: nested(z.object({ name }), 'labels'),
  references: nested(
    z.object({
      child_digest: digest,
      platform: z.object({ architecture: z.string().optional() }).nullish(),
    }),
    'children',
  ),
  accessories: nested(
    z.object({ digest, type: name.default('unknown'), size: count.default(0) }),
    'accessories',
  ),
});

export type WireArtifact = z.output<typeof wireArtifact>;

/** What is wrong with a row, in words: it is beyond a bound, or not in Harbor's form. */
export function whatIsWrong({ issues: [issue] }: z.ZodError): string {
  const where = issue?.path.join('.') ?? '?';
  return issue?.code === 'too_big'
    ? `is too large at ${where}: ${issue.message}`
    : `is malformed at ${where}: ${issue?.message ?? ''}`;
}

/** What a row weighs in memory, in artifacts. */
export function weightOfRow({ tags, labels, references, accessories }: WireArtifact): number {
  return weightOfParts(tags.length + labels.length + references.length + accessories.length);
}

/** Wire → domain. Empty tags are no proof of "untagged" (docs/harbor.md#t9-empty-tag-lists). */
export function toArtifact(row: WireArtifact): Artifact {
  return {
    id: row.id,
    digest: row.digest,
    type: row.type,
    mediaType: row.manifest_media_type,
    ...typesOf(row),
    size: row.size,
    pushedAt: row.push_time,
    pulledAt: row.pull_time,
    tags: row.tags.map(({ name, pushedAt, pulledAt }) => ({ name, pushedAt, pulledAt })),
    labels: row.labels.map((label) => label.name),
    children: row.references.map((reference) => reference.child_digest),
    accessories: row.accessories,
  };
}

/** An index whose references did not come: its children are not known. */
export function lacksReferences(row: WireArtifact): boolean {
  return isIndexMediaType(row.manifest_media_type) && row.references.length === 0;
}

const selector = z.object({
  kind: z.literal('doublestar'),
  decoration: z.string(),
  pattern: z.string(),
});

const enabledImmutableRule = z
  .object({
    id,
    action: z.literal('immutable').default('immutable'),
    disabled: z.literal(false).default(false),
    tag_selectors: z.array(selector.extend({ decoration: z.enum(['matches', 'excludes']) })).min(1),
    scope_selectors: z.object({
      repository: z
        .array(selector.extend({ decoration: z.enum(['repoMatches', 'repoExcludes']) }))
        .min(1),
    }),
  })
  .transform((rule, context): ImmutableRule => {
    // Harbor reads only the first selector of each kind (docs/harbor.md#immutability-rules).
    const tag = rule.tag_selectors[0];
    const repository = rule.scope_selectors.repository[0];
    if (tag === undefined || repository === undefined) {
      context.addIssue('a rule without selectors');
      return z.NEVER;
    }
    return {
      id: rule.id,
      disabled: false,
      tagDecoration: tag.decoration,
      tagPattern: tag.pattern,
      repositoryDecoration: repository.decoration,
      repositoryPattern: repository.pattern,
    };
  });

const disabledImmutableRule = z.object({ disabled: z.literal(true) });

/** Disabled rules come out as undefined. */
export const wireImmutableRule = z.union([
  disabledImmutableRule.transform(() => undefined),
  enabledImmutableRule,
]);

/** Harbor's own retention policy, as far as "does it run by itself" goes (docs/harbor.md#harbors-own-retention). */
export const wireRetention = z.object({
  trigger: z.object({
    kind: z.string(),
    settings: z.object({ cron: z.string().optional() }).nullish(),
  }),
  rules: z.array(z.object({ disabled: z.boolean().default(false) })).nullish(),
});

export const wireReplication = z.object({
  name: z.string(),
  enabled: z.boolean().default(false),
  deletion: z.boolean().default(false),
  replicate_deletion: z.boolean().default(false),
  trigger: z.object({ type: z.string().default('') }).nullish(),
  src_registry: z.object({ id: z.int().default(0) }).nullish(),
  filters: z
    .array(z.object({ type: z.string(), value: z.unknown(), decoration: z.string().optional() }))
    .nullish(),
});

/** Always present, in bytes (docs/harbor.md#json). */
export const wireQuota = z.object({
  hard: z.object({ storage: z.int() }),
  used: z.object({ storage: z.int().default(0) }),
});

/** A string of JSON that may hold a password: never logged (docs/harbor.md#t38-parameters-as-text). */
export const wireCollection = z.object({
  id,
  job_status: z.string(),
  job_kind: z.string().default(''),
  creation_time: time,
  job_parameters: z.string().default('{}'),
});

export const wireCollectionParameters = z.object({
  dry_run: z.boolean().default(false),
  delete_untagged: z.boolean().default(false),
  freed_space: count.optional(),
  purged_blobs: count.optional(),
  purged_manifests: count.optional(),
});

export const wireRegistryTags = z.object({ tags: z.array(z.string()).nullish() });

export const wireLabel = z.object({
  id,
  name: z.string(),
  description: z.string().default(''),
  creation_time: z.string().default(''),
});

export const wireErrors = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().default('') })).min(1),
});
