// `node test/bench/killed.ts`: the bundled Lambda, killed 20 times with SIGKILL at random moments, beside an undisturbed
// one on the same registry; says what differs. The same claim without processes is held by test/run/cut-off.test.ts.
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { DeletionRecord } from '../../functions/domain/deletion-record.ts';
import { noPullTimes } from '../../functions/inventory/pull-signal.ts';
import { reportKeys, stateKeys } from '../../functions/domain/store-keys.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { newState } from '../../functions/store/run-state.ts';
import { startAws, type EmbeddedAws } from '../sandbox/aws/start-aws.ts';
import { secretArn } from '../sandbox/aws/secrets.ts';
import { bundle } from '../sandbox/bundle.ts';
import { driveDurable, type Execution } from '../sandbox/durable-driver.ts';
import { createRandom, type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { lambdaProcess, type LambdaProcess } from '../sandbox/lambda-process.ts';
import { sampleRegistry } from '../sandbox/sample-registry.ts';
import { examplePolicy } from './run-files.ts';

type Mode = 'dry-run' | 'apply';

/** Milliseconds of work in an invocation, so that there are many. */
const sliceMs = 400;
/** A process is killed at most so late in its life. */
const latestKillMs = 600;

interface Ran {
  readonly kills: number;
  readonly execution: Execution;
  readonly left: unknown;
}

interface Around {
  readonly folder: string;
  readonly mode: Mode;
  /** When the run began: given to both, as every decision rests on it. */
  readonly at: number;
}

/** Runs the bundle to its end on a fresh registry; so many of its processes are killed. */
async function runKilled(
  { folder, mode, at }: Around,
  { kills: wanted, seed }: { readonly kills: number; readonly seed: number },
): Promise<Ran> {
  const harbor = await startHarbor({ now: () => at });
  const { armedRobot } = sampleRegistry(harbor, at);
  const { username, secret: password } = armedRobot;
  const robot = JSON.stringify({ url: harbor.url, username, password });
  const aws = await startAws({ buckets: ['reports'], secrets: { robot } });
  const environment = {
    HARBOR_SECRET_ID: secretArn('robot'),
    REPORT_BUCKET: 'reports',
    POLICY_FILE: 'policy.yaml',
    APPLY: String(mode === 'apply'),
  };
  const lambda = lambdaProcess(
    { folder, entry: join(folder, 'index.mjs'), environment },
    { env: aws.env },
  );
  try {
    await begin(aws, { mode, at });
    const { kills, execution } = await driveKilled(lambda, aws, { wanted, seed, event: { runId } });
    return { kills, execution, left: leftBy(harbor, aws) };
  } finally {
    lambda.kill();
    await Promise.all([aws.close(), harbor.close()]);
  }
}

const runId = '2026-11-21T033000Z';

/** Stores the state of a run that has just begun, at the same moment for all. */
async function begin(aws: EmbeddedAws, { mode, at }: Omit<Around, 'folder'>): Promise<void> {
  const state = newState({
    request: { runId, mode, owner: 'none' },
    takenAt: at,
    policy: examplePolicy('policy.yaml').text,
    reportKey: reportKeys(runId).report,
    pullTimes: noPullTimes,
    isFirstUnderPolicy: false,
  });
  const client = new S3Client({
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  });
  const Body = JSON.stringify(state);
  await client.send(new PutObjectCommand({ Bucket: 'reports', Key: stateKeys(runId).state, Body }));
  client.destroy();
}

async function driveKilled(
  lambda: LambdaProcess,
  aws: EmbeddedAws,
  {
    wanted,
    seed,
    event,
  }: { readonly wanted: number; readonly seed: number; readonly event: object },
): Promise<{ readonly kills: number; readonly execution: Execution }> {
  const file = join(mkdtempSync(join(tmpdir(), 'execution-')), 'state.json');
  const random = createRandom(seed);
  let kills = 0;
  let timer: NodeJS.Timeout | undefined;
  const onInvocation = (): void => {
    clearTimeout(timer);
    if (kills < wanted) timer = setTimeout(() => lambda.kill(), random() * latestKillMs);
  };
  const invocationMs = 60_000 + sliceMs;
  const options = { event, file, service: aws, invocationMs, onInvocation } as const;
  for (;;) {
    try {
      const execution = await driveDurable(lambda.handler, options);
      return { kills, execution };
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'the process ended') throw error;
      kills += 1;
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * The report, its rows, every outcome and the registry. Left out: counts of requests and slices, durations, what the
 * real clock said when something was done (the end, until when a copy can be restored, the clocks’ difference), the
 * port of the embedded Harbor, seals, and markers of copies that lay in the trash already.
 */
function leftBy(harbor: EmbeddedHarbor, aws: EmbeddedAws): unknown {
  const objects = aws.objects('reports');
  const report = JSON.parse(objects.get('reports/latest.json')?.toString() ?? '{}') as Report;
  const { requests: _requests, durationsMs: _durations, run, harbor: seen, ...rest } = report;
  const { slices: _slices, finishedAt: _finishedAt, ...sameRun } = run;
  const applied =
    rest.applied === undefined ? {} : { applied: { ...rest.applied, restorableUntil: null } };
  const lines = (below: string): string[] =>
    [...objects]
      .filter(([key]) => key.startsWith(below))
      .flatMap(([, body]) => gunzipSync(body).toString().trimEnd().split('\n'));
  const outcomes = lines('reports/records/').map((line) => {
    const { action, outcome } = JSON.parse(line) as DeletionRecord;
    const { result } = outcome;
    const trash = 'trash' in outcome ? outcome.trash : undefined;
    return { action: action.id, result, tags: trash?.tags };
  });
  const registry = harbor.state.projects().flatMap(({ name }) =>
    harbor.state.artifacts(name).map((one) => ({
      at: `${name}/${one.repository}@${one.digest}`,
      tags: one.tags.filter((tag) => !/^[0-9a-f]{12}\.\.\./.test(tag)),
      labels: one.labels,
    })),
  );
  return {
    plan: JSON.parse(objects.get(stateKeys(runId).plan)?.toString() ?? '{}') as object,
    report: { ...rest, ...applied, run: sameRun, version: seen?.version },
    rows: createHash('sha256').update(lines('reports/artifacts/').join('\n')).digest('hex'),
    outcomes,
    registry: registry.toSorted((a, b) => (a.at < b.at ? -1 : 1)),
  };
}

const policy = fileURLToPath(new URL('../../examples/policy.yaml', import.meta.url));
const folder = await bundle(policy);
for (const mode of ['dry-run', 'apply'] as const) {
  const around: Around = { folder, mode, at: Date.now() };
  const whole = await runKilled(around, { kills: 0, seed: 0 });
  const cut = await runKilled(around, { kills: 20, seed: 1 });
  const isEqual = isDeepStrictEqual(cut.left, whole.left);
  const { operations, invocations, end } = cut.execution;
  process.stdout.write(
    `${mode}: ${end.status}, killed ${cut.kills} times, ${invocations} last invocations, ${operations} durable operations (undisturbed ${whole.execution.operations}): ${isEqual ? 'equal' : 'DIFFERENT'}\n`,
  );
  if (isEqual && cut.kills === 20) continue;
  const [a, b] = [whole.left, cut.left].map((left) => JSON.stringify(left));
  let from = 0;
  while (from < (a?.length ?? 0) && a?.[from] === b?.[from]) from += 1;
  const shown = (text = ''): string => text.slice(Math.max(0, from - 200), from + 200);
  process.stdout.write(`${shown(a)}\n${shown(b)}\n`);
  process.exitCode = 1;
}
