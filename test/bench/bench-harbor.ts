// `npm run bench:harbor`: a dry run of one project of any Harbor, and with `-- --own` Harbor's own retention beside it.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RetentionError } from '../../functions/errors.ts';
import type { Clock } from '../../functions/ports.ts';
import {
  type By,
  type DryRun,
  dryRunOf,
  type OwnDryRun,
  ownDryRunOf,
} from './dry-run-on-harbor.ts';
import { short } from './table.ts';

const usage = `HARBOR_URL, HARBOR_USER, HARBOR_PASSWORD and HARBOR_PROJECT are needed: a Harbor, an account that may read the project, and the project.
  --own   makes a retention policy in the project, lets Harbor run it dry, and removes it: then the account must be an administrator of the project
  --json  prints one line of JSON for each policy
`;

/** What the bench needs of its process. */
export interface BenchProcess {
  readonly environment: Readonly<Partial<Record<string, string>>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Somebody wants it to end: what it has made in Harbor is removed first. */
  readonly interrupted: AbortSignal;
  readonly clock?: Clock;
}

interface Wanted {
  readonly own: boolean;
  readonly json: boolean;
}

/** @returns the exit code: 0, 1 for what failed, 2 for a wrong call, 130 if it was interrupted */
export async function benchHarbor(argv: readonly string[], process: BenchProcess): Promise<number> {
  const { environment, err, interrupted } = process;
  const {
    HARBOR_URL: url = '',
    HARBOR_USER: username = '',
    HARBOR_PASSWORD: password = '',
    HARBOR_PROJECT: project = '',
  } = environment;
  const wanted = wantedBy(argv);
  if (wanted === undefined || [url, username, password, project].includes('')) {
    err(usage);
    return 2;
  }
  try {
    await bench({ url, username, password, project }, wanted, process);
    return 0;
  } catch (error) {
    if (interrupted.aborted && isInterruption(error)) {
      err('Interrupted. Nothing of the measurement is left in Harbor.\n');
      return 130;
    }
    if (error instanceof RetentionError) err(`${error.message}\n→ ${error.remedy}\n`);
    else err(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** Whatever else ends it may have left something in Harbor. */
function isInterruption(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError'
  );
}

function wantedBy(argv: readonly string[]): Wanted | undefined {
  try {
    const options = { own: { type: 'boolean' }, json: { type: 'boolean' } } as const;
    const { own = false, json = false } = parseArgs({ args: [...argv], options }).values;
    return { own, json };
  } catch {
    return undefined;
  }
}

async function bench(
  target: Parameters<typeof dryRunOf>[0],
  wanted: Wanted,
  { out, interrupted, clock }: BenchProcess,
): Promise<void> {
  const wait = (ms: number): Promise<unknown> => pause(ms, undefined, { signal: interrupted });
  for (const by of ['pushedWithin', 'pulledWithin'] as const) {
    const ours = await unlessInterrupted(dryRunOf(target, by, clock), interrupted);
    if (ours.artifacts === 0) throw nothingThere(target.project);
    const own = wanted.own ? await ownDryRunOf(target, by, wait) : undefined;
    const result = { policy: `${by}: 30d`, ours, ...(own === undefined ? {} : { own }) };
    out(wanted.json ? `${JSON.stringify(result)}\n` : inWords(by, ours, own));
  }
}

function nothingThere(project: string): RetentionError {
  const remedy =
    'Correct HARBOR_PROJECT, or let the account list the repositories and artifacts of that project.';
  return new RetentionError(
    'harbor-denied',
    `The account sees no artifacts in ${project}: there is nothing to measure.`,
    { remedy },
  );
}

/** A dry run only reads: nothing has to be waited for. */
async function unlessInterrupted<T>(work: Promise<T>, interrupted: AbortSignal): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(new DOMException('interrupted', 'AbortError'));
  interrupted.addEventListener('abort', end, { once: true });
  if (interrupted.aborted) end();
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    interrupted.removeEventListener('abort', end);
  }
}

function inWords(by: By, run: DryRun, own: OwnDryRun | undefined): string {
  const { median, slowest } = run.pageMs;
  const ours = `${by}: 30d: ${short(run.seconds)} s; ${short(run.artifacts)} artifacts, ${short(run.condemned)} condemned; ${short(run.requests)} requests, ${short(run.pages)} of them pages of artifacts: ${short(median)} ms at the median, ${short(slowest)} ms at most\n`;
  if (own === undefined) return ours;
  if ('because' in own)
    return `${ours}  Harbor's own dry run: not started, because ${own.because}\n`;
  const times = short(own.seconds / run.seconds);
  return `${ours}  Harbor's own dry run of the nearest policy: ${short(own.seconds)} s; ${short(own.artifacts)} artifacts, ${short(own.condemned)} to go; ours is ${times} × as fast\n`;
}

if (import.meta.main) {
  const stopping = new AbortController();
  // A second signal ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const code = await benchHarbor(process.argv.slice(2), {
    environment: process.env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    interrupted: stopping.signal,
  });
  process.exit(code);
}
