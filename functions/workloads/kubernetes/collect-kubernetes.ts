import { counted } from '../../domain/format-numbers.ts';
import type { MissingWorkloads } from '../../domain/workload-list.ts';
import { RetentionError } from '../../errors.ts';
import { type Findings, newFindingsBook } from '../findings.ts';
import type { Registries } from '../image-use.ts';
import type { CollectingProgress } from '../progress.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { type Listed, listAll } from './list-all.ts';
import { objectFindings } from './object-findings.ts';
import { addressOf, fullName, type Resource } from './resource.ts';
import { resources } from './resources.ts';

export interface KubernetesScope {
  /** Only these namespaces; empty: the whole cluster. */
  readonly namespaces: readonly string[];
  readonly custom: readonly Resource[];
  readonly registries: Registries;
}

/**
 * Lists everything in a cluster that runs an image or may start one; what can't be listed is missing.
 * @throws RetentionError workloads-unreachable if nothing can be
 */
export async function collectKubernetes(
  api: KubernetesApi,
  scope: KubernetesScope,
  progress: CollectingProgress,
): Promise<Findings> {
  await greet(api);
  const book = newFindingsBook();
  const everywhere = scope.namespaces.length === 0 ? [undefined] : scope.namespaces;
  for (const resource of [...resources, ...scope.custom]) {
    let count = 0;
    let isUseful = false;
    for (const namespace of everywhere) {
      const listed = await listAll(api, addressOf(resource, namespace), (items) => {
        count += items.length;
        progress(count, fullName(resource));
        for (const item of items) {
          const found = objectFindings(item, resource, scope.registries);
          isUseful ||= found.uses.length + found.missing.length > 0;
          book.add(found);
        }
      });
      if (listed.ok) continue;
      if (listed.status === 404 && (await isNotInstalled(api, resource))) continue;
      book.add({ missing: [notListed({ resource, namespace, listed })] });
    }
    const isCustom = scope.custom.includes(resource);
    if (isCustom && count > 0 && !isUseful) book.add({ missing: [misledBy(resource, count)] });
  }
  return book.findings();
}

/** Whether there is any use in asking: everybody who is signed in may ask for the version. */
async function greet(api: KubernetesApi): Promise<void> {
  const answer = await api.get('/version', {});
  if (answer.ok || (answer.status !== 401 && answer.status > 0 && answer.status < 500)) return;
  const status = answer.status === 0 ? '' : `${answer.status}, `;
  throw new RetentionError(
    'workloads-unreachable',
    `The API server of ${api.name} gives no answer: ${status}${answer.message}`,
    answer.status === 401
      ? {
          remedy:
            'Renew the credential; for EKS, make an access entry for the role (docs/workloads.md#eks).',
        }
      : {},
  );
}

/** A group that the server does not know has no objects. One that it knows may have them in another version. */
async function isNotInstalled(api: KubernetesApi, { group }: Resource): Promise<boolean> {
  if (group === '') return false;
  const answer = await api.get(`/apis/${group}`, {});
  return !answer.ok && answer.status === 404;
}

/** A misspelt path leads nowhere, and looks as if the objects used nothing. */
function misledBy(resource: Resource, count: number): MissingWorkloads {
  return {
    what: `the images of ${fullName(resource)}`,
    because: `${counted(count, 'object')} of this kind, of which none has anything at ${resource.paths.join(', ')}`,
    remedy: 'Correct the paths, or take the custom resource out of what is listed.',
  };
}

function notListed({
  resource,
  namespace,
  listed,
}: {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly listed: Extract<Listed, { ok: false }>;
}): MissingWorkloads {
  const name = fullName(resource);
  const where = namespace === undefined ? '' : ` of namespace ${namespace}`;
  const status = listed.status === 0 ? '' : `${listed.status}, `;
  return {
    what: `${name}${where}`,
    because: `${status}${listed.because}`,
    remedy: remedyOf(listed.status, name, resource),
  };
}

function remedyOf(status: number, name: string, { group, version }: Resource): string {
  if (status === 403)
    return `Grant the collector the verb list on ${name} by a ClusterRole, as examples/workloads-cluster-role.yaml does.`;
  if (status === 401) return 'Renew the credential of the collector.';
  if (status === 404)
    return `Correct group, version and plural of the custom resource: the server has no ${name} in ${group}/${version}.`;
  return 'Let the collector run again; if it stays so, see the log of the API server.';
}
