// A new version is deployed while an execution of the old one goes on: real bundles, in processes of their own.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAws, type EmbeddedAws } from './sandbox/aws/start-aws.ts';
import { secretArn } from './sandbox/aws/secrets.ts';
import { bundle } from './sandbox/bundle.ts';
import { driveDurable, type DriverOptions, type Execution } from './sandbox/durable-driver.ts';
import { startHarbor, type EmbeddedHarbor } from './sandbox/harbor/index.ts';
import { lambdaProcess, type LambdaProcess } from './sandbox/lambda-process.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;
let aws: EmbeddedAws;
/** Version 1 keeps builds for 60 days, version 2 for 100. */
let versions: readonly LambdaProcess[];

async function deployed(days: number): Promise<LambdaProcess> {
  const policy = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.yaml');
  const rule = `{ name: old, select: { projects: [team], tags: ['ci-*'] }, keep: { pushedWithin: ${days}d } }`;
  writeFileSync(policy, `version: 1\nrules: [${rule}]\nlimits: { maxDeletionsPercent: 90 }\n`);
  const folder = await bundle(policy);
  const environment = {
    HARBOR_SECRET_ID: secretArn('robot'),
    REPORT_BUCKET: 'reports',
    POLICY_FILE: 'policy.yaml',
  };
  return lambdaProcess({ folder, entry: join(folder, 'index.mjs'), environment }, { env: aws.env });
}

beforeAll(async () => {
  harbor = await startHarbor({ now: () => Date.now() });
  harbor.seed.project('team');
  for (const days of [1, 70, 80, 120]) {
    const pushedAt = Date.now() - days * day;
    harbor.seed.push({ project: 'team', repository: 'app', tags: [`ci-${days}`], pushedAt });
  }
  const credential = { url: harbor.url, ...harbor.admin };
  aws = await startAws({ buckets: ['reports'], secrets: { robot: JSON.stringify(credential) } });
  versions = [await deployed(60), await deployed(100)];
});
afterAll(async () => {
  for (const version of versions) version.kill();
  await Promise.all([aws.close(), harbor.close()]);
});

/** The alias is resolved when an execution begins; all its invocations go to that version. */
async function execute(
  version: 1 | 2,
  options: Omit<DriverOptions, 'service' | 'version'>,
): Promise<Execution> {
  const lambda = versions[version - 1];
  if (lambda === undefined) throw new Error(`there is no version ${version}`);
  return await driveDurable(lambda.handler, { ...options, version, service: aws });
}

const idOf = (minutesAgo: number): string =>
  `${new Date(Date.now() - minutesAgo * 60_000).toISOString().slice(0, 19).replaceAll(':', '')}Z`;

test('an execution ends with the version that it began with, and the next start has the new one', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'execution-')), 'state.json');
  const old = { event: { runId: idOf(50) }, name: 'old', file };
  const cut = execute(1, {
    ...old,
    // Enough for the first look at Harbor, and for nothing else.
    invocationMs: 60_001,
    onInvocation: (count) => {
      if (count === 2) throw new Error('cut here');
    },
  });
  await expect(cut).rejects.toThrow('cut here');
  versions[0]?.kill();

  const beside = await execute(2, { event: { runId: idOf(40) }, name: 'beside' });
  expect(beside.end).toMatchObject({
    status: 'FAILED',
    name: 'RetentionError',
    message: expect.stringMatching(/^Run \S+ works with s3:\/\/reports/),
  });

  const { end } = await execute(1, old);
  expect(end).toMatchObject({ status: 'SUCCEEDED', result: { summary: { condemned: 3 } } });
  const next = await execute(2, { event: { runId: idOf(30) }, name: 'next' });
  expect(next.end).toMatchObject({ status: 'SUCCEEDED', result: { summary: { condemned: 1 } } });
});

test('a run that an old version left is continued under its policy, not by the new one', async () => {
  const runId = idOf(20);
  const cut = execute(1, {
    event: { runId },
    name: 'left',
    invocationMs: 60_001,
    onInvocation: (count) => {
      if (count === 2) throw new Error('cut here');
    },
  });
  await expect(cut).rejects.toThrow('cut here');
  // Its lease runs out; here somebody helps.
  const key = 'state/lease.json';
  const lease = JSON.parse(aws.objects('reports').get(key)?.toString() ?? '{}') as object;
  await put(key, JSON.stringify({ ...lease, until: 0 }));
  const { end } = await execute(2, { event: { runId }, name: 'taken-up' });
  expect(end).toMatchObject({ status: 'SUCCEEDED', result: { summary: { condemned: 3 } } });
});

test('state of a newer version is refused with what to do, and left as it is', async () => {
  const runId = idOf(10);
  const key = `state/runs/${runId}/state.json`;
  const text = JSON.stringify({ stateVersion: 99, runId, phase: 'beyond' });
  await put(key, text);
  const { end } = await execute(1, { event: { runId }, name: 'newer' });
  expect(end).toMatchObject({
    status: 'FAILED',
    message: expect.stringContaining('was written by a newer harbor-retention'),
  });
  expect(versions[0]?.log.join('\n')).toContain('Deploy the newer version again');
  expect(aws.objects('reports').get(key)?.toString()).toBe(text);
});

async function put(key: string, body: string): Promise<void> {
  const client = new S3Client({
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  });
  await client.send(new PutObjectCommand({ Bucket: 'reports', Key: key, Body: body }));
  client.destroy();
}
