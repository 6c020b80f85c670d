// Every command of the README is run here, or stands below with who runs it, or why nobody can.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { main } from '../bin/cli.ts';
import { localWorld } from '../bin/local-world.ts';
import { newSecretMask } from '../functions/adapters/secret-mask.ts';
import { runSlice } from '../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from './sandbox/harbor/index.ts';
import { sampleRegistry } from './sandbox/sample-registry.ts';
import { silent, unlimited } from './support/run-world.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const ci = readFileSync(join(root, '.ci', 'run'), 'utf8');

const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  .flatMap(([, block = '']) => block.split('\n'))
  .filter((line) => line !== '');

/** Commands that do not run here: who runs them instead, as it stands in `.ci/run`; or why nobody does. */
const elsewhere: Readonly<Record<string, { readonly ci: string } | { readonly because: string }>> =
  {
    'npm ci && npm start': { ci: 'npm ci && npm start' },
    'npm ci && npm test': { ci: 'npm test' },
    'npx cdk bootstrap': { because: 'needs an AWS account' },
    'npx cdk diff': { because: 'needs an AWS account; CI synthesises the same app' },
    'npx cdk deploy': { because: 'needs an AWS account; CI synthesises the same app' },
  };

const ours = 'npx harbor-retention ';
const exported = commands.filter((line) => line.startsWith('export '));
const shell = commands.filter((line) => /^(zcat|jq|cp) /.test(line));
const own = commands.filter((line) => line.startsWith(ours));

/** The run that the README restores. */
const runId = '2026-11-21T033000Z';
const day = 86_400_000;
const applied = `version: 1
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

let harbor: EmbeddedHarbor;
/** A folder as somebody has it who ran this for a while. */
let lived: string;
const home = process.cwd();

const credential = () => ({
  HARBOR_URL: harbor.url,
  HARBOR_USER: harbor.admin.username,
  HARBOR_PASSWORD: harbor.admin.password,
});

beforeAll(async () => {
  harbor = await startHarbor({ now: () => Date.now() });
  sampleRegistry(harbor, Date.now());
  harbor.seed.project('team');
  for (const [tag, days] of [
    ['v1.2.3', 300],
    ['v1.2.4', 20],
    ['v1.2.5', 10],
  ] as const) {
    const pushedAt = Date.now() - days * day;
    harbor.seed.push({ project: 'team', repository: 'api', tags: [tag], pushedAt });
  }
  lived = mkdtempSync(join(tmpdir(), 'readme-'));
  writeFileSync(join(lived, 'rp.yaml'), ranking);
  const policy = join(lived, 'applied.yaml');
  writeFileSync(policy, applied);
  const options = { policy, out: join(lived, '.harbor-retention') };
  const tools = { telemetry: silent, mask: newSecretMask() };
  const world = await localWorld(options, credential(), tools);
  const request = { runId, mode: 'apply', applyNewPolicy: true, owner: 'readme' } as const;
  const end = await runSlice(request, world, unlimited);
  expect(end).toMatchObject({ end: 'finished', summary: { deleted: 1 } });
});
afterAll(() => harbor.close());

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  cpSync(lived, folder, { recursive: true });
  symlinkSync(join(root, 'examples'), join(folder, 'examples'));
  process.chdir(folder);
});
afterEach(() => process.chdir(home));

/** As a shell cuts it, as far as the README needs. */
const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

test('every command of the README is run here, or says who runs it', () => {
  const known = new Set([...own, ...shell, ...exported, ...Object.keys(elsewhere)]);
  expect(commands.filter((line) => !known.has(line))).toEqual([]);
  expect(Object.keys(elsewhere).filter((line) => !commands.includes(line))).toEqual([]);
  expect(own.length).toBeGreaterThan(5);
});

test.each(Object.entries(elsewhere))('%j is run by CI, or cannot be', (_, { ...where }) => {
  if ('ci' in where) expect(ci.split('\n').map((line) => line.trim())).toContain(where.ci);
  else expect(where.because).toMatch(/^needs /);
});

test('what the README exports is what the command line reads', () => {
  expect(exported).toHaveLength(1);
  const names = words(exported[0] ?? '')
    .slice(1)
    .map((word) => word.split('=')[0]);
  expect(names).toEqual(Object.keys(credential()));
});

/** Commands whose right answer here is another than 0. */
const answers: Readonly<
  Record<string, { readonly codes: readonly number[]; readonly says: string }>
> = {
  // A plan of a stranger's registry may be refused: that is an answer, and shown with its reasons.
  plan: { codes: [0, 3], says: '' },
  // Nobody is there to be asked, and the plan that the README confirms is not the plan of this registry.
  apply: { codes: [2, 3], says: 'Nobody is there|another one than was confirmed' },
};

describe('the command line of the README works', () => {
  test.each(own)('%s', async (line) => {
    let out = '';
    let err = '';
    const terminal = {
      out: (text: string) => void (out += text),
      err: (text: string) => void (err += text),
      isInteractive: false,
    };
    const argv = words(line.slice(ours.length));
    const code = await main(argv, terminal, credential());
    const { codes, says } = answers[argv[0] ?? ''] ?? { codes: [0], says: '' };
    expect({ good: codes.includes(code), err }).toEqual({
      good: true,
      err: code === 0 || says === '' ? '' : expect.stringMatching(says),
    });
    expect(out + err).not.toBe('');
  });
});

describe('the other commands of the README work', () => {
  test.each(shell)('%s', (line) => {
    const missing = ['jq', 'zcat'].filter(
      (tool) => line.includes(tool) && spawnSync('which', [tool]).status !== 0,
    );
    if (missing.length > 0) {
      console.warn(`SKIPPED, there is no ${missing.join(' and no ')} here: ${line}`);
      return;
    }
    const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    if (line.startsWith('cp ')) expect(existsSync('settings.yaml')).toBe(true);
    else expect(stdout).not.toBe('');
  });
});

test('every link of the README into the repository leads somewhere', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
