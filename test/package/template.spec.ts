// Writes the template and its zip as `npm run template` does, and has cfn-lint look at it. By CI, with the package.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { bundle } from '../sandbox/bundle.ts';
import { root } from '../support/pages.ts';
import { must, newFolder, run, write } from './scratch.ts';

const cfnLint = 'cfn-lint==1.58.0';
/** CDK says of the function that it depends on its role, which it also names; that is no fault. */
const ignored = ['W3005'];
const regions = ['eu-central-1', 'us-east-1', 'ap-southeast-2'];
/** What CloudFormation and Terraform take without a bucket. */
const mostBytes = 51_200;

async function writeTemplate(): Promise<string> {
  const folder = newFolder('template');
  await must(process.execPath, ['bin/write-template.ts', folder], { folder: root });
  return folder;
}

let folder: string;
beforeAll(async () => {
  folder = await writeTemplate();
});

const template = (): string => join(folder, 'harbor-retention.template.json');
const zipIn = (place: string): string =>
  readdirSync(place).find((name) => name.endsWith('.zip')) ?? 'no zip';

test('the zip is the tested bundle, under the name that the template has', async () => {
  const { Resources } = JSON.parse(readFileSync(template(), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  };
  const [run] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const name = zipIn(folder);
  expect(run?.Properties['Code']).toEqual({ S3Bucket: { Ref: 'CodeBucket' }, S3Key: name });
  const files = unzipSync(readFileSync(join(folder, name)));
  expect(Object.keys(files)).toEqual(['index.mjs']);
  const policy = newFolder('policy');
  write(policy, { 'policy.yaml': 'version: 1\nrules: []\n' });
  const tested = await bundle(join(policy, 'policy.yaml'));
  const zipped = Buffer.from(files['index.mjs'] ?? '');
  expect(zipped.equals(readFileSync(join(tested, 'index.mjs')))).toBe(true);
});

test('written twice it is the same, byte for byte', async () => {
  const again = await writeTemplate();
  expect(readdirSync(again)).toEqual(readdirSync(folder));
  for (const name of readdirSync(folder))
    expect(readFileSync(join(again, name)).equals(readFileSync(join(folder, name)))).toBe(true);
});

test('it is small enough to be given without a bucket', () => {
  expect(readFileSync(template()).length).toBeLessThan(mostBytes);
});

const python = ['python3', 'python'].find(
  (name) => spawnSync(name, ['-c', 'import venv, ensurepip']).status === 0,
);
if (python === undefined)
  console.warn('SKIPPED, there is no Python with venv and pip here: what cfn-lint says');
const ifPython = python === undefined ? describe.skip : describe;

ifPython('cfn-lint', () => {
  let command: string;
  beforeAll(async () => {
    const home = newFolder('cfn-lint');
    await must(python ?? '', ['-m', 'venv', home], { folder: home });
    command = join(home, 'bin', 'cfn-lint');
    const pip = ['install', '--quiet', '--disable-pip-version-check', cfnLint];
    await must(join(home, 'bin', 'pip'), pip, { folder: home });
  });

  test('finds nothing, in any of these regions', async () => {
    const argv = ['--ignore-checks', ...ignored, '--regions', ...regions, '--template', template()];
    expect(await run(command, argv, { folder })).toEqual({ code: 0, out: '', err: '' });
  });

  test('would find something', async () => {
    const text = readFileSync(template(), 'utf8').replace('"nodejs24.x"', '"nodejs99.x"');
    write(folder, { 'wrong.json': text });
    const argv = ['--template', join(folder, 'wrong.json')];
    expect((await run(command, argv, { folder })).out).toContain('nodejs99.x');
  });
});
