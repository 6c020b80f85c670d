import type { DurableContext, DurableLambdaHandler } from '@aws/durable-execution-sdk-js';
import middy, { type MiddlewareObj } from '@middy/core';
import { executionModeDurableContext } from '@middy/core/executionModeDurableContext';
import errorLogger from '@middy/error-logger';
import { newSecretMask } from '../adapters/secret-mask.ts';
import { lambdaTelemetry } from '../adapters/telemetry.ts';
import { type AskedRestore, type Requested, runRequest } from '../config/run-request.ts';
import { durable, metrics } from '../contract.ts';
import type { Environment } from '../environment.ts';
import { RetentionError } from '../errors.ts';
import { credentialOf, worldOf, type Clients, type Invocation } from './world.ts';
import type { Budget, Clock, RunSlice, SliceEnd } from '../ports.ts';
import { restoreSlice } from '../restore.ts';
import { type Answer, elsewhere, finish, type RestoreResult } from './answers.ts';
import { recordWait } from './run-metrics.ts';
import { failedStep, settle, type StepResult } from './step-result.ts';

/** Time that must be left for saving when a slice stops, and for whatever else the invocation does. */
const MARGIN_MS = 60_000;

export interface HandlerParts {
  readonly runSlice: RunSlice;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly environment: () => Environment;
  readonly folder: string;
}

/** What the middleware prepared, by the context of the invocation; it never hangs on what is logged. */
type Prepared = WeakMap<object, Invocation>;

type Middleware = MiddlewareObj<unknown, Answer, Error, DurableContext>;

// No cache and no wait: the credential is read again in every invocation, which sees rotations, and
// whoever needs it waits for it inside a step, where a failure still leaves a report.
function prepare(parts: HandlerParts, prepared: Prepared): Middleware {
  return {
    before: ({ context }) => {
      const environment = parts.environment();
      const mask = newSecretMask();
      const { clients, clock, folder } = parts;
      const keys = { requestId: context.lambdaContext.awsRequestId };
      const telemetry = lambdaTelemetry({ ...environment, mask, clock, keys });
      const known = { environment, clients, mask, telemetry, clock, folder };
      const credential = credentialOf(known);
      credential.catch(() => undefined);
      prepared.set(context, { ...known, credential });
    },
  };
}

// The one place where a failed run is logged and counted; it is reached once, after all replays.
function logFailure(parts: HandlerParts, prepared: Prepared) {
  return ({ error, context }: { error: unknown; context: { functionName: string } }): void => {
    const telemetry =
      prepared.get(context)?.telemetry ??
      lambdaTelemetry({
        service: context.functionName,
        logLevel: 'INFO',
        mask: newSecretMask(),
        clock: parts.clock,
      });
    if (error instanceof RetentionError)
      telemetry.error('run failed', {
        code: error.code,
        problem: error.message,
        remedy: error.remedy,
      });
    else telemetry.error('run failed', { error });
    telemetry.metric(metrics.runFailed, 1, 'Count');
    telemetry.flush();
  };
}

function request(event: unknown, { environment, clock }: Invocation): Requested {
  const result = runRequest(event, environment, clock.now());
  if (result.ok) return result.request;
  const problems = result.problems.join('; ');
  const late = result.code === 'start-too-late';
  throw new RetentionError(result.code, late ? `${problems}.` : `The event is wrong: ${problems}.`);
}

function budgetOf(invocation: Invocation, remainingMs: number): Budget {
  const { environment, clock } = invocation;
  const time = Math.min(environment.sliceSeconds * 1000, remainingMs - MARGIN_MS);
  const until = clock.now() + time;
  return { hasTime: () => clock.now() < until };
}

// A step that failed is not repeated: the engine has repeated what can be, and its state is kept.
const once = { retryStrategy: () => ({ shouldRetry: false }) };

function valueOf<T>(settled: StepResult<T>): T {
  if (settled.ok) return settled.value;
  throw failedStep(settled.failure);
}

/** The first delivery of this start works on the run, and answers how it ends. */
const isDeliveredTwice = (asked: Requested, settled: StepResult<SliceEnd>): boolean =>
  asked.isScheduled === true && !settled.ok && settled.failure.code === 'run-elsewhere';

interface Execution {
  readonly event: unknown;
  readonly context: DurableContext;
  readonly invocation: Invocation;
  readonly runSlice: RunSlice;
}

/**
 * One durable step per slice, and a fresh invocation with its full time for each
 * (docs/design.md#longer-than-15-minutes).
 */
async function execute({ event, context, invocation, runSlice }: Execution): Promise<Answer> {
  const asked = valueOf(
    await context.step(
      'request',
      () => settle(invocation, async () => request(event, invocation)),
      once,
    ),
  );
  const remaining = (): number => context.lambdaContext.getRemainingTimeInMillis();
  const { maxSlices } = invocation.environment;
  // Invocations of one execution never overlap; another delivery of the same start is another execution.
  const owner = context.executionContext.durableExecutionArn;
  if (asked.restore !== undefined) {
    return await restoreInSlices(asked.restore, { context, invocation, owner });
  }
  const given = { ...asked, owner, waitAtMost: invocation.environment.maxWaitHours * 3_600_000 };
  // Slices that only look whether Harbor can go on have a limit of their own.
  let isRecorded = false;
  for (let slice = 1, worked = 0, waits = 0; worked < maxSlices; slice += 1) {
    const run = async (): Promise<SliceEnd> => {
      const budget = budgetOf(invocation, remaining());
      const end = await runSlice(given, worldOf(invocation, asked.mode === 'apply'), budget);
      return recordWait(end, invocation, isRecorded);
    };
    const step = await context.step(`slice-${slice}`, () => settle(invocation, run), once);
    if (isDeliveredTwice(asked, step)) return elsewhere(asked.runId, invocation);
    const end = valueOf(step);
    if (end.done) return finish(end, invocation, isRecorded);
    isRecorded ||= end.isReported === true;
    if (end.wait === undefined) worked += 1;
    else if (++waits > durable.mostWaits) break;
    // Nothing runs and nothing is paid meanwhile.
    await context.wait(`after-slice-${slice}`, { seconds: end.wait?.seconds ?? 1 });
  }
  throw new RetentionError(
    'run-unfinished',
    `Run ${asked.runId} was not finished after ${maxSlices} slices, or had waited too often; its state is kept.`,
  );
}

/** Does so for a restore, which needs no state of its own: Harbor shows what is back. */
async function restoreInSlices(
  asked: AskedRestore,
  {
    context,
    invocation,
    owner,
  }: Omit<Execution, 'event' | 'runSlice'> & { readonly owner: string },
): Promise<RestoreResult> {
  const { maxSlices, bucket, prefix } = invocation.environment;
  for (let slice = 1; slice <= maxSlices; slice += 1) {
    const run = async (): Promise<RestoreResult & { readonly done: boolean }> => {
      const budget = budgetOf(invocation, context.lambdaContext.getRemainingTimeInMillis());
      const end = await restoreSlice({ ...asked, owner }, worldOf(invocation, true), budget);
      const { restored, complete, lost, failed } = end.report;
      const counts = {
        restored: restored.length,
        complete: complete.length,
        lost: lost.length,
        failed: failed.length,
      };
      return { done: end.done, report: `s3://${bucket}/${prefix}${end.reportKey}`, ...counts };
    };
    const step = await context.step(`restore-${slice}`, () => settle(invocation, run), once);
    const { done, ...result } = valueOf(step);
    if (done) return result;
    await context.wait(`after-restore-${slice}`, { seconds: 1 });
  }
  throw new RetentionError(
    'run-unfinished',
    `The restore was not finished after ${maxSlices} slices.`,
  );
}

/** The Lambda handler around an engine. Tests pass their own parts; the deployment uses `handler`. */
export function durableHandler(parts: HandlerParts): DurableLambdaHandler {
  const prepared: Prepared = new WeakMap();
  const handler = middy<unknown, Answer, Error, DurableContext>({
    executionMode: executionModeDurableContext,
    // The default of 5 ms would fail the execution instead of letting it go on (docs/design.md#longer-than-15-minutes).
    timeoutEarlyInMillis: 0,
  })
    .use(prepare(parts, prepared))
    .use(errorLogger({ logger: logFailure(parts, prepared) }))
    .handler(async (event: unknown, context: DurableContext) => {
      const invocation = prepared.get(context);
      if (invocation === undefined) throw new Error('the handler runs after its middleware');
      return execute({ event, context, invocation, runSlice: parts.runSlice });
    });
  // In this mode middy returns what withDurableExecution makes; its types do not say so.
  return handler as unknown as DurableLambdaHandler;
}
