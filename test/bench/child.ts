import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a child process measured of its own work. */
export interface Measured {
  readonly seconds: number;
  /** User and system time of all threads: compression and garbage collection too. */
  readonly cpuSeconds: number;
  /** Largest resident memory of the process, in 2^20 bytes; all that is loaded counts. */
  readonly peakMiB: number;
}

type Answer = Readonly<Record<string, unknown>>;

/** Does one piece of work in this process, and sends its answer with the figures to whoever forked it. */
export async function measure<Input, Result extends Answer>(
  work: (input: Input) => Promise<Result>,
): Promise<void> {
  const input = JSON.parse(process.argv[2] ?? '{}') as Input;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const result = await work(input);
  const { user, system } = process.cpuUsage(cpu);
  const measured: Measured = {
    seconds: (performance.now() - begun) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: peakMiB(),
  };
  process.send?.({ ...result, ...measured });
}

// getrusage would tell the largest of this process and of the one that it was forked from.
function peakMiB(): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (found !== null) return Number(found[1]) / 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}

/** A process that has answered and goes on, until it is let go. */
export interface Running<Result> {
  readonly answer: Result;
  /** Lets it go, and waits until it is gone. */
  readonly end: () => Promise<void>;
}

/** Starts a file of this folder in a process of its own and waits for its first answer. */
export function start<Result>(
  file: string,
  input: unknown,
  execArgv: readonly string[] = [],
): Promise<Running<Result>> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child: ChildProcess = fork(path, [JSON.stringify(input)], { execArgv: [...execArgv] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = (): Promise<void> => {
    child.disconnect();
    return gone;
  };
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve({ answer: answer as Result, end }));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} and no answer`)));
  });
}

/** The same for a process that only answers. */
export async function run<Result>(
  file: string,
  input: unknown,
  execArgv: readonly string[] = [],
): Promise<Result> {
  const { answer, end } = await start<Result>(file, input, execArgv);
  await end();
  return answer;
}
