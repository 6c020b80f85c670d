import {
  type EventBridgeClient,
  ListEventBusesCommand,
  type ListEventBusesResponse,
  ListRulesCommand,
  type ListRulesResponse,
  ListTargetsByRuleCommand,
  type ListTargetsByRuleResponse,
} from '@aws-sdk/client-eventbridge';
import {
  GetScheduleCommand,
  paginateListSchedules,
  type SchedulerClient,
  type Target,
} from '@aws-sdk/client-scheduler';
import type { EcsApi, ScheduleTarget } from '../../workloads/ecs/ecs-api.ts';
import { everyPage } from './pages.ts';
import { universalTarget } from './universal-target.ts';

/** What EventBridge answers: it has no paginators of its own in the SDK. */
export function ruleCalls(
  client: EventBridgeClient,
): Pick<EcsApi, 'buses' | 'rules' | 'ruleTargets'> {
  const buses = tokenPages<ListEventBusesResponse>((NextToken) =>
    client.send(new ListEventBusesCommand({ NextToken })),
  );
  return {
    buses: () =>
      everyPage(buses(), ({ EventBuses }) => EventBuses?.flatMap(({ Name }) => Name ?? [])),
    rules: (EventBusName) => {
      const pages = tokenPages<ListRulesResponse>((NextToken) =>
        client.send(new ListRulesCommand({ EventBusName, NextToken })),
      );
      return everyPage(pages(), ({ Rules }) => Rules?.flatMap(({ Name }) => Name ?? []));
    },
    ruleTargets: (EventBusName, Rule) => {
      const pages = tokenPages<ListTargetsByRuleResponse>((NextToken) =>
        client.send(new ListTargetsByRuleCommand({ EventBusName, Rule, NextToken })),
      );
      return everyPage(pages(), ({ Targets }) =>
        Targets?.flatMap(({ EcsParameters }) => EcsParameters?.TaskDefinitionArn ?? []),
      );
    },
  };
}

/** What EventBridge Scheduler answers. */
export function scheduleCalls(
  client: SchedulerClient,
): Pick<EcsApi, 'schedules' | 'scheduleTarget'> {
  return {
    schedules: () =>
      everyPage(paginateListSchedules({ client, pageSize: 100 }, {}), ({ Schedules }) =>
        Schedules?.filter(({ Target: target }) => mayStartTasks(target?.Arn)).map(
          ({ GroupName = 'default', Name = '' }) => ({ group: GroupName, name: Name }),
        ),
      ),
    scheduleTarget: async ({ group, name }) => {
      const answer = await client.send(new GetScheduleCommand({ GroupName: group, Name: name }));
      return targetFacts(answer.Target);
    },
  };
}

/** A target is a cluster, or the call of ECS itself; without an address it may be either. */
const mayStartTasks = (arn: string | undefined): boolean => arn === undefined || /:ecs:/.test(arn);

function targetFacts(target: Target | undefined): ScheduleTarget {
  const arn = target?.Arn ?? '?';
  const taskDefinition = target?.EcsParameters?.TaskDefinitionArn;
  if (taskDefinition !== undefined) return { taskDefinition };
  return universalTarget(arn, target?.Input);
}

interface WithToken {
  readonly NextToken?: string | undefined;
}

function tokenPages<Page extends WithToken>(
  ask: (token: string | undefined) => Promise<Page>,
): () => AsyncGenerator<Page> {
  return async function* pages() {
    let token: string | undefined;
    do {
      const page = await ask(token);
      yield page;
      token = page.NextToken;
    } while (token !== undefined && token !== '');
  };
}
