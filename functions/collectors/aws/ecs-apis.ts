import { BatchClient } from '@aws-sdk/client-batch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { EcsApi } from '../../workloads/ecs/ecs-api.ts';
import { type Account, patience } from './account.ts';
import { jobCalls } from './batch-client.ts';
import { ecsCalls } from './ecs-client.ts';
import { ruleCalls, scheduleCalls } from './schedule-client.ts';

/** The APIs of the regions of an account. */
export function ecsApis(account: Account, regions: readonly string[]): readonly EcsApi[] {
  const { id, credentials } = account;
  return regions.map((region) => {
    const settings = { region, ...patience, ...(credentials && { credentials }) };
    return {
      region,
      account: id,
      ...ecsCalls(new ECSClient(settings)),
      ...ruleCalls(new EventBridgeClient(settings)),
      ...scheduleCalls(new SchedulerClient(settings)),
      ...jobCalls(new BatchClient(settings)),
    };
  });
}
