import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type {
  DurableExecutionInvocationOutput,
  DurableLambdaHandler,
} from '@aws/durable-execution-sdk-js';
import type { Deployment } from './deployment.ts';

/** A bundled handler in a process of its own, with the environment of its deployment and no other. */
export interface LambdaProcess {
  readonly handler: DurableLambdaHandler;
  /** Every line that it wrote, oldest first. */
  readonly log: readonly string[];
  /** Ends the process as Lambda would: without asking. The next invocation starts a new one. */
  kill(): void;
}

export interface ProcessOptions {
  /** What the SDK needs to find the embedded AWS. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** MiB of heap. Default: Node's own. */
  readonly memory?: number;
  /** Paths of scripts that every process loads first. */
  readonly preload?: readonly string[];
}

interface Reply {
  readonly output?: DurableExecutionInvocationOutput;
  readonly error?: string;
}

const RUNTIME = fileURLToPath(new URL('lambda-runtime.ts', import.meta.url));

const SHIFTED_CLOCK = new URL('../support/shifted-clock.js', import.meta.url).href;

/** Where the suite runs as on another day (TEST_DATE), the handler's process must live on that day too. */
export function sameClock(): {
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[];
} {
  const { TEST_CLOCK_OFFSET_MS } = process.env;
  if (TEST_CLOCK_OFFSET_MS === undefined) return { env: {}, execArgv: [] };
  return { env: { TEST_CLOCK_OFFSET_MS }, execArgv: [`--import=${SHIFTED_CLOCK}`] };
}

/** Starts processes as they are needed; ends with `kill`. */
export function lambdaProcess(deployment: Deployment, options: ProcessOptions): LambdaProcess {
  const log: string[] = [];
  let child: ChildProcess | undefined;
  const clock = sameClock();
  const start = (): ChildProcess => {
    const started = fork(RUNTIME, [deployment.entry], {
      env: {
        AWS_LAMBDA_FUNCTION_NAME: 'harbor-retention',
        ...deployment.environment,
        ...options.env,
        ...clock.env,
      },
      execArgv: [
        ...clock.execArgv,
        ...(options.preload ?? []).map((path) => `--import=${path}`),
        ...(options.memory === undefined ? [] : [`--max-old-space-size=${options.memory}`]),
      ],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    started.on('exit', () => {
      if (child === started) child = undefined;
    });
    for (const stream of [started.stdout, started.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        options.onLine?.(line);
      });
    }
    return started;
  };
  return {
    log,
    async handler(input, context) {
      child ??= start();
      const current = child;
      // As JSON: what is a function does not travel, lambda-runtime.ts makes it again.
      current.send({ input, context, remainingMs: context.getRemainingTimeInMillis() });
      const answer = once(current, 'message') as Promise<[Reply]>;
      const death = once(current, 'exit').then(() => [{ error: 'the process ended' }] as [Reply]);
      const [{ output, error }] = await Promise.race([answer, death]);
      if (output === undefined) throw new Error(error);
      return output;
    },
    kill() {
      child?.kill('SIGKILL');
      child = undefined;
    },
  };
}
