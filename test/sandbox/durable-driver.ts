import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DurableExecutionInvocationInputWithClient,
  type DurableExecutionInvocationInput,
  type DurableLambdaHandler,
} from '@aws/durable-execution-sdk-js';
import type { Context } from 'aws-lambda';
import {
  LONGEST_WAIT_MS,
  openExecution,
  type DurableExecution,
  type ExecutionOptions,
} from './durable-execution.ts';

export interface DriverOptions extends Omit<ExecutionOptions, 'arn'> {
  /** Tells executions apart, as their ARNs do on AWS. Default: all are one. */
  readonly name?: string;
  /** What `getRemainingTimeInMillis` says at the start of each invocation. Default: 15 minutes. */
  readonly invocationMs?: number;
  /** The version that the alias pointed to when the execution began; it stays with it. Default: 1. */
  readonly version?: number;
  /** Told before each invocation; what it throws kills the "process" there. */
  readonly onInvocation?: (count: number) => void;
  /**
   * Where the handler's own client finds the service: an embedded AWS. Without it the SDK is handed a
   * client, by a class that it exports but calls internal: never in the Lambda (docs/design.md#longer-than-15-minutes).
   */
  readonly service?: { hostExecution(execution: DurableExecution): void };
  /**
   * Told when an invocation has died, how many have by now; then the driver repeats it, as the service does without end.
   * What it throws ends the execution. Without it a death ends the drive.
   */
  readonly onDeath?: (count: number) => void | Promise<void>;
}

export type ExecutionEnd =
  | { readonly status: 'SUCCEEDED'; readonly result: unknown }
  | { readonly status: 'FAILED'; readonly name: string; readonly message: string };

export interface Execution {
  readonly end: ExecutionEnd;
  readonly invocations: number;
  /** Invocations that died: what Lambda counts as `Errors`. */
  readonly deaths: number;
  /** Operations that the service would bill and count; its limit is 3,000. */
  readonly operations: number;
}

/** An execution that still goes on then is a bug. */
const MOST_INVOCATIONS = 5000;

const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:harbor-retention';

function lambdaContext(options: DriverOptions): Context {
  const end = Date.now() + (options.invocationMs ?? 900_000);
  return {
    awsRequestId: createHash('sha256')
      .update(JSON.stringify(options.event ?? null))
      .digest('hex'),
    functionName: 'harbor-retention',
    functionVersion: String(options.version ?? 1),
    invokedFunctionArn: `${FUNCTION}:live`,
    memoryLimitInMB: '1024',
    logGroupName: 'sandbox',
    logStreamName: 'sandbox',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

function invocationInput(
  execution: DurableExecution,
  options: DriverOptions,
): DurableExecutionInvocationInput {
  const changed = execution.letTimePass();
  const input: DurableExecutionInvocationInput = {
    DurableExecutionArn: execution.arn,
    CheckpointToken: 'token',
    UpdatedOperationIds: [...changed],
    InitialExecutionState: { Operations: [...execution.operations()] },
  };
  if (options.service !== undefined) return input;
  return new DurableExecutionInvocationInputWithClient(input, {
    getExecutionState: () => Promise.resolve({ Operations: [...execution.operations()] }),
    async checkpoint({ Updates = [] }) {
      const Operations = [...(await execution.checkpoint(Updates))];
      return { CheckpointToken: 'token', NewExecutionState: { Operations } };
    },
  });
}

/**
 * Runs a durable Lambda handler to its end, as the service would: invokes, stores checkpoints,
 * invokes again after waits and retries, replays.
 */
export async function driveDurable(
  handler: DurableLambdaHandler,
  options: DriverOptions,
): Promise<Execution> {
  const arn = `${FUNCTION}:${options.version ?? 1}/durable-execution/${options.name ?? 'execution'}/1`;
  const execution = await openExecution({ ...options, arn });
  options.service?.hostExecution(execution);
  let deaths = 0;
  for (let invocations = 1; invocations <= MOST_INVOCATIONS; invocations += 1) {
    options.onInvocation?.(invocations);
    let output;
    try {
      output = await handler(invocationInput(execution, options), lambdaContext(options));
    } catch (error) {
      if (options.onDeath === undefined) throw error;
      await options.onDeath((deaths += 1));
      continue;
    }
    const operations = execution.operations().length - 1;
    if (output.Status === 'SUCCEEDED') {
      const result: unknown = output.Result === undefined ? undefined : JSON.parse(output.Result);
      return { end: { status: 'SUCCEEDED', result }, invocations, deaths, operations };
    }
    if (output.Status === 'FAILED') {
      const { ErrorType: name = 'Error', ErrorMessage: message = '' } = output.Error ?? {};
      return { end: { status: 'FAILED', name, message }, invocations, deaths, operations };
    }
    await sleep(LONGEST_WAIT_MS);
  }
  throw new Error(`the execution did not end in ${MOST_INVOCATIONS} invocations`);
}
