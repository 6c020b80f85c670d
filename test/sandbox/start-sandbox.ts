import { memoryOf } from '../../functions/store/harbor-memory.ts';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { s3RunStore } from '../../functions/adapters/s3-run-store.ts';
import { variables, workloadsContract } from '../../functions/contract.ts';
import type { RunStore } from '../../functions/ports.ts';
import { startAws, type EmbeddedAws } from './aws/start-aws.ts';
import { secretArn } from './aws/secrets.ts';
import { bundle } from './bundle.ts';
import { driveDurable, type Execution } from './durable-driver.ts';
import { startHarbor, type EmbeddedHarbor } from './harbor/index.ts';
import { lambdaProcess, type LambdaProcess } from './lambda-process.ts';
import { sampleRegistry } from './sample-registry.ts';
import { sampleWorkloads } from './sample-workloads.ts';

/** Everything that a deployment needs, on loopback: a Harbor that looks real, AWS, and the bundled handler. */
export interface Sandbox {
  readonly harbor: EmbeddedHarbor;
  readonly aws: EmbeddedAws;
  readonly lambda: LambdaProcess;
  /** `project/repository:tag` of images that only a list of what workloads use keeps. */
  readonly inUse: readonly string[];
  /** Invokes the function as the schedule would, and waits for its end. */
  run(event: unknown): Promise<Execution>;
  close(): Promise<void>;
}

export const sandboxBucket = 'harbor-retention-reports';

/**
 * Two lists of what workloads use lie in the bucket, `prod-eu` and `prod`; whether they hold is the policy's to say.
 * @param policy path of the policy to deploy
 */
export async function startSandbox(policy: string, now: () => number): Promise<Sandbox> {
  const bundling = bundle(policy);
  const harbor = await startHarbor({ now });
  const { armedRobot } = sampleRegistry(harbor, now());
  const workloads = sampleWorkloads(harbor, now());
  const { username, secret: password } = armedRobot;
  const credential = { url: harbor.url, username, password };
  const aws = await startAws({
    buckets: [sandboxBucket],
    secrets: { 'harbor/retention': JSON.stringify(credential) },
  });
  const client = clientOf(aws);
  const store = s3RunStore(client, { bucket: sandboxBucket, prefix: '' });
  await rememberProbe(harbor, store);
  for (const [name, text] of workloads.lists)
    await store.write(`${workloadsContract.folder}${name}.ndjson`, text, 'application/x-ndjson');
  client.destroy();
  const folder = await bundling;
  const environment = {
    [variables.secretId]: secretArn('harbor/retention'),
    [variables.bucket]: sandboxBucket,
    [variables.policyFile]: 'policy.yaml',
    [variables.apply]: 'true',
    [variables.ledgerRequests]: '10000',
  };
  const entry = join(folder, 'index.mjs');
  const lambda = lambdaProcess({ folder, entry, environment }, { env: aws.env });
  return {
    harbor,
    aws,
    lambda,
    inUse: workloads.held,
    run: (event) => driveDurable(lambda.handler, { event, service: aws }),
    async close() {
      lambda.kill();
      await Promise.all([aws.close(), harbor.close()]);
    },
  };
}

/** The embedded S3, as seen from this process. */
const clientOf = ({ url }: EmbeddedAws): S3Client =>
  new S3Client({
    endpoint: url,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  });

/** That reading a manifest is no pull takes a run a quarter of a minute to see; of the embedded Harbor it is known. */
async function rememberProbe(harbor: EmbeddedHarbor, store: RunStore): Promise<void> {
  const { username, password } = harbor.admin;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${harbor.url}/api/v2.0/systeminfo`, { headers: { authorization } });
  const { harbor_version: version } = (await answer.json()) as { harbor_version: string };
  const probed = `${version} ${new Date().toISOString().slice(0, 7)}`;
  const memory = memoryOf(store, harbor.url);
  await memory.write('state/blobs/index.json', JSON.stringify({ version: 1, fresh: [], probed }));
}
