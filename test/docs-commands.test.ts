// Every command of README.md and docs/ is run here, or stands below with who runs it, or why nobody can.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { main } from '../bin/cli.ts';
import { type PageScene, pageScene } from './support/page-scene.ts';
import { blocksOf, pagePaths, root } from './support/pages.ts';

/** Commands that do not run here: who runs them instead, as it stands in `.ci/run`; or why nobody does. */
const elsewhere: Readonly<Record<string, { readonly ci: string } | { readonly because: string }>> =
  {
    'npm ci && npm start': { ci: 'npm ci && npm start' },
    'npm ci && npm test': { ci: 'npm test' },
    'npm install harbor-retention': {
      because: 'needs the published package; npm run test:package installs the packed one',
    },
    'npm install --global harbor-retention': {
      because: 'needs the published package; npm run test:package installs the packed one',
    },
    'npm ci && npm run template': {
      because: 'needs time of its own; npm run test:package writes and checks the template',
    },
    'aws s3 cp out/template s3://platform-code --recursive --exclude "*" --include "*.zip"': {
      because: 'needs an AWS account',
    },
    'aws s3 cp policy.yaml s3://platform-policies/harbor-retention/policy.yaml': {
      because: 'needs an AWS account',
    },
    'aws cloudformation deploy --stack-name harbor-retention --template-file out/template/harbor-retention.template.json --capabilities CAPABILITY_IAM --parameter-overrides file://parameters.json':
      { because: 'needs an AWS account; cfn-lint checks the template' },
    'aws eks create-access-entry --cluster-name prod-eu --principal-arn arn:aws:iam::123456789012:role/harbor-retention-workloads --kubernetes-groups harbor-retention-workloads':
      { because: 'needs an AWS account' },
    'npx cdk bootstrap': { because: 'needs an AWS account' },
    'npx cdk diff': { because: 'needs an AWS account; CI synthesises the same app' },
    'npx cdk deploy': { because: 'needs an AWS account; CI synthesises the same app' },
    'npx cdk destroy': { because: 'needs an AWS account' },
    [String.raw`aws lambda invoke --function-name FUNCTION_ALIAS --invocation-type Event --cli-binary-format raw-in-base64-out --payload '{"dryRun": true}' /dev/null`]:
      { because: 'needs an AWS account; the event is tested with the others' },
  };

const ours = 'npx harbor-retention ';
const tools = ['curl', 'jq', 'zcat', 'cp'];

const commandsOf = (page: string): readonly string[] =>
  blocksOf(page, 'sh').flatMap(({ text }) => text.split('\n').filter((line) => line !== ''));

const all = pagePaths.flatMap((page) => commandsOf(page).map((line) => ({ page, line })));

/** As a shell cuts it, as far as the pages need. */
const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

let scene: PageScene;
const home = process.cwd();
beforeAll(async () => {
  scene = await pageScene();
});
afterEach(() => process.chdir(home));
afterAll(() => scene.close());

test('every command is one that is run here, or says who runs it', () => {
  const isKnown = (line: string): boolean =>
    line.startsWith(ours) ||
    line.startsWith('export ') ||
    line in elsewhere ||
    tools.includes(words(line)[0] ?? '');
  expect(all.filter(({ line }) => !isKnown(line))).toEqual([]);
  const lines = new Set(all.map(({ line }) => line));
  expect(Object.keys(elsewhere).filter((line) => !lines.has(line))).toEqual([]);
  expect(all.length).toBeGreaterThan(30);
});

test.each(Object.entries(elsewhere))('%j is run by CI, or cannot be', (_, { ...where }) => {
  const ci = readFileSync(join(root, '.ci', 'run'), 'utf8');
  if ('ci' in where) expect(ci.split('\n').map((line) => line.trim())).toContain(where.ci);
  else expect(where.because).toMatch(/^needs /);
});

test('what is exported is what the command line reads, and no secret', () => {
  const exported = all.filter(({ line }) => line.startsWith('export '));
  expect(exported).not.toEqual([]);
  for (const { line } of exported) {
    const assigned = words(line.slice('export '.length)).join('');
    expect(Object.keys(scene.credential).every((name) => assigned.includes(`${name}=`))).toBe(true);
    expect(assigned).toContain('HARBOR_PASSWORD=…');
  }
});

/** Commands whose right answer here is another than 0. */
const answers: Readonly<
  Record<string, { readonly codes: readonly number[]; readonly says: string }>
> = {
  // A plan of a stranger's registry may be refused: that is an answer, and shown with its reasons.
  plan: { codes: [0, 3], says: '' },
  diff: { codes: [6], says: '' },
  // The registry of the pages has no retention policy of Harbor's own.
  'compare-harbor': { codes: [2], says: 'has no retention policy in Harbor' },
  // Nobody is there to be asked, and the plan that the pages confirm is not the plan of this registry.
  apply: { codes: [2, 3], says: 'Nobody is there|another one than was confirmed' },
};

async function ownCommand(line: string): Promise<void> {
  let out = '';
  let err = '';
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    isInteractive: false,
  };
  const argv = words(line.slice(ours.length));
  const code = await main(argv, terminal, scene.credential);
  const { codes, says } = answers[argv[0] ?? ''] ?? { codes: [0], says: '' };
  expect({ line, code, good: codes.includes(code), err }).toEqual({
    line,
    code,
    good: true,
    err: code === 0 || says === '' ? '' : expect.stringMatching(says),
  });
  expect(out + err).not.toBe('');
}

async function shellCommand(line: string): Promise<void> {
  const missing = tools.filter(
    (tool) => words(line).includes(tool) && spawnSync('which', [tool]).status !== 0,
  );
  if (missing.length > 0) {
    console.warn(`SKIPPED, there is no ${missing.join(' and no ')} here: ${line}`);
    return;
  }
  const { status, out, err } = await scene.shell(line, process.cwd());
  expect({ line, status, err }).toEqual({ line, status: 0, err: '' });
  if (!/^(cp|curl .*projects")/.test(line)) expect(out).not.toBe('');
}

describe('the commands work, one after the other, with the files that stand there', () => {
  test.each(pagePaths.filter((page) => commandsOf(page).length > 0))('%s', async (page) => {
    process.chdir(scene.newFolder());
    for (const { language, file, text } of blocksOf(page)) {
      if (file !== undefined) writeFileSync(file, text);
      if (language !== 'sh') continue;
      for (const line of text.split('\n')) {
        if (line.startsWith(ours)) await ownCommand(line);
        else if (tools.includes(words(line)[0] ?? '')) await shellCommand(line);
      }
    }
  });
});
