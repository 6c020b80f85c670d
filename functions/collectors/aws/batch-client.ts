import {
  type BatchClient,
  type JobDefinition as SdkDefinition,
  paginateDescribeJobDefinitions,
} from '@aws-sdk/client-batch';
import type { EcsApi, JobDefinition } from '../../workloads/ecs/ecs-api.ts';
import { everyPage } from './pages.ts';

/** What Batch answers. */
export function jobCalls(client: BatchClient): Pick<EcsApi, 'jobDefinitions'> {
  return {
    jobDefinitions: () =>
      everyPage(
        paginateDescribeJobDefinitions({ client, pageSize: 100 }, { status: 'ACTIVE' }),
        ({ jobDefinitions }) => jobDefinitions?.map(definitionFacts),
      ),
  };
}

/** A definition names images in one of four forms, and once more for each range of nodes. */
export function definitionFacts(definition: SdkDefinition): JobDefinition {
  const { jobDefinitionName, revision, nodeProperties } = definition;
  const ranges = nodeProperties?.nodeRangeProperties ?? [];
  const forms: readonly Forms[] = [
    definition,
    ...ranges.map(({ container, ecsProperties, eksProperties }) => ({
      containerProperties: container,
      ecsProperties,
      eksProperties,
    })),
  ];
  return {
    name: `${jobDefinitionName ?? '?'}:${revision ?? '?'}`,
    images: [...new Set(forms.flatMap(imagesIn))],
  };
}

type Forms = Pick<SdkDefinition, 'containerProperties' | 'ecsProperties' | 'eksProperties'>;

function imagesIn({ containerProperties, ecsProperties, eksProperties }: Forms): readonly string[] {
  const pod = eksProperties?.podProperties;
  const containers = [
    containerProperties,
    ...(ecsProperties?.taskProperties?.flatMap((task) => task.containers ?? []) ?? []),
    ...(pod?.containers ?? []),
    ...(pod?.initContainers ?? []),
  ];
  return containers.flatMap((container) => container?.image ?? []);
}
