import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { durable, durableOperations } from '../functions/contract.ts';
import { readEnvironment } from '../functions/environment.ts';
import { RetentionError } from '../functions/errors.ts';
import { durableHandler } from '../functions/lambda/durable-handler.ts';
import type { RunSlice, RunSummary, SliceEnd } from '../functions/ports.ts';
import { startAws, type EmbeddedAws } from './sandbox/aws/start-aws.ts';
import { driveDurable, type DriverOptions, type Execution } from './sandbox/durable-driver.ts';

const password = 'Hunter2-Harbor';
const start = Date.parse('2026-11-21T03:30:00Z');
const scheduled = { scheduledTime: '2026-11-21T03:30:00Z', executionId: 'e1', attemptNumber: '1' };

let aws: EmbeddedAws;
let written: string;
let now: number;

beforeEach(async () => {
  aws = await startAws({
    buckets: ['reports'],
    secrets: { robot: JSON.stringify({ username: 'robot$retention', password }) },
  });
  now = start + 60_000;
  written = '';
  const capture = (chunk: string | Uint8Array): boolean => {
    written += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(capture);
  jest.spyOn(process.stderr, 'write').mockImplementation(capture);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await aws.close();
});

const summary = (runId: string, mode: RunSummary['mode']): RunSummary => ({
  runId,
  mode,
  artifacts: 120,
  condemned: 7,
  condemnedBytes: 7000,
  deleted: 0,
  refusals: 0,
  warnings: 1,
  unplannable: 2,
});

type End = 'finished' | 'refused' | 'failed';

/** An engine that needs so many slices. */
const engine =
  (slices: number, end: End = 'finished', seen: string[] = []): RunSlice =>
  async ({ runId, mode }): Promise<SliceEnd> => {
    seen.push(`${runId} ${mode}`);
    if (seen.length < slices)
      return Promise.resolve({
        done: false,
        progress: { phase: 'inventory', done: seen.length, of: slices, what: 'team/app' },
      });
    const reportKey = `reports/runs/2026/11/21/${runId}.json`;
    return Promise.resolve({ done: true, end, reportKey, summary: summary(runId, mode) });
  };

const environment: Record<string, string> = {
  HARBOR_SECRET_ID: 'robot',
  REPORT_BUCKET: 'reports',
  REPORT_PREFIX: 'harbor/',
  POLICY_FILE: 'policy.yaml',
};

interface Deployed {
  readonly event?: unknown;
  readonly env?: Record<string, string | undefined>;
  readonly drive?: Partial<DriverOptions>;
}

function run(runSlice: RunSlice, deployed: Deployed = {}): Promise<Execution> {
  const options = {
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    maxAttempts: 1,
  };
  const handler = durableHandler({
    runSlice,
    clients: {
      s3: new S3Client(options),
      secrets: new SecretsManagerClient(options),
      sns: new SNSClient(options),
    },
    clock: { now: () => now },
    environment: () => readEnvironment({ ...environment, ...deployed.env }),
    folder: '/nowhere',
  });
  const event = 'event' in deployed ? deployed.event : scheduled;
  return driveDurable(handler, { event, ...deployed.drive });
}

const lines = (): readonly Record<string, unknown>[] =>
  written
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const metric = (name: string): readonly unknown[] =>
  lines().flatMap((line) => (name in line && '_aws' in line ? [line[name]] : []));

test('a run of one slice answers with its report and its numbers', async () => {
  const { end } = await run(engine(1));
  expect(end).toEqual({
    status: 'SUCCEEDED',
    result: {
      end: 'finished',
      report: 's3://reports/harbor/reports/runs/2026/11/21/2026-11-21T033000Z.json',
      summary: summary('2026-11-21T033000Z', 'dry-run'),
    },
  });
  expect(metric('RunFinished')).toEqual([1]);
  expect(metric('Condemned')).toEqual([7]);
});

test('every slice has an invocation of its own, and is run once whatever is replayed', async () => {
  const seen: string[] = [];
  const execution = await run(engine(5, 'finished', seen));
  expect(execution.end.status).toBe('SUCCEEDED');
  expect(seen).toEqual(Array.from({ length: 5 }, () => '2026-11-21T033000Z dry-run'));
  expect(execution.invocations).toBe(5);
  expect(execution.operations).toBe(1 + 5 + 4);
  expect(metric('RunFinished')).toEqual([1]);
});

test('a run that outlives its allowed start is not taken for a late one', async () => {
  const slow: RunSlice = async (request, world, budget) => {
    now += 3_600_000;
    return engineOfSix(request, world, budget);
  };
  const engineOfSix = engine(6);
  expect((await run(slow)).end.status).toBe('SUCCEEDED');
});

test('a refused plan is a finished run, and is counted as refused', async () => {
  const { end } = await run(engine(1, 'refused'));
  expect(end).toMatchObject({ status: 'SUCCEEDED', result: { end: 'refused' } });
  expect(metric('RunRefused')).toEqual([1]);
  expect(metric('RunFailed')).toEqual([]);
});

test('a failed run fails the invocation, naming its report', async () => {
  const { end } = await run(engine(1, 'failed'));
  expect(end).toEqual({
    status: 'FAILED',
    name: 'RetentionError',
    message:
      'Run 2026-11-21T033000Z failed; its report is s3://reports/harbor/reports/runs/2026/11/21/2026-11-21T033000Z.json',
  });
  expect(metric('RunFailed')).toEqual([1]);
  expect(metric('RunFinished')).toEqual([]);
});

test('what an operator can mend is logged once, with its remedy and without a stack trace', async () => {
  const { end } = await run(() =>
    Promise.reject(new RetentionError('store-denied', 'S3 refused to write s3://reports/x')),
  );
  expect(end).toMatchObject({ status: 'FAILED', message: 'S3 refused to write s3://reports/x' });
  const failures = lines().filter((line) => line['level'] === 'ERROR');
  expect(failures).toEqual([
    expect.objectContaining({
      message: 'run failed',
      code: 'store-denied',
      problem: 'S3 refused to write s3://reports/x',
      remedy: expect.stringContaining('Grant'),
    }),
  ]);
  expect(written).not.toContain('    at ');
  expect(metric('RunFailed')).toEqual([1]);
});

test('a bug is logged with its stack trace, and fails the run', async () => {
  const { end } = await run(() => Promise.reject(new TypeError('x is not a function')));
  expect(end).toMatchObject({ status: 'FAILED', name: 'TypeError' });
  expect(lines().some((line) => line['message'] === 'unexpected error, please report it')).toBe(
    true,
  );
  expect(written).toContain('    at ');
});

test('the secret appears nowhere, not even when a bug puts it into an error', async () => {
  const { end } = await run(async (_request, world) => {
    await world.harbor.identify().catch(() => undefined);
    throw Object.assign(new Error(`sent ${password} to Harbor`), { password });
  });
  expect(JSON.stringify(end)).not.toContain(password);
  expect(written).not.toContain(password);
  expect(end).toMatchObject({ message: 'sent *** to Harbor' });
});

test('a report cannot hold the secret, even where an error text does; state is left as it is', async () => {
  await run(async (request, world, budget) => {
    await world.harbor.identify().catch(() => undefined);
    await world.store.write('reports/latest.json', JSON.stringify({ error: `sent ${password}` }));
    await world.store.write('state/x.json', JSON.stringify({ text: `sent ${password}` }));
    return engine(1)(request, world, budget);
  });
  const objects = aws.objects('reports');
  expect(objects.get('harbor/reports/latest.json')?.toString()).toBe('{"error":"sent ***"}');
  expect(objects.get('harbor/state/x.json')?.toString()).toContain(password);
});

test.each<[string, unknown, string]>([
  ['a string where a boolean belongs', { ...scheduled, dryRun: 'false' }, '"dryRun" must be'],
  ['an unknown key', { ...scheduled, force: true }, 'unknown keys: force'],
  ['no object', 'go', 'not a JSON object'],
  ['a list elsewhere', { approved: { bucket: 'x', key: 'y' } }, 'below s3://reports/harbor/lists/'],
])('an event with %s fails before anything is read', async (_name, event, problem) => {
  const seen: string[] = [];
  const { end } = await run(engine(1, 'finished', seen), { event });
  expect(end).toMatchObject({ status: 'FAILED', message: expect.stringContaining(problem) });
  expect(seen).toEqual([]);
  expect(written).not.toContain('    at ');
});

test('a start that comes hours late is refused', async () => {
  now = start + 4 * 3_600_000;
  const { end } = await run(engine(1));
  expect(end).toMatchObject({ message: expect.stringContaining('came 4.0 h later') });
});

test('an armed deployment applies, and an event may still ask for a dry run', async () => {
  const seen: string[] = [];
  const env = { APPLY: 'true' };
  await run(engine(1, 'finished', seen), { env });
  await run(engine(1, 'finished', seen), { env, event: { ...scheduled, dryRun: true } });
  expect(seen).toEqual(['2026-11-21T033000Z apply', '2026-11-21T033000Z dry-run']);
});

test('a wrong environment fails with every variable named', async () => {
  const { end } = await run(engine(1), { env: { APPLY: 'yes', SLICE_SECONDS: '1' } });
  expect(end).toMatchObject({
    message: expect.stringMatching(/SLICE_SECONDS.*APPLY|APPLY.*SLICE_SECONDS/),
  });
  expect(metric('RunFailed')).toEqual([1]);
});

test.each<[string, string | Buffer | { unreadable: 'denied' }, string]>([
  ['malformed', 'not JSON', 'secret-malformed'],
  ['binary', Buffer.from('x'), 'secret-malformed'],
  ['denied', { unreadable: 'denied' }, 'secret-denied'],
])('a secret that is %s is met inside the run, which can report it', async (_name, value, code) => {
  aws.setSecret('robot', value);
  let met: unknown;
  await run(async (request, world, budget) => {
    met = await world.harbor.identify().catch((error: unknown) => error);
    return engine(1)(request, world, budget);
  });
  expect(met).toMatchObject({ code });
});

test('an authority that is missing from the bundle is met inside the run, too', async () => {
  let met: unknown;
  await run(
    async (request, world, budget) => {
      met = await world.harbor.identify().catch((error: unknown) => error);
      return engine(1)(request, world, budget);
    },
    { env: { HARBOR_URL: 'https://harbor.example', HARBOR_CA_FILE: 'ca.pem' } },
  );
  expect(met).toMatchObject({
    code: 'environment-invalid',
    message: 'The bundle holds no file ca.pem.',
  });
});

test('a policy in S3 is read from there, with its version', async () => {
  const client = new S3Client({
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  });
  const at = { Bucket: 'reports', Key: 'policies/harbor.yaml' };
  await client.send(new PutObjectCommand({ ...at, Body: 'version: 1\n' }));
  let loaded: unknown;
  const env = { POLICY_FILE: undefined, POLICY_BUCKET: at.Bucket, POLICY_KEY: at.Key };
  await run(
    async (request, world, budget) => {
      loaded = await world.policy.load();
      return engine(1)(request, world, budget);
    },
    { env },
  );
  expect(loaded).toMatchObject({ text: 'version: 1\n', name: 's3://reports/policies/harbor.yaml' });
});

test('a run that needs more slices than allowed fails, and says how to go on', async () => {
  const { end } = await run(engine(9), { env: { MAX_SLICES: '3' } });
  expect(end).toMatchObject({
    status: 'FAILED',
    message:
      'Run 2026-11-21T033000Z was not finished after 3 slices, or had waited too often; its state is kept.',
  });
});

test('a run that waits for Harbor waits without an invocation, and its looks take no slice away', async () => {
  let looks = 0;
  const asked: (number | undefined)[] = [];
  const runSlice: RunSlice = async (request, world, budget) => {
    asked.push(request.waitAtMost);
    looks += 1;
    if (looks > 5) return engine(1)(request, world, budget);
    const progress = { phase: 'wait', done: 0, of: undefined, what: '' } as const;
    const wait = { seconds: 600, until: now + 600_000, for: 'Harbor to come out of read-only' };
    return Promise.resolve({ done: false, progress, wait });
  };
  const waits: (number | undefined)[] = [];
  const execution = await run(runSlice, {
    env: { MAX_SLICES: '2', MAX_WAIT_HOURS: '2' },
    drive: {
      onCheckpoint: (updates) =>
        void waits.push(...updates.flatMap((one) => one.WaitOptions?.WaitSeconds ?? [])),
    },
  });
  expect(execution.end.status).toBe('SUCCEEDED');
  expect(execution.operations).toBe(durableOperations(6));
  expect(waits).toEqual([600, 600, 600, 600, 600]);
  expect(asked[0]).toBe(2 * 3_600_000);
  expect(metric('Waiting')).toEqual([600_000, 600_000, 600_000, 600_000, 600_000]);
});

test('a run is told as finished when it is reported, once, and not only after it was followed', async () => {
  const wait = { seconds: 600, until: 0, for: 'Harbor’s garbage collection' };
  const progress = { phase: 'wait', done: 1, of: 1, what: 'parts' } as const;
  let looks = 0;
  const following: RunSlice = async ({ runId, mode }) => {
    looks += 1;
    if (looks <= 3) return Promise.resolve({ done: false, progress, wait, isReported: looks > 1 });
    // At the end of the last look, not before.
    if (looks === 4) expect(metric('RunFinished')).toEqual([1]);
    const reportKey = `reports/runs/2026/11/21/${runId}.json`;
    return Promise.resolve({
      done: true,
      end: 'finished',
      reportKey,
      summary: summary(runId, mode),
    });
  };
  const { end } = await run(following);
  expect(end.status).toBe('SUCCEEDED');
  expect(metric('RunFinished')).toEqual([1]);
  expect(metric('RunRefused')).toEqual([0]);
  expect(metric('Condemned')).toEqual([7]);
});

test('a run that waits for ever ends as unfinished, below the limit of operations', async () => {
  const progress = { phase: 'wait', done: 0, of: undefined, what: '' } as const;
  const wait = { seconds: 60, until: now, for: 'a Harbor that flaps' };
  const execution = await run(() => Promise.resolve({ done: false, progress, wait }));
  expect(execution.end).toMatchObject({
    status: 'FAILED',
    message: expect.stringContaining('was not finished'),
  });
  expect(execution.operations).toBeLessThan(durable.mostOperations);
});

test('the numbers of a run are metrics, and what is not known is none', async () => {
  const figures = {
    deletedBytes: 5,
    purged: 1,
    requests: 40,
    slices: 2,
    durationMs: 9_000,
    trashWaiting: 3,
    trashWaitingBytes: 30,
  };
  await run(async (request, world, budget) => {
    const end = await engine(1)(request, world, budget);
    return end.done ? { ...end, summary: { ...end.summary, ...figures } } : end;
  });
  expect(lines().find((line) => 'RunFinished' in line)).toMatchObject({
    DeletedBytes: 5,
    Purged: 1,
    Requests: 40,
    Slices: 2,
    Duration: 9_000,
    TrashArtifacts: 3,
    TrashBytes: 30,
    Warnings: 1,
    Refusals: 0,
  });
  expect(metric('FreedBytes')).toEqual([]);
});

test('a slice ends in time for the invocation that it runs in', async () => {
  const asked: boolean[] = [];
  const runSlice: RunSlice = async (request, world, budget) => {
    asked.push(budget.hasTime());
    now += 39_000;
    asked.push(budget.hasTime());
    now += 2_000;
    asked.push(budget.hasTime());
    return engine(1)(request, world, budget);
  };
  await run(runSlice, { drive: { invocationMs: 100_000 } });
  expect(asked).toEqual([true, true, false]);
});

test('a second delivery of a start that has ended answers as the first, and counts nothing', async () => {
  const repeated: RunSlice = async (...given) => {
    const end = await engine(1)(...given);
    return end.done ? { ...end, isReported: true, isRepeated: true } : end;
  };
  const first = await run(engine(1));
  expect(metric('RunFinished')).toEqual([1]);
  const second = await run(repeated);
  expect(second.end).toEqual(first.end);
  expect(metric('RunFinished')).toEqual([1]);
  expect(metric('Condemned')).toEqual([7]);
});

test('a second delivery while the first is at work ends quietly, a start by hand does not', async () => {
  const elsewhere: RunSlice = () =>
    Promise.reject(new RetentionError('run-elsewhere', 'Run X is being worked on already.'));
  expect((await run(elsewhere)).end).toEqual({
    status: 'SUCCEEDED',
    result: { end: 'elsewhere', runId: '2026-11-21T033000Z' },
  });
  expect(metric('RunFailed')).toEqual([]);
  expect(metric('RunFinished')).toEqual([]);
  const byHand = await run(elsewhere, { event: { runId: '2026-11-21T033000Z' } });
  expect(byHand.end).toMatchObject({ status: 'FAILED' });
  expect(metric('RunFailed')).toEqual([1]);
});
