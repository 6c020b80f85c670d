import { type Command, Option } from 'commander';
import type { Collecting } from '../../functions/collectors/collect.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { CollectedList } from '../../functions/workloads/collected-list.ts';
import type { CommandContext } from '../command-context.ts';
import { customResourcesIn } from '../custom-resources.ts';
import { json, wholeNumber } from '../options.ts';
import { writeWorkloads } from '../write-workloads.ts';

export function addWorkloads(context: CommandContext): void {
  const workloads = context.program
    .command('workloads')
    .description('list what workloads use, so that no run deletes it');
  addEcs(workloads, context);
  addKubernetes(workloads, context);
}

interface SharedFlags {
  readonly to: string;
  readonly scope?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly registry?: readonly string[];
  readonly json: boolean;
}

const to = () => new Option('--to <place>', 'file, or s3://BUCKET/KEY').makeOptionMandatory();
const scope = (what: string) =>
  new Option('--scope <name>', `name of the list, as the policy names it; else ${what}`);
const role = () => [
  new Option('--role-arn <arn>', 'role to assume in the account; else its own credentials'),
  new Option('--external-id <id>', 'that the role asks for'),
];
const registry = () =>
  new Option('--registry <hosts...>', 'under which this Harbor is pulled from; else any host');

interface EcsFlags extends SharedFlags {
  readonly region?: readonly string[];
  readonly revisions: number;
  readonly families: 'all' | 'used';
}

function addEcs(workloads: Command, context: CommandContext): void {
  const command = workloads
    .command('ecs')
    .description('tasks, services, schedules and task definitions of ECS, and jobs of Batch')
    .addOption(to())
    .addOption(scope('the number of the account'))
    .addOption(new Option('--region <regions...>', 'of the account; else $AWS_REGION'))
    .addOption(
      new Option('--revisions <count>', 'newest of a task definition, for rolling back, 1 to 100')
        .argParser(wholeNumber(1, 100))
        .default(2),
    )
    .addOption(
      new Option('--families <which>', 'task definitions whose newest revisions are listed')
        .choices(['all', 'used'])
        .default('all'),
    );
  for (const option of [...role(), registry(), json()]) command.addOption(option);
  command.action((flags: EcsFlags) => {
    const config = { ...shared(flags), ...pick(flags), regions: regionsOf(flags, context) };
    // Loaded only here: no other command needs the clients of these services.
    const collect = async (collecting: Collecting): Promise<CollectedList> =>
      (await import('../../functions/collectors/collect.ts')).ecsList(config, collecting);
    return context.ending(writeWorkloads(flags, collect, context.terminal));
  });
}

const pick = ({ revisions, families }: EcsFlags) => ({ revisions, families });

interface KubernetesFlags extends SharedFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly eks?: string;
  readonly region?: string;
  readonly namespace?: readonly string[];
  readonly customResources?: string;
}

function addKubernetes(workloads: Command, context: CommandContext): void {
  const command = workloads
    .command('kubernetes')
    .description('pods of a cluster, and whatever may start some')
    .addOption(to())
    .addOption(scope('the context, or the cluster of EKS'))
    .addOption(
      new Option(
        '--kubeconfig <file>',
        'else $KUBECONFIG, ~/.kube/config, or the service account of the pod that this runs in',
      ),
    )
    .addOption(new Option('--context <name>', 'of the kubeconfig; else its current one'))
    .addOption(new Option('--eks <cluster>', 'a cluster of EKS by its name, without a kubeconfig'))
    .addOption(new Option('--region <region>', 'of the cluster of EKS; else $AWS_REGION'))
    .addOption(new Option('--namespace <names...>', 'only these; else the whole cluster'))
    .addOption(
      new Option('--custom-resources <file>', 'YAML or JSON: further kinds that start pods'),
    );
  for (const option of [...role(), registry(), json()]) command.addOption(option);
  command.action((flags: KubernetesFlags) => {
    const collect = (collecting: Collecting) => kubernetes(flags, context, collecting);
    return context.ending(writeWorkloads(flags, collect, context.terminal));
  });
}

async function kubernetes(
  flags: KubernetesFlags,
  context: CommandContext,
  collecting: Collecting,
): Promise<CollectedList> {
  const { eks: cluster, namespace: namespaces, kubeconfig: file, context: named } = flags;
  const customResources = [...(await customResourcesIn(flags.customResources))];
  const config = {
    ...shared(flags),
    ...(namespaces === undefined ? {} : { namespaces: [...namespaces] }),
    customResources,
  };
  const { eksList, kubernetesList } = await import('../../functions/collectors/collect.ts');
  if (cluster !== undefined) {
    if (file !== undefined || named !== undefined)
      throw usage('--eks stands beside --kubeconfig or --context.', 'Give one of them.');
    const region = flags.region ?? context.environment.AWS_REGION;
    if (region === undefined)
      throw usage('No region is given.', 'Give --region, or set AWS_REGION.');
    return eksList({ ...config, cluster, region }, collecting);
  }
  const { roleArn, externalId, region } = flags;
  if ((roleArn ?? externalId ?? region) !== undefined)
    throw usage(
      '--role-arn, --external-id and --region are for --eks.',
      'Leave them out; the kubeconfig says how one signs in.',
    );
  const { kubeconfigCluster } = await import('../../functions/collectors/kubernetes/kubeconfig.ts');
  return kubernetesList(kubeconfigCluster({ file, context: named }), config, collecting);
}

function shared({ scope: name, roleArn, externalId, registry: hosts }: SharedFlags) {
  return {
    scope: name,
    roleArn,
    externalId,
    registries: hosts === undefined ? undefined : [...hosts],
  };
}

function regionsOf({ region }: EcsFlags, { environment }: CommandContext): string[] {
  if (region !== undefined) return [...region];
  if (environment.AWS_REGION !== undefined) return [environment.AWS_REGION];
  throw usage('No region is given.', 'Give --region, or set AWS_REGION.');
}

const usage = (message: string, remedy: string) => new RetentionError('usage', message, { remedy });
