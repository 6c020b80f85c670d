// Makes the Python package as `npm run jsii` does, installs it from the registry's side of things, and synthesises a
// Python app. `npm run test:jsii`, by CI; skipped, loudly, where there is no Python.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { HarborRetention, RetentionPolicy } from '../../lib/index.ts';
import { policy } from '../bin/command-line.ts';
import { root } from '../support/pages.ts';
import { must, newFolder, write } from './scratch.ts';

const secret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:harbor/robot-AbCdEf';

const app = `
from aws_cdk import App, Stack, TimeZone
from aws_cdk.aws_secretsmanager import Secret
from harbor_retention import HarborProxy, HarborRetention, RetentionPolicy

app = App(outdir="out")
stack = Stack(app, "Mine")
retention = HarborRetention(
    stack, "Retention",
    secret=Secret.from_secret_complete_arn(stack, "Robot", "${secret}"),
    harbor_url="https://harbor.example",
    policy=RetentionPolicy.from_file("policy.yaml"),
    proxy=HarborProxy(url="http://proxy.example:3128", except_=["harbor.internal"]),
    time_zone=TimeZone.EUROPE_BERLIN,
    report_tables=True,
)
assert retention.handler.function_arn
app.synth()
`;

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>
  >;
}

/** What the function of a template runs, and with which variables. */
function functionIn({ Resources }: Template): unknown {
  const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  expect(functions).toHaveLength(1);
  return functions.map(({ Properties }) => ({
    asset: (Properties['Code'] as { readonly S3Key: string }).S3Key,
    environment: Properties['Environment'],
  }));
}

/** The same in TypeScript, of the sources. */
function fromSources(policyFile: string): Template {
  const here = new App();
  const stack = new Stack(here, 'Mine');
  new HarborRetention(stack, 'Retention', {
    secret: Secret.fromSecretCompleteArn(stack, 'Robot', secret),
    harborUrl: 'https://harbor.example',
    policy: RetentionPolicy.fromFile(policyFile),
    proxy: { url: 'http://proxy.example:3128', except: ['harbor.internal'] },
  });
  return here.synth().getStackByName('Mine').template as Template;
}

const python = ['python3', 'python'].find(
  (name) => spawnSync(name, ['-c', 'import venv, ensurepip']).status === 0,
);
if (python === undefined)
  console.warn('SKIPPED, there is no Python with venv and pip here: the Python package');
const ifPython = python === undefined ? describe.skip : describe;

ifPython('the Python package', () => {
  test('synthesises in a Python app what the sources do', async () => {
    const made = newFolder('jsii');
    const env = { PATH: process.env['PATH'] ?? '' };
    const argv = ['bin/package/write-jsii.ts', made];
    await must(process.execPath, argv, { folder: root, env });
    const wheels = join(made, 'dist', 'python');
    const wheel = readdirSync(wheels).find((name) => name.endsWith('.whl')) ?? 'no wheel';

    const folder = newFolder('python');
    await must(python ?? '', ['-m', 'venv', 'venv'], { folder });
    const pip = ['install', '--quiet', '--disable-pip-version-check', join(wheels, wheel)];
    await must(join(folder, 'venv', 'bin', 'pip'), pip, { folder });
    write(folder, { 'app.py': app, 'policy.yaml': policy });
    const node = process.execPath;
    await must(join(folder, 'venv', 'bin', 'python'), ['app.py'], { folder, node });

    const template = JSON.parse(
      readFileSync(join(folder, 'out', 'Mine.template.json'), 'utf8'),
    ) as Template;
    expect(functionIn(template)).toEqual(functionIn(fromSources(join(folder, 'policy.yaml'))));
  });
});
