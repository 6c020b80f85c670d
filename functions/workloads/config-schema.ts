import * as z from 'zod';
import { pathForm } from './kubernetes/paths.ts';
import type { Resource } from './kubernetes/resource.ts';

const text = z.string().min(1);
const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a name in small letters');
const roleArn = z
  .string()
  .regex(/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'must be the ARN of a role');
const region = z
  .string()
  .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'must be a region such as eu-central-1');

export const scopeSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'must be a name of letters, digits, . _ and -')
  .describe('name of the list, as the policy names it');

/** A custom resource that starts pods, and where in it they are described. */
export const customResourceSchema = z.strictObject({
  group: name,
  version: name,
  plural: name,
  paths: z
    .array(z.string().regex(pathForm, 'must be a path such as spec.template.spec'))
    .min(1)
    .describe('to specs of pods, containers, or images'),
  role: z.enum(['may-start', 'roll-back']).default('may-start'),
});

export const customResourcesSchema = z.array(customResourceSchema);

const shared = {
  scope: scopeSchema,
  roleArn: roleArn.optional().describe('of the account; else its own'),
  externalId: text.optional(),
  registries: z
    .array(text)
    .min(1)
    .optional()
    .describe('hosts under which this Harbor is pulled from; else any'),
};

/** An account with its regions. */
export const ecsScopeSchema = z.strictObject({
  ...shared,
  regions: z.array(region).min(1),
  revisions: z.int().min(1).max(100).default(2).describe('of a family, for rolling back'),
  families: z.enum(['used', 'all']).default('all').describe('whose newest revisions are held'),
});

/** A cluster of EKS. */
export const eksScopeSchema = z.strictObject({
  ...shared,
  cluster: text,
  region,
  namespaces: z.array(name).min(1).optional().describe('only these; else the whole cluster'),
  customResources: customResourcesSchema.default([]),
});

/** Everything that one deployment lists; no two lists have one name. */
export const workloadsConfigSchema = z
  .strictObject({
    ecs: z.array(ecsScopeSchema).default([]),
    eks: z.array(eksScopeSchema).default([]),
  })
  .refine(({ ecs, eks }) => ecs.length + eks.length > 0, 'names neither an account nor a cluster')
  .refine(({ ecs, eks }) => {
    const scopes = [...ecs, ...eks].map(({ scope }) => scope);
    return new Set(scopes).size === scopes.length;
  }, 'has two of one scope, whose lists would replace each other');

export type WorkloadsConfig = z.output<typeof workloadsConfigSchema>;
export type EcsScopeConfig = z.output<typeof ecsScopeSchema>;
export type EksScopeConfig = z.output<typeof eksScopeSchema>;
export type CustomResource = z.output<typeof customResourceSchema>;

/** A custom resource, as the collector lists it. */
export function resourceOf({ group, version, plural, paths, role }: CustomResource): Resource {
  return { group, version, plural, word: plural, paths, isCertain: false, role: () => role };
}
