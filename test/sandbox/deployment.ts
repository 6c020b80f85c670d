import { mkdtempSync, readdirSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { HarborRetention, RetentionPolicy, type HarborRetentionProps } from '../../lib/index.ts';

export interface DeploymentOptions {
  /** Path of the policy. */
  readonly policy: string;
  /** What the embedded Secrets Manager calls the credential. */
  readonly secretArn: string;
  /** What the embedded S3 calls the bucket, whose real name only a deployment would tell. */
  readonly bucket: string;
  readonly props?: Partial<HarborRetentionProps>;
}

/** What Lambda would be given: the folder that CDK uploads, and the function's variables. */
export interface Deployment {
  readonly folder: string;
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface FunctionProperties {
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}

/** CDK says on stderr that it bundles; whoever starts this has asked for it. */
function quietly<T>(action: () => T): T {
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = () => true;
  try {
    return action();
  } finally {
    process.stderr.write = write;
  }
}

function stackOf(app: App, options: DeploymentOptions): Stack {
  const stack = new Stack(app, 'Sandbox', {
    env: { account: '123456789012', region: 'eu-central-1' },
  });
  new HarborRetention(stack, 'Retention', {
    secret: Secret.fromSecretCompleteArn(stack, 'Secret', options.secretArn),
    policy: RetentionPolicy.fromFile(options.policy),
    ...options.props,
  });
  return stack;
}

/** Synthesises the stack with the bundle as `cdk deploy` would make it, and reads what it says. */
export function deploy(options: DeploymentOptions): Deployment {
  const out = mkdtempSync(join(tmpdir(), 'harbor-retention-'));
  const stack = quietly(() => {
    const app = new App({ outdir: out });
    const made = stackOf(app, options);
    app.synth();
    return made;
  });
  const folder = readdirSync(out)
    .map((name) => join(out, name))
    .find((path) => existsSync(join(path, 'index.mjs')));
  if (folder === undefined) throw new Error(`no bundle in ${out}`);
  const [variables = {}] = Object.values(
    Template.fromStack(stack).findResources('AWS::Lambda::Function'),
  ).map((resource) => (resource['Properties'] as FunctionProperties).Environment.Variables);
  const environment = Object.entries(variables).map(([name, value]) => [
    name,
    // The only one that is a reference until it is deployed.
    typeof value === 'string' ? value : options.bucket,
  ]);
  return {
    folder,
    entry: join(folder, 'index.mjs'),
    environment: Object.fromEntries(environment) as Record<string, string>,
  };
}
