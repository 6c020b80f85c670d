import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DurableExecutionInvocationInputWithClient,
  type CheckpointDurableExecutionRequest,
  type DurableExecutionClient,
  type DurableLambdaHandler,
  type OperationUpdate,
  type WireOperation,
} from '@aws/durable-execution-sdk-js';
import type { Context } from 'aws-lambda';

export interface DriverOptions {
  /** The payload of the invocation; undefined for none at all. */
  readonly event: unknown;
  /** Keeps the execution between processes; without it, it lives in memory. */
  readonly file?: string;
  /** What `getRemainingTimeInMillis` says at the start of each invocation. Default: 15 minutes. */
  readonly invocationMs?: number;
  /** Told before each invocation; what it throws kills the "process" there. */
  readonly onInvocation?: (count: number) => void;
  /** Told after each checkpoint is stored; what it throws kills the "process" there. */
  readonly onCheckpoint?: (updates: readonly OperationUpdate[]) => void;
}

export type ExecutionEnd =
  | { readonly status: 'SUCCEEDED'; readonly result: unknown }
  | { readonly status: 'FAILED'; readonly name: string; readonly message: string };

export interface Execution {
  readonly end: ExecutionEnd;
  readonly invocations: number;
  /** Operations that the service would bill and count; its limit is 3,000. */
  readonly operations: number;
}

/** The service answers no later than this; an execution that still goes on then is a bug. */
const MOST_INVOCATIONS = 5000;

/** Longest wait that is really waited; the rest of a wait is skipped. */
const LONGEST_WAIT_MS = 5;

interface Store {
  readonly operations: Map<string, WireOperation>;
  save(): Promise<void>;
}

async function openStore(event: unknown, file: string | undefined): Promise<Store> {
  const execution: WireOperation = {
    Id: 'execution',
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: new Date(),
    ExecutionDetails: { InputPayload: event === undefined ? undefined : JSON.stringify(event) },
  };
  const stored =
    file === undefined
      ? undefined
      : await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return undefined;
          throw error;
        });
  const known =
    stored === undefined ? [execution] : (JSON.parse(stored) as readonly WireOperation[]);
  const operations = new Map(known.map((operation) => [operation.Id ?? '', operation]));
  return {
    operations,
    async save() {
      if (file === undefined) return;
      await writeFile(`${file}.new`, JSON.stringify([...operations.values()]));
      await rename(`${file}.new`, file);
    },
  };
}

const STATUS = {
  START: 'STARTED',
  SUCCEED: 'SUCCEEDED',
  FAIL: 'FAILED',
  RETRY: 'PENDING',
  CANCEL: 'CANCELLED',
} as const;

/** What the service makes of an update; a wait that starts is already half over. */
function applied(before: WireOperation | undefined, update: OperationUpdate): WireOperation {
  const status = STATUS[update.Action ?? 'START'];
  const attempt = (before?.StepDetails?.Attempt ?? 0) + (update.Action === 'START' ? 1 : 0);
  const soon = new Date(Date.now() + LONGEST_WAIT_MS);
  return {
    ...before,
    Id: update.Id,
    ParentId: update.ParentId,
    Name: update.Name,
    Type: update.Type,
    SubType: update.SubType,
    StartTimestamp: before?.StartTimestamp ?? new Date(),
    Status: status,
    ...(update.Type === 'STEP' && {
      StepDetails: {
        Attempt: attempt,
        Result: update.Payload,
        Error: update.Error,
        ...(status === 'PENDING' && { NextAttemptTimestamp: soon }),
      },
    }),
    ...(update.Type === 'WAIT' && { WaitDetails: { ScheduledEndTimestamp: soon } }),
    ...(update.Type === 'CONTEXT' && {
      ContextDetails: { Result: update.Payload, Error: update.Error },
    }),
  };
}

/** Waits are over, retries are due: what the service does before it invokes again. */
function letTimePass(store: Store): readonly string[] {
  const changed: string[] = [];
  for (const [id, operation] of store.operations) {
    const due =
      (operation.Type === 'WAIT' && operation.Status === 'STARTED' && 'SUCCEEDED') ||
      (operation.Type === 'STEP' && operation.Status === 'PENDING' && 'READY');
    if (due === false) continue;
    store.operations.set(id, { ...operation, Status: due, EndTimestamp: new Date() });
    changed.push(id);
  }
  return changed;
}

function clientOf(store: Store, options: DriverOptions): DurableExecutionClient {
  return {
    getExecutionState: () => Promise.resolve({ Operations: [...store.operations.values()] }),
    async checkpoint({ Updates = [] }: CheckpointDurableExecutionRequest) {
      const changed = Updates.map((update) => {
        const id = update.Id ?? '';
        const operation = applied(store.operations.get(id), update);
        store.operations.set(id, operation);
        return operation;
      });
      await store.save();
      options.onCheckpoint?.(Updates);
      return { CheckpointToken: 'token', NewExecutionState: { Operations: changed } };
    },
  };
}

function lambdaContext(options: DriverOptions): Context {
  const end = Date.now() + (options.invocationMs ?? 900_000);
  return {
    awsRequestId: createHash('sha256')
      .update(JSON.stringify(options.event ?? null))
      .digest('hex'),
    functionName: 'harbor-retention',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:harbor-retention:live',
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

/**
 * Runs a durable Lambda handler to its end, as the service would: invokes, stores checkpoints,
 * invokes again after waits and retries, replays. Not for the Lambda itself: it uses a class that
 * the SDK exports but calls internal (stack.md §7).
 */
export async function driveDurable(
  handler: DurableLambdaHandler,
  options: DriverOptions,
): Promise<Execution> {
  const store = await openStore(options.event, options.file);
  await store.save();
  for (let invocations = 1; invocations <= MOST_INVOCATIONS; invocations += 1) {
    options.onInvocation?.(invocations);
    const changed = letTimePass(store);
    const input = new DurableExecutionInvocationInputWithClient(
      {
        DurableExecutionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:x:1/durable/1',
        CheckpointToken: 'token',
        UpdatedOperationIds: [...changed],
        InitialExecutionState: { Operations: [...store.operations.values()] },
      },
      clientOf(store, options),
    );
    const output = await handler(input, lambdaContext(options));
    const operations = store.operations.size - 1;
    if (output.Status === 'SUCCEEDED') {
      const result: unknown = output.Result === undefined ? undefined : JSON.parse(output.Result);
      return { end: { status: 'SUCCEEDED', result }, invocations, operations };
    }
    if (output.Status === 'FAILED') {
      const { ErrorType: name = 'Error', ErrorMessage: message = '' } = output.Error ?? {};
      return { end: { status: 'FAILED', name, message }, invocations, operations };
    }
    await sleep(LONGEST_WAIT_MS);
  }
  throw new Error(`the execution did not end in ${MOST_INVOCATIONS} invocations`);
}
