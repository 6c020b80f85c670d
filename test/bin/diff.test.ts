import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { ReportDiff } from '../../functions/report/diff-reports.ts';
import { command, fileWith, newFolder, policy, type Scene, startScene } from './command-line.ts';

let saved: string;
let scene: Scene;
const out = newFolder();

beforeAll(async () => {
  scene = await startScene();
  saved = join(newFolder(), 'inventory.ndjson.gz');
  const plan = (text: string, ...more: readonly string[]) =>
    command(['plan', '--policy', fileWith(text), '--out', out, '--json', ...more], scene);
  const runs = [await plan(policy, '--save-inventory', saved)];
  runs.push(await plan(policy.replace('60d', '10d')));
  await scene.harbor.close();
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  ids = runs.map((run) => (JSON.parse(run.out) as { run: { id: string } }).run.id);
});
let ids: readonly string[] = [];

const longer = fileWith(policy);
const shorter = fileWith(policy.replace('60d', '10d'));
const overInventory = (before: string, after: string, ...more: readonly string[]) =>
  command(['diff', before, after, '--inventory', saved, ...more]);

test('two policies over one inventory: what is newly condemned, and an exit code that says so', async () => {
  const { code, out: shown, err } = await overInventory(longer, shorter);
  expect({ code, err }).toEqual({ code: 6, err: '' });
  expect(shown).toContain('newly condemned: 2 artifacts');
  expect(shown).toMatch(/team\/app@sha256:[0-9a-f]{12} {2}ci-50/);
  expect(shown).toContain('stays: kept-by-rule (old-builds: pushedWithin)');
});

test('a policy that keeps more ends with 0, and so does one that changes nothing', async () => {
  const back = await overInventory(shorter, longer, '--format', 'json');
  const { newlyCondemned, newlyKept } = JSON.parse(back.out) as ReportDiff;
  expect([back.code, newlyCondemned.length, newlyKept.length]).toEqual([0, 0, 2]);
  const same = await overInventory(longer, fileWith(policy), '--format', 'markdown');
  expect([same.code, same.out.includes('newly condemned: 0 artifacts')]).toEqual([0, true]);
});

test('two runs are compared by their ids, and one with the newest', async () => {
  const [first = '', second = ''] = ids;
  const between = await command(['diff', first, second, '--out', out]);
  expect(between.code).toBe(6);
  expect(between.out).toContain(`${first} → ${second}`);
  const newest = await command(['diff', second, 'latest', '--out', out]);
  expect([newest.code, newest.out.includes('unchanged: 8 artifacts')]).toEqual([0, true]);
});

test.each([
  [
    'policies without an inventory, and a store without a run',
    () => ['diff', longer, shorter, '--out', newFolder()],
    /holds the facts of no run[\s\S]*--inventory FILE/,
  ],
  ['a policy and a run', () => ['diff', longer, 'latest', '--out', out], /latest is no policy/],
  ['a run and a policy', () => ['diff', 'latest', longer, '--out', out], /latest is no policy/],
  [
    'the deployed policy of an inventory',
    () => ['diff', 'deployed', longer, '--inventory', saved],
    /holds no policy/,
  ],
  [
    'an age that is none',
    () => ['diff', 'deployed', longer, '--out', out, '--fresh-within', '3'],
    /--fresh-within 3 is no duration/,
  ],
  ['something that is no run', () => ['diff', 'monday', 'latest', '--out', out], /not the id/],
  [
    'a run that is not there',
    () => ['diff', '2020-01-01T000000Z', 'latest', '--out', out],
    /no report of run/,
  ],
  [
    'a policy with a mistake',
    () => ['diff', longer, fileWith('version: 2'), '--inventory', saved],
    /version/,
  ],
])('%s: exit code 2, and a word on it', async (_, argv, says) => {
  const { code, err } = await command(argv());
  expect(code).toBe(2);
  expect(err).toMatch(says);
});
