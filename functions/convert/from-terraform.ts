import * as z from 'zod';
import type { ProjectRetention, RetentionRule, RetentionSelector } from './retention-rules.ts';

const count = z.number().nullish();
const pattern = z.string().nullish();

/** A `rule` block of `harbor_retention_policy`, as `terraform show -json` writes it. */
const terraformRule = z.object({
  disabled: z.boolean().nullish(),
  always_retain: z.boolean().nullish(),
  most_recently_pulled: count,
  most_recently_pushed: count,
  n_days_since_last_pull: count,
  n_days_since_last_push: count,
  repo_matching: pattern,
  repo_excluding: pattern,
  tag_matching: pattern,
  tag_excluding: pattern,
  untagged_artifacts: z.boolean().nullish(),
});

type TerraformRule = z.output<typeof terraformRule>;

const resource = z.object({
  address: z.string(),
  type: z.string(),
  values: z.record(z.string(), z.unknown()).nullish(),
});

interface Module {
  readonly resources?: readonly z.output<typeof resource>[] | null | undefined;
  readonly child_modules?: readonly Module[] | null | undefined;
}

const module: z.ZodType<Module> = z.lazy(() =>
  z.object({
    resources: z.array(resource).nullish(),
    child_modules: z.array(module).nullish(),
  }),
);

const values = z.object({ root_module: module });

/** The output of `terraform show -json`, of a state or of a plan. */
export const terraformShow = z
  .object({
    format_version: z.string(),
    values: values.optional(),
    planned_values: values.optional(),
  })
  .transform((shown) => shown.planned_values ?? shown.values);

const retention = z.object({
  scope: z.union([z.string(), z.number()]).transform(String),
  schedule: z.string().nullish(),
  rule: z.array(terraformRule),
});

export interface TerraformRetention {
  readonly retentions: readonly ProjectRetention[];
  /** Policies that could not be read, each as a sentence. */
  readonly problems: readonly string[];
}

/**
 * Every `harbor_retention_policy` of a state or plan, as Harbor's own retention. The project is found by its id among the
 * `harbor_project` resources and data sources. Pure.
 */
export function retentionsIn(shown: z.output<typeof terraformShow>): TerraformRetention {
  const resources = shown === undefined ? [] : resourcesIn(shown.root_module);
  const projects = projectNames(resources);
  const retentions: ProjectRetention[] = [];
  const problems: string[] = [];
  for (const { address, values: written } of resources.filter(isRetention)) {
    const parsed = retention.safeParse(written);
    const project = parsed.success ? projects.get(projectId(parsed.data.scope)) : undefined;
    if (!parsed.success)
      problems.push(`${address} was not understood: ${parsed.error.issues[0]?.message ?? ''}.`);
    else if (project === undefined)
      problems.push(
        `${address}: no harbor_project with the id ${parsed.data.scope} is in this file, so its project is not known.`,
      );
    else {
      const { rule, schedule } = parsed.data;
      const isScheduled = schedule !== undefined && schedule !== null && schedule !== '';
      retentions.push({ project, isScheduled, rules: rule.map(asHarbor) });
    }
  }
  return { retentions, problems };
}

const isRetention = ({ type }: { readonly type: string }): boolean =>
  type === 'harbor_retention_policy';

function resourcesIn({ resources, child_modules }: Module): readonly z.output<typeof resource>[] {
  return [...(resources ?? []), ...(child_modules ?? []).flatMap(resourcesIn)];
}

const projectFields = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  name: z.string(),
});

function projectNames(
  resources: readonly z.output<typeof resource>[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { type, values: written } of resources) {
    const fields = projectFields.safeParse(written);
    if (type === 'harbor_project' && fields.success)
      names.set(projectId(fields.data.id), fields.data.name);
  }
  return names;
}

/** `/projects/12` and `12` are the same project. */
const projectId = (text: string): string => text.replace(/^\/projects\//, '');

/** The rule as the provider sends it to Harbor. */
function asHarbor(rule: TerraformRule): RetentionRule {
  const { disabled, untagged_artifacts: untagged } = rule;
  const { template, params } = templateOf(rule);
  return {
    disabled,
    template,
    params,
    scope_selectors: {
      repository: selectorsOf(
        ['repoMatches', rule.repo_matching],
        ['repoExcludes', rule.repo_excluding],
      ),
    },
    tag_selectors: selectorsOf(
      ['matches', rule.tag_matching],
      ['excludes', rule.tag_excluding],
    ).map((one) => ({ ...one, extras: JSON.stringify({ untagged: untagged ?? true }) })),
  };
}

function templateOf(rule: TerraformRule): Pick<RetentionRule, 'template' | 'params'> {
  if (rule.always_retain === true) return { template: 'always', params: {} };
  const set = [
    ['nDaysSinceLastPull', rule.n_days_since_last_pull],
    ['nDaysSinceLastPush', rule.n_days_since_last_push],
    ['latestPulledN', rule.most_recently_pulled],
    ['latestPushedK', rule.most_recently_pushed],
  ] as const;
  const [chosen] = set.filter(([, value]) => typeof value === 'number' && value > 0);
  if (chosen === undefined) return { template: 'none', params: {} };
  const [template, value] = chosen;
  return { template, params: { [template]: value } };
}

function selectorsOf(
  ...written: readonly (readonly [decoration: string, pattern: string | null | undefined])[]
): RetentionSelector[] {
  return written.flatMap(([decoration, text]) =>
    text === undefined || text === null || text === '' ? [] : [{ decoration, pattern: text }],
  );
}
