import {
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  type Failure,
  paginateListClusters,
  paginateListServices,
  paginateListTaskDefinitionFamilies,
  paginateListTaskDefinitions,
  paginateListTasks,
} from '@aws-sdk/client-ecs';
import type { Described, EcsApi } from '../../workloads/ecs/ecs-api.ts';
import { serviceFacts, taskFacts } from './ecs-facts.ts';
import { everyPage } from './pages.ts';

type FromEcs = Pick<
  EcsApi,
  | 'clusters'
  | 'tasks'
  | 'describeTasks'
  | 'services'
  | 'describeServices'
  | 'describeRevisions'
  | 'families'
  | 'activeRevisions'
  | 'images'
>;

/** Entries of one page; the API gives 10 or so by itself. */
const pageSize = 100;

/** What ECS itself answers. */
export function ecsCalls(client: ECSClient): FromEcs {
  const pages = { client, pageSize };
  return {
    clusters: () => everyPage(paginateListClusters(pages, {}), (page) => page.clusterArns),
    tasks: (cluster) => everyPage(paginateListTasks(pages, { cluster }), (page) => page.taskArns),
    describeTasks: async (cluster, arns) => {
      const answer = await client.send(new DescribeTasksCommand({ cluster, tasks: [...arns] }));
      return described(answer.tasks?.map(taskFacts), answer.failures);
    },
    services: (cluster) =>
      everyPage(paginateListServices(pages, { cluster }), (page) => page.serviceArns),
    describeServices: async (cluster, arns) => {
      const command = new DescribeServicesCommand({ cluster, services: [...arns] });
      const answer = await client.send(command);
      return described(answer.services?.map(serviceFacts), answer.failures);
    },
    describeRevisions: async (arns) => {
      const command = new DescribeServiceRevisionsCommand({ serviceRevisionArns: [...arns] });
      const answer = await client.send(command);
      const found = answer.serviceRevisions?.map(({ serviceRevisionArn, containerImages }) => ({
        arn: serviceRevisionArn ?? '',
        images: (containerImages ?? []).flatMap(({ image, imageDigest }) =>
          image === undefined ? [] : [{ image, digest: imageDigest }],
        ),
      }));
      return described(found, answer.failures);
    },
    families: () =>
      everyPage(
        paginateListTaskDefinitionFamilies(pages, { status: 'ACTIVE' }),
        (page) => page.families,
      ),
    activeRevisions: (family) => activeRevisions(client, family),
    images: (taskDefinition) => images(client, taskDefinition),
  };
}

async function* activeRevisions(
  client: ECSClient,
  family: string,
): AsyncGenerator<readonly string[]> {
  const asked = { familyPrefix: family, status: 'ACTIVE', sort: 'DESC' } as const;
  for await (const page of paginateListTaskDefinitions({ client, pageSize }, asked))
    yield page.taskDefinitionArns ?? [];
}

async function images(
  client: ECSClient,
  taskDefinition: string,
): Promise<readonly string[] | undefined> {
  try {
    const answer = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    return (answer.taskDefinition?.containerDefinitions ?? []).flatMap(({ image }) => image ?? []);
  } catch (error) {
    // ECS has no name of its own for a task definition that is not there.
    const isMissing =
      error instanceof Error && error.message.startsWith('Unable to describe task definition');
    if (isMissing) return undefined;
    throw error;
  }
}

function described<T>(found: readonly T[] = [], failures: readonly Failure[] = []): Described<T> {
  const named = failures.map(({ arn, reason }) => ({ arn: arn ?? '?', reason: reason ?? '?' }));
  return { found, failures: named };
}
