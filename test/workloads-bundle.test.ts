// The bundle that is deployed for listing workloads, in a process of its own, against the embedded APIs.
import { execFile } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parseWorkloadList } from '../functions/domain/workload-list.ts';
import { bundleOptions } from '../lib/bundle-options.ts';
import { type EmbeddedAws as EmbeddedS3, startAws } from './sandbox/aws/start-aws.ts';
import { active, emptyAccount } from './sandbox/ecs/account.ts';
import { type EmbeddedAws, startAccount } from './sandbox/ecs/start-account.ts';
import { everyKind } from './sandbox/kubernetes/objects.ts';
import { startKubernetes } from './sandbox/kubernetes/start-kubernetes.ts';
import { hasOpenssl, makeCertificates } from './support/certificates.ts';
import { root } from './support/pages.ts';

if (!hasOpenssl) console.warn('lists of EKS by the bundle: SKIPPED, there is no openssl here');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'workloads-bundle-'));

let s3: EmbeddedS3;
beforeAll(async () => {
  const command = join(root, 'bin', 'write-bundle.ts');
  await run(process.execPath, [command, folder, '[]', bundleOptions.workloadsEntry]);
  s3 = await startAws({ buckets: ['reports'] });
});
afterAll(() => s3.close());

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Invokes the handler as Lambda does; the lines that it logs, and its answer. */
async function invoke(account: EmbeddedAws, workloads: object) {
  const script = `const { handler } = await import(${JSON.stringify(join(folder, 'index.mjs'))});
    console.log(JSON.stringify({ answer: await handler({}) }));`;
  const env = {
    ...account.env,
    AWS_ENDPOINT_URL_S3: s3.url,
    REPORT_BUCKET: 'reports',
    REPORT_PREFIX: 'harbor/',
    WORKLOADS: JSON.stringify(workloads),
    AWS_LAMBDA_FUNCTION_NAME: 'workloads',
  };
  const argv = ['--input-type=module', '--eval', script];
  const { stdout, stderr } = await run(process.execPath, argv, { env });
  // Warnings and errors stand on the other stream outside of Lambda.
  const lines = `${stdout}${stderr}`
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const answer = lines.find((line) => 'answer' in line)?.['answer'];
  return { lines, answer, metric: lines.find((line) => '_aws' in line) };
}

const listAt = (scope: string) =>
  parseWorkloadList(
    s3.objects('reports').get(`harbor/lists/workloads/${scope}.ndjson`)?.toString() ?? '',
  );

async function startAll(): Promise<{ readonly account: EmbeddedAws }> {
  const families = { api: active('harbor.example/team/api:1') };
  let eks = {};
  if (hasOpenssl) {
    const { ca, server } = makeCertificates();
    const cluster = await startKubernetes(everyKind(), { tls: server });
    const data = Buffer.from(ca).toString('base64');
    eks = { eu: { endpoint: cluster.url, certificateAuthority: { data } } };
    closing.push(() => cluster.close());
  }
  const account = await startAccount({ ...emptyAccount, families, eks });
  closing.push(() => account.close());
  return { account };
}

const ecs = [{ scope: 'prod', regions: ['eu-central-1'] }];
const eks = [{ scope: 'prod-eu', cluster: 'eu', region: 'eu-central-1' }];

test('it is smaller than the bundle of runs', () => {
  const { size } = statSync(join(folder, 'index.mjs'));
  expect(size).toBeGreaterThan(100_000);
  expect(size).toBeLessThan(800_000);
});

test('it writes a list of each scope, and says so in a metric', async () => {
  const { account } = await startAll();
  const { answer, metric } = await invoke(account, hasOpenssl ? { ecs, eks } : { ecs });
  const ofEks = hasOpenssl ? [{ scope: 'prod-eu', uses: 11, isComplete: true }] : [];
  expect(answer).toEqual([{ scope: 'prod', uses: 1, isComplete: true }, ...ofEks]);
  expect(listAt('prod')).toMatchObject({ source: 'ecs', scope: 'prod', unreadable: [] });
  if (hasOpenssl)
    expect(listAt('prod-eu')).toMatchObject({
      source: 'kubernetes',
      scope: 'prod-eu',
      unreadable: [],
    });
  expect(metric).toMatchObject({
    service: 'workloads',
    WorkloadListsComplete: 1,
    WorkloadUses: hasOpenssl ? 12 : 1,
  });
});

describe('something that can not be listed', () => {
  test('is in the list, in the log and in the metric', async () => {
    const { account } = await startAll();
    account.faults.denied.add('ListSchedules');
    const { answer, metric, lines } = await invoke(account, { ecs });
    expect(answer).toEqual([{ scope: 'prod', uses: 1, isComplete: false }]);
    expect(listAt('prod').unreadable).toMatchObject([
      { because: expect.stringMatching(/^schedules/) },
    ]);
    expect(metric).toMatchObject({ WorkloadListsComplete: 0, WorkloadUses: 1 });
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'not listed', scope: 'prod' }),
    );
  });

  test('leaves the other lists alone, and the one before as it was', async () => {
    const { account } = await startAll();
    await invoke(account, { ecs });
    const before = s3.objects('reports').get('harbor/lists/workloads/prod.ndjson')?.toString();
    account.faults.denied.add('GetCallerIdentity');
    const { answer, metric, lines } = await invoke(account, { ecs });
    expect(answer).toEqual([{ scope: 'prod', isComplete: false }]);
    expect(s3.objects('reports').get('harbor/lists/workloads/prod.ndjson')?.toString()).toBe(
      before,
    );
    expect(metric).toMatchObject({ WorkloadListsComplete: 0, WorkloadUses: 0 });
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'list not written',
        code: 'workloads-unreachable',
        remedy: expect.any(String),
      }),
    );
  });
});
