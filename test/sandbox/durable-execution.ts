import { readFile, rename, writeFile } from 'node:fs/promises';
import type { OperationUpdate, WireOperation } from '@aws/durable-execution-sdk-js';

/** One durable execution, as the service keeps it: its operations by id, the execution itself first. */
export interface DurableExecution {
  readonly arn: string;
  operations(): readonly WireOperation[];
  /** Stores what the handler reports; returns the operations as they are now. */
  checkpoint(updates: readonly OperationUpdate[]): Promise<readonly WireOperation[]>;
  /** Waits are over, retries are due: what happens before the next invocation. Returns whose state changed. */
  letTimePass(): readonly string[];
}

export interface ExecutionOptions {
  readonly arn: string;
  /** The payload of the invocation; undefined for none at all. */
  readonly event: unknown;
  /** Keeps the execution between processes; without it, it lives in memory. */
  readonly file?: string;
  /** Told after each checkpoint is stored; what it throws kills the "process" there. */
  readonly onCheckpoint?: (updates: readonly OperationUpdate[]) => void;
}

/** Longest wait that is really waited; the rest of a wait is skipped. */
export const LONGEST_WAIT_MS = 5;

const STATUS = {
  START: 'STARTED',
  SUCCEED: 'SUCCEEDED',
  FAIL: 'FAILED',
  RETRY: 'PENDING',
  CANCEL: 'CANCELLED',
} as const;

function stepDetails(before: WireOperation | undefined, update: OperationUpdate): object {
  const attempts = before?.StepDetails?.Attempt ?? 0;
  return {
    Attempt: attempts + (update.Action === 'START' ? 1 : 0),
    Result: update.Payload,
    Error: update.Error,
    ...(update.Action === 'RETRY' && {
      NextAttemptTimestamp: new Date(Date.now() + LONGEST_WAIT_MS),
    }),
  };
}

/** What the service makes of an update; a wait that starts is already nearly over. */
function applied(before: WireOperation | undefined, update: OperationUpdate): WireOperation {
  const { Id, ParentId, Name, Type, SubType } = update;
  const soon = new Date(Date.now() + LONGEST_WAIT_MS);
  return {
    ...before,
    Id,
    ParentId,
    Name,
    Type,
    SubType,
    StartTimestamp: before?.StartTimestamp ?? new Date(),
    Status: STATUS[update.Action ?? 'START'],
    ...(Type === 'STEP' && { StepDetails: stepDetails(before, update) }),
    ...(Type === 'WAIT' && { WaitDetails: { ScheduledEndTimestamp: soon } }),
    ...(Type === 'CONTEXT' && {
      ContextDetails: { Result: update.Payload, Error: update.Error },
    }),
  };
}

const isDue = ({ Type, Status }: WireOperation): 'SUCCEEDED' | 'READY' | undefined => {
  if (Type === 'WAIT' && Status === 'STARTED') return 'SUCCEEDED';
  return Type === 'STEP' && Status === 'PENDING' ? 'READY' : undefined;
};

async function stored(file: string | undefined): Promise<readonly WireOperation[] | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as readonly WireOperation[]);
}

/** Begins an execution, or goes on with the one that the file holds. */
export async function openExecution(options: ExecutionOptions): Promise<DurableExecution> {
  const { arn, event, file } = options;
  const begun: WireOperation = {
    Id: 'execution',
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: new Date(),
    ExecutionDetails: { InputPayload: event === undefined ? undefined : JSON.stringify(event) },
  };
  const known = (await stored(file)) ?? [begun];
  const all = new Map(known.map((operation) => [operation.Id ?? '', operation]));
  const save = async (): Promise<void> => {
    if (file === undefined) return;
    await writeFile(`${file}.new`, JSON.stringify([...all.values()]));
    await rename(`${file}.new`, file);
  };
  await save();
  return {
    arn,
    operations: () => [...all.values()],
    async checkpoint(updates) {
      const changed = updates.map((update) => applied(all.get(update.Id ?? ''), update));
      for (const operation of changed) all.set(operation.Id ?? '', operation);
      await save();
      options.onCheckpoint?.(updates);
      return changed;
    },
    letTimePass() {
      const changed: string[] = [];
      for (const [id, operation] of all) {
        const Status = isDue(operation);
        if (Status === undefined) continue;
        all.set(id, { ...operation, Status, EndTimestamp: new Date() });
        changed.push(id);
      }
      return changed;
    },
  };
}
