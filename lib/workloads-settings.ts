import { Duration } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { HarborRetentionProps } from './harbor-retention-props.ts';
import type { Settings } from './settings.ts';

/** What the second function lists; none unless the settings say so. */
export function workloadsOf({ workloads }: Settings): Partial<HarborRetentionProps> {
  if (workloads === undefined) return {};
  const { schedule, expectedWithinHours, memoryMiB, registries, ecs, eks } = workloads;
  return {
    workloads: {
      schedule: ScheduleExpression.expression(schedule),
      expectedWithin: Duration.hours(expectedWithinHours),
      memorySize: memoryMiB,
      ...(registries && { registries }),
      ecs: ecs.map(({ families, ...one }) => ({ ...one, onlyUsedFamilies: families === 'used' })),
      eks: eks.map(({ cluster, customResources, ...one }) => ({
        ...one,
        clusterName: cluster,
        customResources: customResources.map(({ role, ...kind }) => ({
          ...kind,
          onlyRollBack: role === 'roll-back',
        })),
      })),
    },
  };
}
