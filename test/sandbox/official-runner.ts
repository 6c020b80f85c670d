// The child's side of `officialRun`: the SDK's own test runner around a bundled handler, in a process of its own, as the
// runner starts threads and the bundle reads the environment.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DurableLambdaHandler } from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { Deployment } from './deployment.ts';
import { sameClock } from './lambda-process.ts';

export interface OfficialRun {
  readonly status: string | undefined;
  readonly result: unknown;
  /** Names of the steps and waits, in their order. */
  readonly operations: readonly (string | undefined)[];
}

/** One execution of a deployment, by the official runner. */
export async function officialRun(
  { entry, environment }: Deployment,
  { event, env }: { readonly event: unknown; readonly env: Readonly<Record<string, string>> },
): Promise<OfficialRun> {
  const clock = sameClock();
  const child = fork(fileURLToPath(import.meta.url), [entry, JSON.stringify(event)], {
    env: { AWS_LAMBDA_FUNCTION_NAME: 'harbor-retention', ...environment, ...env, ...clock.env },
    execArgv: [...clock.execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answer = once(child, 'message') as Promise<[OfficialRun]>;
  const death = once(child, 'exit').then(() => {
    throw new Error('the official runner ended without an answer');
  });
  const [run] = await Promise.race([answer, death]);
  death.catch(() => undefined);
  return run;
}

async function main(): Promise<void> {
  const [, , entry = '', event = 'null'] = process.argv;
  const { handler } = (await import(pathToFileURL(entry).href)) as {
    handler: DurableLambdaHandler;
  };
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
  const runner = new LocalDurableTestRunner({ handlerFunction: handler });
  const end = await runner.run({ payload: JSON.parse(event) as unknown });
  const run: OfficialRun = {
    status: end.getStatus(),
    result: end.getResult(),
    operations: end.getOperations().map((operation) => operation.getName()),
  };
  process.send?.(run);
  await LocalDurableTestRunner.teardownTestEnvironment();
  process.disconnect();
}

if (import.meta.main) await main();
