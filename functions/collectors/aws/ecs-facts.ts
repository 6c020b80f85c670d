import type { Service as SdkService, Task as SdkTask } from '@aws-sdk/client-ecs';
import type { Service, Task } from '../../workloads/ecs/ecs-api.ts';

export function taskFacts(task: SdkTask): Task {
  return {
    arn: task.taskArn ?? '?',
    group: task.group ?? '',
    taskDefinition: task.taskDefinitionArn ?? '?',
    lastStatus: task.lastStatus ?? 'RUNNING',
    containers: (task.containers ?? []).flatMap(({ image, imageDigest }) =>
      image === undefined ? [] : [{ image, digest: imageDigest }],
    ),
  };
}

export function serviceFacts(service: SdkService): Service {
  const sets = [...(service.deployments ?? []), ...(service.taskSets ?? [])];
  const definitions = [service.taskDefinition, ...sets.map((set) => set.taskDefinition)];
  return {
    arn: service.serviceArn ?? '?',
    taskDefinitions: [...new Set(definitions.flatMap((one) => one ?? []))],
    revisions: (service.currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []),
  };
}
