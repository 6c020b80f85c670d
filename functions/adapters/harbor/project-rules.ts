import * as z from 'zod';
import type { ImmutableRule, Replication } from '../../domain/registry.ts';
import type { ProjectHead, Quota } from '../../ports.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { offsetList } from './paging.ts';
import { paths, query } from './paths.ts';
import { wireImmutableRule, wireQuota, wireReplication, wireRetention } from './wire.ts';

/** The enabled tag immutability rules of a project. @throws HarborFailure if one can't be understood */
export async function immutableRules(
  client: HarborClient,
  project: ProjectHead,
): Promise<readonly ImmutableRule[]> {
  const path = paths.immutableRules(project.name);
  const rules: ImmutableRule[] = [];
  for (const [index, value] of (await offsetList(client, path, { kind: 'small' })).entries()) {
    const rule = checked(wireImmutableRule, { id: index + 1, value }, path);
    if (rule !== undefined) rules.push(rule);
  }
  return rules;
}

/** Whether Harbor's own retention runs by itself (docs/harbor.md#t39-two-who-delete). @throws HarborFailure */
export async function harborRetention(
  client: HarborClient,
  id: string,
): Promise<'enabled' | 'disabled'> {
  const path = paths.retention(id);
  const { body } = await client.get(path, 'small');
  const policy = checked(wireRetention, { id: Number(id), value: body }, path);
  const runsByItself = (policy.trigger.settings?.cron ?? '') !== '';
  const hasRules = (policy.rules ?? []).some((rule) => !rule.disabled);
  return runsByItself && hasRules ? 'enabled' : 'disabled';
}

/**
 * Triggers under which Harbor repeats no deletion elsewhere (docs/harbor.md#t29-replicated-deletions); any other may.
 */
const withoutDeletions: ReadonlySet<string> = new Set(['manual', 'scheduled']);

/** Enabled replication rules that send away what lies here, whatever starts them. @throws HarborFailure */
export async function replications(client: HarborClient): Promise<readonly Replication[]> {
  const values = await offsetList(client, paths.replicationPolicies, { kind: 'small' });
  return values
    .map((value, index) =>
      checked(wireReplication, { id: index + 1, value }, paths.replicationPolicies),
    )
    .filter((policy) => policy.enabled && (policy.src_registry?.id ?? 0) === 0)
    .map((policy) => ({
      name: policy.name,
      deletes:
        (policy.replicate_deletion || policy.deletion) &&
        !withoutDeletions.has(policy.trigger?.type ?? ''),
      nameFilters: (policy.filters ?? []).flatMap((one) =>
        one.type === 'name' && typeof one.value === 'string' ? [one.value] : [],
      ),
    }));
}

/** A project's quota. @throws HarborFailure */
export async function quotaOf(client: HarborClient, project: ProjectHead): Promise<Quota> {
  const path = paths.quotas + query({ reference: 'project', reference_id: project.id });
  const { body } = await client.get(path, 'small');
  const [quota] = checked(z.array(wireQuota), { id: project.id, value: body }, path);
  if (quota === undefined) throw HarborFailure.unexpected(path, 'a quota was expected.');
  return { hard: quota.hard.storage, used: quota.used.storage };
}

/** A refusal, or an answer that is not understood, is a fact that is not known; an outage is an error. */
export async function orUnknown<T>(read: () => Promise<T>): Promise<T | 'unknown'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof HarborFailure && error.status !== 0) return 'unknown';
    throw error;
  }
}
