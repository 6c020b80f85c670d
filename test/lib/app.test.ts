import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

interface Ended {
  readonly code: number;
  readonly stderr: string;
  readonly out: string;
}

/** Runs bin/app.ts as cdk.json does, without bundling. */
function app(settings: string): Promise<Ended> {
  const out = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  const context = JSON.stringify({ settings, 'aws:cdk:bundling-stacks': [] });
  const env = { PATH: process.env['PATH'], CDK_CONTEXT_JSON: context, CDK_OUTDIR: out };
  return new Promise((resolve) => {
    execFile(process.execPath, ['bin/app.ts'], { cwd: root, env }, (error, _stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr, out }),
    );
  });
}

test('the example is a stack without a finding, made without account and network', async () => {
  const { code, stderr, out } = await app('examples/settings.yaml');
  expect(stderr).not.toMatch(/ERROR|WARNING/);
  expect(code).toBe(0);
  const { pluginReports } = JSON.parse(
    readFileSync(join(out, 'validation-report.json'), 'utf8'),
  ) as { pluginReports: readonly { conclusion: string }[] };
  expect(pluginReports.map(({ conclusion }) => conclusion)).not.toContain('failure');
});

test('a bad policy fails with the error that its author needs, and no stack trace', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'app-'));
  const settings = join(folder, 'settings.yaml');
  writeFileSync(
    settings,
    'secretArn: arn:aws:secretsmanager:eu-central-1:123456789012:secret:robot-AbCdEf\npolicy: policy.yaml\n',
  );
  writeFileSync(join(folder, 'policy.yaml'), 'version: 1\nrule: []\n');
  const { code, stderr } = await app(settings);
  expect(code).toBe(1);
  expect(stderr).toContain('policy.yaml:2:1: error: rule is not a known key');
  expect(stderr).toContain('did you mean rules?');
  expect(stderr).not.toContain('    at ');
});
