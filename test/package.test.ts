// What the package ships is what was tested here. Whether it works where it is installed: test/package, by CI.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { bundleOptions } from '../lib/bundle-options.ts';
import { bundle } from './sandbox/bundle.ts';
import { root } from './support/pages.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'package-'));

interface Manifest {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

test('the bundle that is packed is, byte for byte, the one that test/bundle.test.ts runs', async () => {
  const policy = join(newFolder(), 'policy.yaml');
  writeFileSync(policy, 'version: 1\nrules: []\n');
  const dist = newFolder();
  // What packing calls, in a process of its own: the bundler can't run in the realm of tests.
  const packing = `await (await import('./bin/package/bundles.ts')).bundleFunction(${JSON.stringify(dist)})`;
  const argv = ['--input-type=module', '--eval', packing];
  const [tested] = await Promise.all([
    bundle(policy),
    promisify(execFile)(process.execPath, argv, { cwd: root }),
  ]);
  expect(manifest.scripts['prepack']).toBe('node bin/package/write-package.ts');
  expect(readdirSync(join(dist, 'function'))).toEqual(['index.mjs']);
  const packed = readFileSync(join(dist, 'function', 'index.mjs'));
  expect(packed.equals(readFileSync(join(tested, 'index.mjs')))).toBe(true);
});

test('the bundle that lists workloads is packed beside it, the same that a checkout deploys', async () => {
  const dist = newFolder();
  const deployed = newFolder();
  const run = promisify(execFile);
  const packing = `await (await import('./bin/package/bundles.ts')).bundleWorkloads(${JSON.stringify(dist)})`;
  const argv = ['--input-type=module', '--eval', packing];
  const writing = ['bin/write-bundle.ts', deployed, '[]', bundleOptions.workloadsEntry];
  await Promise.all([
    run(process.execPath, argv, { cwd: root }),
    run(process.execPath, writing, { cwd: root }),
  ]);
  const packed = readFileSync(join(dist, 'workloads', 'index.mjs'));
  expect(packed.equals(readFileSync(join(deployed, 'index.mjs')))).toBe(true);
});

test('nothing is packed but the bundles and what people read, and the command line takes no CDK along', () => {
  expect(manifest.files).toEqual([
    'bin/harbor-retention.js',
    'dist',
    'docs',
    '!docs/pictures',
    'examples',
    'schemas',
    'CHANGELOG.md',
  ]);
  const peers = Object.keys(manifest.peerDependencies);
  expect(peers).toEqual(['aws-cdk-lib', 'constructs']);
  expect(peers.map((name) => manifest.peerDependenciesMeta[name])).toEqual([
    { optional: true },
    { optional: true },
  ]);
});

test('the Python package has the same version and the same peers', () => {
  const text = readFileSync(join(root, 'jsii', 'package.json'), 'utf8');
  const { version, peerDependencies } = manifest;
  expect(JSON.parse(text)).toMatchObject({ name: 'harbor-retention', version, peerDependencies });
});

test('the first entry of the changelog is that of the version', () => {
  const [heading] = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').match(/^## .*$/m) ?? [];
  expect(heading).toMatch(
    new RegExp(String.raw`^## ${manifest.version} · (unreleased|\d{4}-\d{2}-\d{2})$`),
  );
});
