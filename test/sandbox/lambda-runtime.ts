// The child's side of lambda-process.ts: what Lambda's own runtime does around a handler.
import { pathToFileURL } from 'node:url';
import type {
  DurableExecutionInvocationInput,
  DurableLambdaHandler,
} from '@aws/durable-execution-sdk-js';
import type { Context } from 'aws-lambda';

export interface Invoke {
  readonly input: DurableExecutionInvocationInput;
  readonly context: Omit<Context, 'getRemainingTimeInMillis' | 'done' | 'fail' | 'succeed'>;
  readonly remainingMs: number;
}

const entry = process.argv[2] ?? '';

async function invoke({ input, context, remainingMs }: Invoke): Promise<unknown> {
  const end = Date.now() + remainingMs;
  const { handler } = (await import(pathToFileURL(entry).href)) as {
    handler: DurableLambdaHandler;
  };
  return handler(input, {
    ...context,
    getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  });
}

process.on('message', (message: Invoke) => {
  invoke(message).then(
    (output) => process.send?.({ output }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
