// The production bundle with too small a heap, as Lambda treats it: what dies is repeated, without end.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mostDeaths } from '../functions/store/deaths.ts';
import { startAws, type EmbeddedAws } from './sandbox/aws/start-aws.ts';
import { secretArn } from './sandbox/aws/secrets.ts';
import { bundle } from './sandbox/bundle.ts';
import { driveDurable, type Execution } from './sandbox/durable-driver.ts';
import { startHarbor, type EmbeddedHarbor } from './sandbox/harbor/index.ts';
import { lambdaProcess, type LambdaProcess } from './sandbox/lambda-process.ts';

const day = 86_400_000;
const quickLease = join(import.meta.dirname, 'support', 'quick-lease.js');
let harbor: EmbeddedHarbor;
let aws: EmbeddedAws;
let folder: string;
let lambda: LambdaProcess | undefined;

beforeAll(async () => {
  harbor = await startHarbor({ now: () => Date.now() });
  harbor.seed.project('team');
  for (let index = 0; index < 2_500; index += 1) {
    const pushedAt = harbor.clock.now() - (index % 120) * day;
    harbor.seed.push({ project: 'team', repository: 'app', tags: [`ci-${index}`], pushedAt });
  }
  const credential = { url: harbor.url, ...harbor.admin };
  aws = await startAws({ buckets: ['reports'], secrets: { robot: JSON.stringify(credential) } });
  const policy = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.yaml');
  const rule = `{ name: old, select: { projects: [team], tags: ['ci-*'] }, keep: { pushedWithin: 60d } }`;
  writeFileSync(policy, `version: 1\nrules: [${rule}]\ntrash: off\n`);
  folder = await bundle(policy);
});
afterAll(async () => {
  lambda?.kill();
  await Promise.all([aws.close(), harbor.close()]);
});

/** An execution whose processes have so many MiB of heap; more deaths than these would go on for two days on AWS. */
async function execute(name: string, memory: number): Promise<Execution> {
  const environment = {
    HARBOR_SECRET_ID: secretArn('robot'),
    REPORT_BUCKET: 'reports',
    POLICY_FILE: 'policy.yaml',
  };
  const deployment = { folder, entry: join(folder, 'index.mjs'), environment };
  lambda?.kill();
  lambda = lambdaProcess(deployment, { env: aws.env, memory, preload: [quickLease] });
  return await driveDurable(lambda.handler, {
    name,
    event: { runId: '2026-11-21T033000Z' },
    service: aws,
    onDeath: (count) => {
      if (count > 12) throw new Error('it is repeated without end');
    },
  });
}

const latest = (): unknown =>
  JSON.parse(aws.objects('reports').get('reports/latest.json')?.toString() ?? '{}');

test('a run that dies of memory again and again ends with a report that says why, and goes on with more', async () => {
  const small = await execute('small', 20);
  expect(lambda?.log.join('\n')).toContain('JavaScript heap out of memory');
  expect(small.end).toMatchObject({
    status: 'FAILED',
    message: expect.stringContaining(`ended ${mostDeaths} times in a row without a word`),
  });
  expect(small.deaths).toBeGreaterThanOrEqual(mostDeaths);
  expect(latest()).toMatchObject({
    run: { id: '2026-11-21T033000Z', end: 'failed' },
    error: { code: 'run-died', remedy: expect.stringContaining('Raise function.memoryMiB') },
  });
  const large = await execute('large', 128);
  expect(large).toMatchObject({ deaths: 0, end: { status: 'SUCCEEDED' } });
  expect(latest()).toMatchObject({ run: { id: '2026-11-21T033000Z', end: 'refused' } });
});
