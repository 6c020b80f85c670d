import * as z from 'zod';
import type { ParsedDocument } from '../config/document.ts';
import { policyFromHarbor } from './from-harbor.ts';
import { policyFromTagd, tagdConfiguration } from './from-tagd.ts';
import { retentionsIn, terraformShow } from './from-terraform.ts';
import type { PolicyDraft } from './policy-draft.ts';
import { retentionPolicy } from './retention-rules.ts';

/** What a document was taken for, and the policy it became; or what is wrong with it. */
export type ConvertedDocument =
  | { readonly kind: 'policy'; readonly draft: PolicyDraft }
  | { readonly kind: 'ranking' }
  | { readonly kind: 'problem'; readonly because: string; readonly remedy: string };

const understood =
  'harbor-go-client’s rp.yaml, Harbor’s retention policy as JSON, the output of `terraform show -json`, and the configuration of Harbor.Tagd are understood.';

/**
 * Recognises by its keys what a document is, and makes a policy of it. `project` names the project of a retention policy,
 * which holds only the id of its project. Pure.
 */
export function readDocument(
  { value }: Pick<ParsedDocument, 'value'>,
  { name, project }: { readonly name: string; readonly project: string | undefined },
): ConvertedDocument {
  const has = (key: string): boolean => typeof value === 'object' && value !== null && key in value;
  if (has('defaultRule')) return fromTagd(value, name);
  if (has('format_version')) return fromTerraform(value, name);
  if (has('rules') && !has('version')) return fromRetention(value, { name, project });
  if (has('update_time') || has('pull_count') || has('tags_count')) return { kind: 'ranking' };
  return { kind: 'problem', because: `${name} was not recognised.`, remedy: understood };
}

function fromRetention(
  value: unknown,
  { name, project }: { readonly name: string; readonly project: string | undefined },
): ConvertedDocument {
  const parsed = retentionPolicy.safeParse(value);
  if (!parsed.success) return wrong(name, 'a retention policy of Harbor', parsed.error);
  if (project === undefined)
    return {
      kind: 'problem',
      because: `${name} is a retention policy of Harbor, which does not hold the name of its project.`,
      remedy: 'Name it with --project PROJECT, or read all projects with --from-harbor.',
    };
  const { rules, trigger } = parsed.data;
  const retention = {
    project,
    rules: rules ?? [],
    isScheduled: (trigger?.settings?.cron ?? '') !== '',
  };
  return {
    kind: 'policy',
    draft: policyFromHarbor([retention], `Harbor’s own retention of project ${project}`),
  };
}

function fromTerraform(value: unknown, name: string): ConvertedDocument {
  const parsed = terraformShow.safeParse(value);
  if (!parsed.success) return wrong(name, 'the output of `terraform show -json`', parsed.error);
  const { retentions, problems } = retentionsIn(parsed.data);
  if (retentions.length + problems.length === 0)
    return {
      kind: 'problem',
      because: `${name} holds no harbor_retention_policy.`,
      remedy: 'Take the state or the plan that holds it: `terraform show -json > state.json`.',
    };
  const draft = policyFromHarbor(retentions, 'harbor_retention_policy of Terraform');
  return {
    kind: 'policy',
    draft: { ...draft, notCarriedOver: [...problems, ...draft.notCarriedOver] },
  };
}

function fromTagd(value: unknown, name: string): ConvertedDocument {
  const parsed = tagdConfiguration.safeParse(value);
  if (!parsed.success) return wrong(name, 'a configuration of Harbor.Tagd', parsed.error);
  const read = policyFromTagd(parsed.data, 'the configuration of Harbor.Tagd');
  if ('draft' in read) return { kind: 'policy', draft: read.draft };
  return {
    kind: 'problem',
    because: `${name} can't be carried over:\n${read.problems.map((one) => `- ${one}`).join('\n')}`,
    remedy:
      'Its rules take tags from each other, so that none can be left out: mend these in the file, then convert again.',
  };
}

function wrong(name: string, what: string, { issues }: z.ZodError): ConvertedDocument {
  const found = issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'the whole'}: ${message}`,
  );
  return {
    kind: 'problem',
    because: `${name} looks like ${what}, and is none: ${found.join('; ')}.`,
    remedy: understood,
  };
}
