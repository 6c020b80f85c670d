// Packs this checkout, installs the package into scratch projects beside the registry's own packages, and uses it there
// as a stranger would. `npm run test:package`, by CI; npm test has only test/package.test.ts.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { HarborRetention, RetentionPolicy } from '../../lib/index.ts';
import { policy, type Scene, startScene } from '../bin/command-line.ts';
import { blocksOf, root } from '../support/pages.ts';
import { install, must, newFolder, nodePackage, pack, run, write } from './scratch.ts';

const secret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:harbor/robot-AbCdEf';

const use = `
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { HarborRetention, RetentionPolicy, stackFromSettings } from 'harbor-retention';

const app = new App();
const stack = new Stack(app, 'Mine');
const retention: HarborRetention = new HarborRetention(stack, 'Retention', {
  secret: Secret.fromSecretCompleteArn(stack, 'Robot', '${secret}'),
  harborUrl: 'https://harbor.example',
  policy: RetentionPolicy.fromFile('policy.yaml'),
});
stackFromSettings(app, 'settings.yaml').retention.handler.functionArn satisfies string;
if (retention.handler.node.id !== 'Aliaslive') throw new Error('another alias');
`;

/** As much of everything as goes together: each part must work with the oldest CDK. */
const settings = `secretArn: ${secret}
policy: policy.yaml
stackName: BySettings
harborUrl: https://harbor.example
schedule: { timeZone: Europe/Berlin }
reports: { tables: true }
certificateAuthority: { secretArn: '${secret}' }
proxy: { url: 'http://proxy.example:3128' }
network:
  vpcId: vpc-0123456789abcdef0
  availabilityZones: [eu-central-1a]
  subnetIds: [subnet-0123456789abcdef0]
  securityGroupIds: [sg-0123456789abcdef0]
function: { logLevel: DEBUG, reservedConcurrency: 1 }
alarms: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms' }
notices: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:notices' }
workloads:
  ecs: [{ scope: prod, regions: [eu-central-1] }]
  eks: [{ scope: prod-eu, cluster: prod-eu, region: eu-central-1 }]
tags: { team: platform }
`;

const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  noEmit: true,
};
const tsconfig = JSON.stringify({ compilerOptions, files: ['app.ts'] });

let file: string;
let scratch: string;
let scene: Scene;

/** A Node by its major version; 24 is the project's own. */
const nodeOf = (major: number): string =>
  major === 24 ? process.execPath : join(scratch, 'node_modules', `node${major}`, 'bin', 'node');

beforeAll(async () => {
  file = await pack();
  scratch = newFolder('scratch');
  write(scratch, {
    'package.json': '{ "private": true }',
    ...Object.fromEntries(
      (['commonjs', 'module'] as const).flatMap((type) =>
        Object.entries({
          'package.json': JSON.stringify({ type }),
          'tsconfig.json': tsconfig,
          'policy.yaml': policy,
          'settings.yaml': settings,
          'app.ts': use,
        }).map(([name, text]) => [`${type}/${name}`, text]),
      ),
    ),
  });
  await install(scratch, [
    file,
    // The oldest of the peer ranges.
    'aws-cdk-lib@2.252.0',
    'constructs@10.5.0',
    'typescript@5.9.3',
    'ts-node@10.9.2',
    'tsx@4.23.15',
    '@types/node@20.19.25',
    `node18@${nodePackage('18.20.8')}`,
    `node20@${nodePackage('20.20.2')}`,
    `node22@${nodePackage('22.23.3')}`,
  ]);
  scene = await startScene();
});
afterAll(() => scene.harbor.close());

const installed = (): string => join(scratch, 'node_modules', 'harbor-retention');

/** The hashes of the functions' assets in a template, by the beginnings of their descriptions. */
function assetsOf(template: unknown): Readonly<Record<string, string>> {
  const { Resources } = template as {
    Resources: Record<
      string,
      { Type: string; Properties: { Description?: string; Code?: { S3Key: string } } }
    >;
  };
  const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  return Object.fromEntries(
    functions.map(({ Properties: { Description = '', Code } }) => [
      Description.split(' ', 1).join(),
      Code?.S3Key ?? 'none',
    ]),
  );
}

/** The hash of the asset of the function of runs. */
function assetOf(template: unknown): string {
  const { Keeps: asset = 'none' } = assetsOf(template);
  expect(asset).not.toBe('none');
  return asset;
}

const templateIn = (out: string, stack: string): unknown =>
  JSON.parse(readFileSync(join(out, `${stack}.template.json`), 'utf8'));

/** The same construct with the same policy, of the sources. */
function fromSources(policyFile: string): unknown {
  const app = new App();
  const stack = new Stack(app, 'Mine');
  new HarborRetention(stack, 'Retention', {
    secret: Secret.fromSecretCompleteArn(stack, 'Robot', secret),
    harborUrl: 'https://harbor.example',
    policy: RetentionPolicy.fromFile(policyFile),
  });
  return app.synth().getStackByName('Mine').template;
}

describe('the package', () => {
  test('installs itself and nothing else', () => {
    const manifest = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as object;
    expect(Object.keys(manifest)).not.toContain('dependencies');
    expect(existsSync(join(installed(), 'node_modules'))).toBe(false);
    for (const name of ['zod', 'yaml', 'rolldown', '@aws-sdk/client-s3'])
      expect(existsSync(join(scratch, 'node_modules', name))).toBe(false);
  });

  test('has no sources, no tests and no sandbox', () => {
    const all = readdirSync(installed(), { recursive: true, encoding: 'utf8' });
    expect(all.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([]);
    expect(all.filter((name) => /(^|\/)(test|sandbox)/.test(name))).toEqual([]);
    expect(all.length).toBeLessThan(100);
  });

  test('says which licences its bundles are under', () => {
    const text = readFileSync(join(installed(), 'dist', 'LICENCES.txt'), 'utf8');
    for (const name of ['zod 4', '@aws-sdk/client-s3 3', 'yaml 2', 'commander 15'])
      expect(text).toContain(`\n${name}`);
  });
});

describe('an app of somebody else, with the oldest CDK that is allowed', () => {
  test.each([
    ['commonjs', 'true'],
    // Our declarations as well.
    ['module', 'false'],
  ])('%s: the types are right', async (type, skipLibCheck) => {
    const tsc = join(scratch, 'node_modules', 'typescript', 'bin', 'tsc');
    const argv = [tsc, '-p', '.', '--skipLibCheck', skipLibCheck];
    const ended = await run(process.execPath, argv, { folder: join(scratch, type) });
    expect(ended).toEqual({ code: 0, out: '', err: '' });
  });

  test('what docs/installing.md shows is right', async () => {
    const shown = blocksOf('docs/installing.md', 'ts').map(({ text }, n) => [
      `shown-${n}.ts`,
      text,
    ]);
    expect(shown.length).toBeGreaterThan(1);
    const folder = join(scratch, 'module');
    write(folder, Object.fromEntries(shown) as Record<string, string>);
    write(folder, {
      'shown.json': tsconfig.replace('app.ts', 'shown-*.ts').replace('files', 'include'),
    });
    const tsc = join(scratch, 'node_modules', 'typescript', 'bin', 'tsc');
    const ended = await run(process.execPath, [tsc, '-p', 'shown.json'], { folder });
    expect(ended).toEqual({ code: 0, out: '', err: '' });
  });

  const bin = (name: string): string => join(scratch, 'node_modules', '.bin', name);
  test.each([
    { type: 'commonjs', by: 'ts-node', major: 20, argv: () => [bin('ts-node'), 'app.ts'] },
    { type: 'commonjs', by: 'tsx', major: 22, argv: () => [bin('tsx'), 'app.ts'] },
    { type: 'commonjs', by: 'ts-node', major: 24, argv: () => [bin('ts-node'), 'app.ts'] },
    { type: 'module', by: 'tsx', major: 20, argv: () => [bin('tsx'), 'app.ts'] },
    { type: 'module', by: 'ts-node', major: 20, argv: () => ['--loader', 'ts-node/esm', 'app.ts'] },
    { type: 'module', by: 'tsx', major: 22, argv: () => [bin('tsx'), 'app.ts'] },
    { type: 'module', by: 'nothing else', major: 24, argv: () => ['app.ts'] },
  ])('$type by $by on Node $major is synthesised', async ({ type, major, argv }) => {
    const out = newFolder('cdk-out');
    const node = nodeOf(major);
    const folder = join(scratch, type);
    await must(node, argv(), { folder, node, env: { CDK_OUTDIR: out } });
    const expected = assetOf(templateIn(out, 'BySettings'));
    expect(assetOf(templateIn(out, 'Mine'))).toBe(expected);
    const { Lists: listing } = assetsOf(templateIn(out, 'BySettings'));
    expect(listing).toMatch(/\.zip$/);
    expect(listing).not.toBe(expected);
    const staged = join(out, `asset.${expected.replace(/\.zip$/, '')}`);
    expect(readdirSync(staged).toSorted()).toEqual(['index.mjs', 'policy.yaml']);
  });

  test('the asset has the hash that the sources give it', async () => {
    const out = newFolder('cdk-out');
    const folder = join(scratch, 'module');
    await must(process.execPath, ['app.ts'], { folder, env: { CDK_OUTDIR: out } });
    expect(assetOf(templateIn(out, 'Mine'))).toBe(
      assetOf(fromSources(join(folder, 'policy.yaml'))),
    );
  });

  test('a mistake in the settings is shown with line and column, and without a stack trace', async () => {
    const folder = newFolder('mistaken');
    cpSync(join(scratch, 'module'), folder, { recursive: true });
    write(folder, { 'settings.yaml': settings.replace('policy.yaml', 'nowhere.yaml') });
    const env = { NODE_PATH: join(scratch, 'node_modules') };
    write(folder, {
      'app.cjs': "require('harbor-retention').stackFromSettings(undefined, 'settings.yaml');",
    });
    const { code, err } = await run(nodeOf(20), ['app.cjs'], { folder, env });
    expect(code).toBe(1);
    expect(err).toContain('settings.yaml:2:9: error: policy names a file that is not there');
    expect(err).not.toContain('    at ');
  });

  test('a Node that is too old is told so in one sentence', async () => {
    const argv = ['--eval', "require('harbor-retention')"];
    const { code, err } = await run(nodeOf(18), argv, { folder: scratch });
    expect(code).toBe(1);
    expect(err).toContain('harbor-retention needs Node 20 or later; this is Node 18.20.8.');
  });
});

test('what `cdk init` makes is synthesised with the newest CDK, with one import added', async () => {
  const folder = join(newFolder('cdk-init'), 'my-app');
  mkdirSync(folder);
  const cdk = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  await must(
    process.execPath,
    [cdk, 'init', 'app', '--language', 'typescript', '--generate-only'],
    {
      folder,
    },
  );
  await install(folder, [file]);
  const stack = join(folder, 'lib', 'my-app-stack.ts');
  const text = readFileSync(stack, 'utf8');
  write(folder, {
    'policy.yaml': policy,
    'lib/my-app-stack.ts': `import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { HarborRetention, RetentionPolicy } from 'harbor-retention';
${text.replace(
  '// The code that defines your stack goes here',
  `new HarborRetention(this, 'Retention', {
      secret: Secret.fromSecretCompleteArn(this, 'Robot', '${secret}'),
      policy: RetentionPolicy.fromFile('policy.yaml'),
    });`,
)}`,
  });
  const node = nodeOf(20);
  await must('npx', ['cdk', 'synth', '--quiet'], { folder, node });
  const asset = assetOf(templateIn(join(folder, 'cdk.out'), 'MyAppStack'));
  expect(asset).toBe(assetOf(fromSources(join(folder, 'policy.yaml'))));
});

describe('the command line, outside of any checkout', () => {
  test('is run by npx from the file, writes a policy, and plans on Node 20', async () => {
    const folder = newFolder('npx');
    cpSync(file, join(folder, basename(file)));
    const node = nodeOf(20);
    const npx = (argv: readonly string[]) =>
      run('npx', ['--yes', `./${basename(file)}`, ...argv], { folder, node, env: credential() });
    expect(await npx(['plan'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('write a first one with `harbor-retention init`'),
    });
    expect(await npx(['init'])).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(folder).toSorted()).toEqual([
      basename(file),
      'policy.yaml',
      'settings.yaml',
    ]);
    expect(await npx(['check'])).toMatchObject({ code: 0, err: '' });
    write(folder, { 'policy.yaml': policy });
    const planned = await npx(['plan', '--harbor', scene.harbor.url]);
    expect(planned).toMatchObject({ code: 0, err: '' });
    expect(planned.out).toContain('3 of 8 artifacts would be deleted');
    expect(await npx(['explain', 'team/app:ci-90'])).toMatchObject({ code: 0, err: '' });
  });

  const credential = (): Readonly<Record<string, string>> => ({ ...scene.environment }) as never;

  test.each([20, 22, 24])('installed with -g it says the same on Node %d', async (major) => {
    const folder = newFolder('global');
    await must('npm', ['install', '--global', '--prefix', folder, '--no-audit', file], { folder });
    const modules = readdirSync(join(folder, 'lib', 'node_modules'));
    expect(modules.filter((name) => !name.startsWith('.'))).toEqual(['harbor-retention']);
    write(folder, { 'policy.yaml': policy });
    const node = nodeOf(major);
    const command = join(folder, 'bin', 'harbor-retention');
    const env = credential();
    const html = ['report', 'latest', '--format', 'html'];
    expect((await run(command, ['--version'], { folder, node })).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await run(command, ['plan'], { folder, node, env })).toMatchObject({ code: 0, err: '' });
    expect((await run(command, html, { folder, node })).out).toMatch(/^<!doctype html>/i);
  });

  test('asks AWS with the credentials of the machine, and warns of nothing', async () => {
    const env = {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_PROFILE: 'mine',
      HOME: newFolder('home'),
    };
    write(env.HOME, {
      '.aws/config':
        '[profile mine]\naws_access_key_id = a\naws_secret_access_key = b\nregion = eu-central-1\n',
    });
    const command = join(installed(), 'bin', 'harbor-retention.js');
    const node = nodeOf(20);
    const argv = [command, 'status', '--out', 's3://reports/x'];
    const { code, err } = await run(node, argv, { folder: dirname(command), node, env });
    expect(code).toBe(4);
    expect(err).toMatch(/^Could not read s3:\/\/reports\/x\/state\/lease\.json: /);
    expect(err).not.toContain('Warning');
  });

  test('a Node that is too old is told so in one sentence', async () => {
    const command = join(installed(), 'bin', 'harbor-retention.js');
    const ended = await run(nodeOf(18), [command, 'plan'], { folder: scratch });
    expect(ended).toEqual({
      code: 2,
      out: '',
      err: 'harbor-retention needs Node 20 or later; this is Node 18.20.8.\n',
    });
  });
});
