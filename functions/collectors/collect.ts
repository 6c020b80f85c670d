import type { Clock, Pause } from '../ports.ts';
import type { CollectedList } from '../workloads/collected-list.ts';
import {
  type CustomResource,
  type EcsScopeConfig,
  type EksScopeConfig,
  resourceOf,
} from '../workloads/config-schema.ts';
import { collectEcs } from '../workloads/ecs/collect-ecs.ts';
import { collectKubernetes } from '../workloads/kubernetes/collect-kubernetes.ts';
import type { CollectingProgress } from '../workloads/progress.ts';
import { openAccount } from './aws/account.ts';
import { ecsApis } from './aws/ecs-apis.ts';
import { kubernetesApi } from './kubernetes/api-client.ts';
import type { ClusterConnection } from './kubernetes/connection.ts';
import { eksCluster } from './kubernetes/eks.ts';

/** What collecting needs of this machine. */
export interface Collecting {
  readonly clock: Clock;
  readonly pause: Pause;
  readonly progress: CollectingProgress;
}

/** A scope that may be named after what is found. */
type Unnamed<T> = Omit<T, 'scope' | 'roleArn' | 'externalId' | 'registries'> & {
  readonly scope?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  readonly registries?: readonly string[] | undefined;
};

/** The list of an account with its regions. @throws RetentionError workloads-unreachable */
export async function ecsList(
  config: Unnamed<EcsScopeConfig>,
  { clock, progress }: Collecting,
): Promise<CollectedList> {
  const { scope, regions, revisions, families, registries } = config;
  const writtenAt = clock.now();
  const account = await openAccount(accountOf(config), { region: regions[0] ?? '', clock });
  const choice = { revisions, families, registries };
  const findings = await collectEcs(ecsApis(account, regions), choice, progress);
  return { source: 'ecs', scope: scope ?? account.id, writtenAt, findings };
}

/** The list of a cluster of EKS. @throws RetentionError workloads-unreachable */
export async function eksList(
  config: Unnamed<EksScopeConfig>,
  collecting: Collecting,
): Promise<CollectedList> {
  const { cluster, region } = config;
  const account = await openAccount(accountOf(config), { region, clock: collecting.clock });
  const connection = await eksCluster({ cluster, region, account }, collecting.clock);
  return kubernetesList(connection, config, collecting);
}

/** The list of any cluster. @throws RetentionError workloads-unreachable */
export async function kubernetesList(
  connection: ClusterConnection,
  {
    scope = connection.name,
    namespaces = [],
    customResources,
    registries,
  }: {
    readonly scope?: string | undefined;
    readonly namespaces?: readonly string[] | undefined;
    readonly customResources: readonly CustomResource[];
    readonly registries?: readonly string[] | undefined;
  },
  { clock, pause, progress }: Collecting,
): Promise<CollectedList> {
  const writtenAt = clock.now();
  const findings = await collectKubernetes(
    kubernetesApi(connection, pause),
    { namespaces, custom: customResources.map(resourceOf), registries },
    progress,
  );
  return { source: 'kubernetes', scope, writtenAt, findings };
}

const accountOf = ({
  roleArn,
  externalId,
}: {
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
}) => ({ roleArn, externalId });
