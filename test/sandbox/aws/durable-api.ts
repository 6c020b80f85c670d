import type { OperationUpdate, WireOperation } from '@aws/durable-execution-sdk-js';
import { AwsError } from './aws-error.ts';
import type { DurableExecution } from '../durable-execution.ts';

/** What the API is asked: `/2025-12-01/durable-executions/{arn}/checkpoint` or `…/state`. */
export interface DurableTarget {
  readonly operation: 'CheckpointDurableExecution' | 'GetDurableExecutionState';
  readonly arn: string;
}

const ROUTE = /^\/[\d-]+\/durable-executions\/(.+)\/(checkpoint|state)$/;

/** The target of a request to Lambda's API of durable executions; undefined for anything else. */
export function durableTarget(pathname: string): DurableTarget | undefined {
  const [, arn, verb] = ROUTE.exec(pathname) ?? [];
  if (arn === undefined) return undefined;
  const operation =
    verb === 'checkpoint' ? 'CheckpointDurableExecution' : 'GetDurableExecutionState';
  return { operation, arn: decodeURIComponent(arn) };
}

// Lambda's JSON has times as seconds.
const seconds = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
    ? Date.parse(value) / 1000
    : value;

const wire = (operations: readonly WireOperation[]): unknown =>
  JSON.parse(JSON.stringify(operations), seconds);

/** The JSON body of an answer; errors are thrown as AwsError. */
export async function answerDurable(
  executions: ReadonlyMap<string, DurableExecution>,
  target: DurableTarget,
  body: string,
): Promise<string> {
  const execution = executions.get(target.arn);
  if (execution === undefined)
    throw new AwsError(404, 'ResourceNotFoundException', `no durable execution ${target.arn}`);
  if (target.operation === 'GetDurableExecutionState')
    return JSON.stringify({ Operations: wire(execution.operations()) });
  const { Updates = [] } = JSON.parse(body) as { Updates?: readonly OperationUpdate[] };
  const changed = await execution.checkpoint(Updates);
  return JSON.stringify({
    CheckpointToken: 'token',
    NewExecutionState: { Operations: wire(changed) },
  });
}
