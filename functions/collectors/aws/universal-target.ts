import * as z from 'zod';
import type { ScheduleTarget } from '../../workloads/ecs/ecs-api.ts';

const runTask = z.object({ TaskDefinition: z.string() });

/** What a schedule starts that calls ECS by `arn:aws:scheduler:::aws-sdk:ecs:…` with a text in JSON. */
export function universalTarget(arn: string, input: string | undefined): ScheduleTarget {
  const [, call = ''] = /:aws-sdk:ecs:(\w+)$/.exec(arn) ?? [];
  // Every other call starts nothing, or a service that is listed.
  if (call !== '' && !/^(runTask|startTask|createService|updateService|createTaskSet)$/.test(call))
    return {};
  const read = runTask.safeParse(parsed(input));
  if (read.success) return { taskDefinition: read.data.TaskDefinition };
  // An update of a service need not name one: it keeps its own.
  return call === 'updateService' ? {} : { notUnderstood: arn };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
