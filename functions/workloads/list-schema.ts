import * as z from 'zod';
import type { WorkloadRole } from '../domain/workload-list.ts';

const text = z.string().min(1);
const roles = ['running', 'may-start', 'roll-back'] as const satisfies readonly WorkloadRole[];

const missing = z.looseObject({
  what: text.describe('what was to be listed and was not: "pods of namespace kube-system"'),
  because: text,
  remedy: text,
});

const header = z
  .looseObject({
    list: z.literal('harbor-retention/workloads'),
    version: z.literal(1),
    source: text.describe('"kubernetes", "ecs", or what another collector calls itself'),
    scope: text.describe('what the list speaks of, such as a cluster'),
    writtenAt: z.iso.datetime().describe('when collecting began, in UTC'),
    complete: z.boolean().describe('false: what is missing is held'),
    uses: z.int().min(0).describe('lines that follow'),
    missing: z.array(missing).optional(),
  })
  .describe('The first line.');

const use = {
  by: text.describe('what uses the image, for people: "deployment prod/api"'),
  role: z
    .enum(roles)
    .default('running')
    .describe('it runs, it may start again, or one would go back to it'),
};
const image = text.describe('as written where it is used');
const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .describe('of the manifest');

/** A line of a list of what workloads use: the header, or a use (docs/workloads.md#the-list). */
export const workloadLineSchema = z.union([
  header,
  z.looseObject({ image, digest: digest.optional(), ...use }),
  z.looseObject({ image: image.optional(), digest, ...use }),
]);
