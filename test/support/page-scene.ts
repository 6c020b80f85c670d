import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { localWorld } from '../../bin/local-world.ts';
import { newSecretMask } from '../../functions/adapters/secret-mask.ts';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedAws, startAws } from '../sandbox/aws/start-aws.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { active, emptyAccount } from '../sandbox/ecs/account.ts';
import { startAccount } from '../sandbox/ecs/start-account.ts';
import { everyKind } from '../sandbox/kubernetes/objects.ts';
import { startKubernetes } from '../sandbox/kubernetes/start-kubernetes.ts';
import { sampleRegistry } from '../sandbox/sample-registry.ts';
import { root } from './pages.ts';
import { silent, unlimited } from './run-world.ts';

const day = 86_400_000;

/** The run that the pages speak of. */
export const toldRun = '2026-11-21T033000Z';

const told = `version: 1
rules:
  - name: releases
    select: { projects: [team], tags: ['v1.*'] }
    keep: { pushedWithin: 60d }
limits: { maxDeletionsPercent: 50 }
`;

/** As harbor-go-client has it. */
const ranking = `update_time: { base: 0.5, factors: [{ weight: 1.0, range: { low: 0, high: 7 } }] }
pull_count: { base: 0.3, factors: [{ weight: 0.5, range: { low: 0, high: 10 } }] }
tags_count: { base: 0.2, factors: [{ weight: 0.1, range: { low: 0, high: 5 } }] }
`;

export interface PageScene {
  readonly harbor: EmbeddedHarbor;
  readonly credential: Readonly<Record<string, string>>;
  /** A new folder as somebody has it who ran this for a while. */
  readonly newFolder: () => string;
  /** As a shell runs it there; curl and the like find the Harbor. */
  readonly shell: (line: string, folder: string) => Promise<Ended>;
  readonly close: () => Promise<void>;
}

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A Harbor with a trash, one armed run on it, its reports in a folder and in a bucket, and a Harbor without a trash. */
export async function pageScene(): Promise<PageScene> {
  const harbor = await startHarbor({ now: () => Date.now() });
  const bare = await startHarbor({ now: () => Date.now() });
  const { username, password } = harbor.admin;
  sampleRegistry(harbor, Date.now());
  await removeRobots(harbor);
  harbor.seed.project('team');
  for (const [tag, days] of [
    ['v1.2.3', 300],
    ['v1.2.4', 20],
    ['v1.2.5', 10],
  ] as const) {
    const pushedAt = Date.now() - days * day;
    harbor.seed.push({ project: 'team', repository: 'api', tags: [tag], pushedAt });
  }
  const credential = {
    HARBOR_URL: harbor.url,
    HARBOR_USER: username,
    HARBOR_PASSWORD: password,
  };
  const lived = await liveIn(credential);
  const aws = await startAws({ buckets: ['retention-reports'] });
  const before = { ...process.env };
  Object.assign(process.env, aws.env);
  await store(aws, join(lived, '.harbor-retention'));
  const closeWorkloads = await runWorkloads();
  return {
    harbor,
    credential,
    newFolder: () => {
      const folder = mkdtempSync(join(tmpdir(), 'page-'));
      cpSync(lived, folder, { recursive: true });
      symlinkSync(join(root, 'examples'), join(folder, 'examples'));
      return folder;
    },
    shell: (line, folder) => {
      const { url } = line.includes('/api/v2.0/projects"') ? bare : harbor;
      const own = { ...process.env, ADMIN_PASSWORD: password, HARBOR_URL: url };
      return run(line, folder, own);
    },
    close: async () => {
      process.env = before;
      await Promise.all([harbor.close(), bare.close(), aws.close(), closeWorkloads()]);
    },
  };
}

/** A cluster of Kubernetes, and an account with ECS, which the SDK and a kubeconfig find. */
async function runWorkloads(): Promise<() => Promise<void>> {
  const cluster = await startKubernetes(everyKind());
  const families = { api: active('harbor.example/team/api:1') };
  const account = await startAccount({ ...emptyAccount, families });
  for (const service of ['ECS', 'BATCH', 'EVENTBRIDGE', 'SCHEDULER', 'STS'])
    process.env[`AWS_ENDPOINT_URL_${service}`] = account.url;
  const config = {
    'current-context': 'prod-eu',
    contexts: [{ name: 'prod-eu', context: { cluster: 'prod-eu', user: 'collector' } }],
    clusters: [
      { name: 'prod-eu', cluster: { server: cluster.url, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'collector', user: { token: 'x' } }],
  };
  process.env['KUBECONFIG'] = join(mkdtempSync(join(tmpdir(), 'page-')), 'kubeconfig');
  writeFileSync(process.env['KUBECONFIG'], JSON.stringify(config));
  return async () => {
    await Promise.all([cluster.close(), account.close()]);
  };
}

/** The pages make robots of the same names. */
async function removeRobots({ url, admin }: EmbeddedHarbor): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString('base64')}`;
  const robots = `${url}/api/v2.0/robots`;
  const listed = await fetch(`${robots}?page_size=100`, { headers: { authorization } });
  for (const { id } of (await listed.json()) as readonly { readonly id: number }[])
    await fetch(`${robots}/${id}`, { method: 'DELETE', headers: { authorization } });
}

/** A folder in which an armed run was done. */
async function liveIn(credential: Readonly<Record<string, string>>): Promise<string> {
  const lived = mkdtempSync(join(tmpdir(), 'page-'));
  writeFileSync(join(lived, 'rp.yaml'), ranking);
  const policy = join(lived, 'policy.yaml');
  writeFileSync(policy, told);
  const options = { policy, out: join(lived, '.harbor-retention') };
  const world = await localWorld(options, credential, {
    telemetry: silent,
    mask: newSecretMask(),
    mayChange: true,
  });
  const request = { runId: toldRun, mode: 'apply', applyNewPolicy: true, owner: 'pages' } as const;
  const end = await runSlice(request, world, unlimited);
  if (!end.done || end.end !== 'finished' || end.summary.deleted !== 1)
    throw new Error(`the run that the pages speak of went wrong: ${JSON.stringify(end)}`);
  return lived;
}

/** The same run in a bucket, as a deployment leaves it. */
async function store(aws: EmbeddedAws, folder: string): Promise<void> {
  const client = new S3Client({ endpoint: aws.url, forcePathStyle: true });
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    const Key = `harbor/${path.slice(folder.length + 1)}`;
    await client.send(
      new PutObjectCommand({ Bucket: 'retention-reports', Key, Body: readFileSync(path) }),
    );
  }
  client.destroy();
}

/** The Harbor of the tests lives in this very process, so that nothing may wait for the shell. */
function run(line: string, folder: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', line], { cwd: folder, env });
    let out = '';
    let err = '';
    child.stdout.on('data', (text: Buffer) => void (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => void (err += text.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}
