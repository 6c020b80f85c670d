import type { DeletingReplication, ImmutableRule } from '../../domain/registry.ts';
import type { ProjectHead } from '../../ports.ts';
import { checked } from './checked.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { offsetList } from './paging.ts';
import { paths } from './paths.ts';
import { wireImmutableRule, wireReplication, wireRetention } from './wire.ts';

/** The enabled tag immutability rules of a project. @throws HarborFailure if one can't be understood */
export async function immutableRules(
  client: HarborClient,
  project: ProjectHead,
): Promise<readonly ImmutableRule[]> {
  const path = paths.immutableRules(project.name);
  const rules: ImmutableRule[] = [];
  for (const [index, value] of (await offsetList(client, path, 'small')).entries()) {
    const rule = checked(wireImmutableRule, { id: index + 1, value }, path);
    if (rule !== undefined) rules.push(rule);
  }
  return rules;
}

/** Whether Harbor's own retention runs by itself (harbor.md T39). @throws HarborFailure */
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

/** Replication rules that repeat our deletions elsewhere (harbor.md T29). @throws HarborFailure */
export async function deletingReplications(
  client: HarborClient,
): Promise<readonly DeletingReplication[]> {
  const values = await offsetList(client, paths.replicationPolicies, 'small');
  return values
    .map((value, index) =>
      checked(wireReplication, { id: index + 1, value }, paths.replicationPolicies),
    )
    .filter(
      (policy) =>
        policy.enabled &&
        (policy.replicate_deletion || policy.deletion) &&
        policy.trigger?.type === 'event_based' &&
        (policy.src_registry?.id ?? 0) === 0,
    )
    .map((policy) => ({
      name: policy.name,
      nameFilters: (policy.filters ?? []).flatMap((one) =>
        one.type === 'name' && typeof one.value === 'string' ? [one.value] : [],
      ),
    }));
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
