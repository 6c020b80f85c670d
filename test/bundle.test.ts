// The production bundle, unmodified, in a process of its own, against the embedded AWS and Harbor.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startAws, type EmbeddedAws } from './sandbox/aws/start-aws.ts';
import { secretArn } from './sandbox/aws/secrets.ts';
import { bundle } from './sandbox/bundle.ts';
import { deploy, type Deployment } from './sandbox/deployment.ts';
import { driveDurable, type Execution } from './sandbox/durable-driver.ts';
import { startHarbor, type EmbeddedHarbor } from './sandbox/harbor/index.ts';
import { officialRun } from './sandbox/official-runner.ts';
import { lambdaProcess, type LambdaProcess } from './sandbox/lambda-process.ts';

const DAY = 86_400_000;
const password = 'Hunter2-Harbor';
const root = join(import.meta.dirname, '..');

let policy: string;
let deployment: Deployment;
let harbor: EmbeddedHarbor;
let aws: EmbeddedAws;
let lambda: LambdaProcess | undefined;

beforeAll(async () => {
  policy = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.yaml');
  writeFileSync(
    policy,
    `version: 1
rules:
  - name: old-builds
    select: { projects: [team], tags: ['ci-*'] }
    keep: { pushedWithin: 60d }
limits: { maxDeletionsPercent: 90 }
trash: off
`,
  );
  harbor = await startHarbor({ now: () => Date.now() });
  harbor.seed.project('team');
  for (const [tag, days] of [
    ['ci-new', 1],
    ['ci-old', 90],
    ['ci-older', 120],
  ] as const)
    harbor.seed.push({
      project: 'team',
      repository: 'app',
      tags: [tag],
      pushedAt: Date.now() - days * DAY,
    });
  const robot = harbor.seed.robot({ name: 'retention', secret: password, permissions: everything });
  aws = await startAws({
    buckets: ['reports'],
    secrets: { robot: JSON.stringify({ url: harbor.url, username: robot.username, password }) },
  });
  deployment = deploy({ policy, secretArn: secretArn('robot'), bucket: 'reports' });
});
afterAll(async () => {
  await aws.close();
  await harbor.close();
});
afterEach(() => lambda?.kill());

const everything = [
  {
    kind: 'project',
    namespace: '*',
    access: [
      { resource: 'repository', action: 'list' },
      { resource: 'artifact', action: 'list' },
      { resource: 'artifact', action: 'read' },
      { resource: 'tag', action: 'list' },
      { resource: 'immutable-tag', action: 'list' },
      { resource: 'tag-retention', action: 'read' },
    ],
  },
] as const;

function run(
  event: unknown,
  env: Record<string, string> = {},
  name = 'execution',
): Promise<Execution> {
  lambda?.kill();
  lambda = lambdaProcess(deployment, { env: { ...aws.env, ...env } });
  return driveDurable(lambda.handler, { event, service: aws, name });
}

let starts = 0;
/** A start of the last hour; no two are the same run. */
function startingNow(): { readonly scheduledTime: string } {
  starts += 1;
  const at = new Date(Date.now() - 3_600_000 + starts * 60_000);
  return { scheduledTime: `${at.toISOString().slice(0, 19)}Z` };
}

const log = (): string => (lambda?.log ?? []).join('\n');
const objects = (): ReadonlyMap<string, Buffer> => aws.objects('reports');
const text = (key: string): string => objects().get(key)?.toString() ?? 'missing';
const latest = (): Record<string, unknown> =>
  JSON.parse(text('reports/latest.json')) as Record<string, unknown>;

test('what would be deployed reads Harbor and leaves its report and every row in S3', async () => {
  const { end } = await run(startingNow());
  expect(end).toMatchObject({
    status: 'SUCCEEDED',
    result: { summary: { mode: 'dry-run', artifacts: 3, condemned: 2, deleted: 0 } },
  });
  const { report } = (end as { result: { report: string } }).result;
  const key = report.replace('s3://reports/', '');
  expect(text(key)).toBe(text('reports/latest.json'));
  const rows = [...objects()]
    .filter(([name]) => name.startsWith('reports/artifacts/'))
    .flatMap(([, body]) => gunzipSync(body).toString().trimEnd().split('\n'));
  expect(rows).toHaveLength(3);
  expect(harbor.state.artifacts('team')).toHaveLength(3);
});

test('the durable SDK’s own test runner drives it to the same end', async () => {
  const { status, result, operations } = await officialRun(deployment, {
    event: startingNow(),
    env: aws.env,
  });
  expect({ status, operations }).toEqual({
    status: 'SUCCEEDED',
    operations: ['request', 'slice-1'],
  });
  expect(result).toMatchObject({ summary: { artifacts: 3, condemned: 2 } });
});

test('everything lies below the folders that the role may write', () => {
  const folders = new Set([...objects().keys()].map((key) => key.split('/')[0]));
  expect(folders).toEqual(new Set(['inventory', 'reports', 'state']));
});

test('the second delivery of a start answers as the first, and reads nothing', async () => {
  const event = startingNow();
  const first = await run(event);
  harbor.requests.clear();
  const second = await run({ ...event, attemptNumber: '2' }, {}, 'second');
  expect(second.end).toEqual(first.end);
  expect(harbor.requests.count).toBe(0);
  expect(log()).not.toContain('RunFinished');
});

test('the credential is in no log line, no object and no answer', async () => {
  const { end } = await run(startingNow());
  const basic = Buffer.from(`robot$retention:${password}`).toString('base64');
  const everywhere = [
    JSON.stringify(end),
    log(),
    ...[...objects()].map(([key, body]) =>
      key.endsWith('.gz') ? gunzipSync(body).toString() : body.toString(),
    ),
  ].join('\n');
  expect(everywhere).toContain('team');
  for (const form of [password, basic, encodeURIComponent(password)])
    expect(everywhere).not.toContain(form);
});

test('the log is JSON lines, and the metrics are among them', async () => {
  await run(startingNow());
  const lines = (lambda?.log ?? []).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toContainEqual(
    expect.objectContaining({ RunFinished: 1, Condemned: 2, service: 'harbor-retention' }),
  );
});

test('at DEBUG every request to Harbor is told, with status and time, and no credential', async () => {
  await run(startingNow(), { LOG_LEVEL: 'DEBUG' });
  const lines = (lambda?.log ?? []).map((line) => JSON.parse(line) as Record<string, unknown>);
  const requests = lines.filter(({ message }) => message === 'request to Harbor');
  expect(requests.length).toBeGreaterThan(3);
  for (const { level, method, path, status, tookMs } of requests) {
    expect({ level, method, path, status, tookMs }).toEqual({
      level: 'DEBUG',
      method: 'GET',
      path: expect.stringMatching(/^\/(api|v2|service)\//),
      status: expect.any(Number),
      tookMs: expect.any(Number),
    });
  }
  const basic = Buffer.from(`robot$retention:${password}`).toString('base64');
  for (const form of [password, basic]) expect(log()).not.toContain(form);
});

test.each([
  { kind: 'missing', day: 1, secret: undefined, code: 'secret-missing' },
  { kind: 'malformed', day: 2, secret: `robot:${password}`, code: 'secret-malformed' },
  {
    kind: 'of somebody else',
    day: 3,
    secret: JSON.stringify({ username: 'robot$x', password }),
    code: 'harbor-not-signed-in',
  },
])('a secret that is $kind fails the run, whose report says so', async ({ day, secret, code }) => {
  if (secret !== undefined) aws.setSecret('other', secret);
  const runId = `2026-01-0${day}T000000Z`;
  const HARBOR_SECRET_ID = secret === undefined ? 'nowhere' : 'other';
  const { end } = await run({ runId }, { HARBOR_SECRET_ID, HARBOR_URL: harbor.url });
  expect(end.status).toBe('FAILED');
  expect(latest()).toMatchObject({ run: { id: runId, end: 'failed' }, error: { code } });
  expect(log()).toContain(`"code":"${code}"`);
  expect(log()).not.toContain(password);
});

test('a process that is killed between two checkpoints is replaced, and the run goes on', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'execution-')), 'state.json');
  const event = startingNow();
  const mortal = lambdaProcess(deployment, { env: aws.env });
  lambda = mortal;
  let checkpoints = 0;
  const killed = driveDurable(mortal.handler, {
    event,
    file,
    service: aws,
    onCheckpoint: () => {
      checkpoints += 1;
      if (checkpoints === 2) mortal.kill();
    },
  });
  await expect(killed).rejects.toThrow('the process ended');
  const { end } = await driveDurable(mortal.handler, { event, file, service: aws });
  expect(end).toMatchObject({ status: 'SUCCEEDED', result: { summary: { condemned: 2 } } });
});

test('the bundle that the sandbox makes without CDK is the same, byte for byte', async () => {
  const folder = await bundle(policy);
  for (const name of readdirSync(deployment.folder))
    expect(
      readFileSync(join(folder, name)).equals(readFileSync(join(deployment.folder, name))),
    ).toBe(true);
});

test('the bundle is small, holds its policy, and nothing of the building', () => {
  const code = readFileSync(deployment.entry);
  expect(code.length).toBeLessThanOrEqual(1_460_000);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(430_000);
  expect(readdirSync(deployment.folder).toSorted()).toEqual(['index.mjs', 'policy.yaml']);
  for (const stranger of ['aws-cdk', 'constructs', 'commander', root])
    expect(code.includes(stranger)).toBe(false);
});
