import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Report } from '../../functions/report/report-schema.ts';
import { command, fileWith, newFolder, policy, type Scene, startScene } from './command-line.ts';

let scene: Scene;
let saved: string;
let first: Report;
const out = newFolder();

beforeAll(async () => {
  scene = await startScene();
  saved = join(newFolder(), 'inventory.ndjson.gz');
  const flags = ['--policy', fileWith(policy), '--out', out, '--save-inventory', saved, '--json'];
  const { code, out: shown } = await command(['plan', ...flags], scene);
  await scene.harbor.close();
  expect(code).toBe(0);
  first = JSON.parse(shown) as Report;
});

const planFrom = (inventory: string, text = policy) =>
  command(['plan', '--policy', fileWith(text), '--out', out, '--inventory', inventory, '--json']);

/** The saved lines, changed, in a new file. */
function edited(change: (lines: string[]) => readonly string[], name = 'inventory.ndjson'): string {
  const lines = gunzipSync(readFileSync(saved)).toString().trimEnd().split('\n');
  const text = `${change(lines).join('\n')}\n`;
  return fileWith(name.endsWith('.gz') ? gzipSync(text) : text, name);
}

describe('plan from a saved inventory', () => {
  test('gives the same verdicts as the run that saved it, without Harbor and without a credential', async () => {
    const { code, out: shown, err } = await planFrom(saved);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const again = JSON.parse(shown) as Report;
    for (const part of ['totals', 'rules', 'reasons', 'repositories', 'fingerprint'] as const)
      expect(again[part]).toEqual(first[part]);
    expect(again.requests.sent).toBe(0);
    expect(again.run.id).not.toBe(first.run.id);
  });

  test('answers anew whenever the policy has changed', async () => {
    const shorter = JSON.parse((await planFrom(saved, policy.replace('60d', '75d'))).out) as Report;
    const longer = JSON.parse((await planFrom(saved, policy.replace('60d', '10d'))).out) as Report;
    expect([shorter.totals?.deletions, longer.totals?.deletions]).toEqual([2, 5]);
  });

  test('works from a file that is not compressed, too', async () => {
    expect((await planFrom(edited((lines) => lines))).code).toBe(0);
  });

  test('works although a run of another terminal has just ended, later than the inventory', async () => {
    const lease = join(out, 'state', 'lease.json');
    const ended = JSON.parse(readFileSync(lease, 'utf8')) as object;
    writeFileSync(lease, JSON.stringify({ ...ended, owner: 'terminal 1' }));
    expect((await planFrom(saved)).code).toBe(0);
  });

  test('goes by the real time: what a run left for a wait that is over is free, what is held is not', async () => {
    const lease = join(out, 'state', 'lease.json');
    const ended = JSON.parse(readFileSync(lease, 'utf8')) as object;
    // Later than the inventory, and over.
    const left = { ...ended, owner: 'terminal 1', isYielded: true, until: Date.now() - 1 };
    writeFileSync(lease, JSON.stringify(left));
    expect((await planFrom(saved)).code).toBe(0);
    writeFileSync(lease, JSON.stringify({ ...left, until: Date.now() + 240_000 }));
    expect((await planFrom(saved)).code).toBe(4);
    writeFileSync(lease, JSON.stringify(ended));
  });
});

const withoutTags = (line: string): string =>
  JSON.stringify({ ...(JSON.parse(line) as object), tags: 'none' });

describe('a saved inventory that', () => {
  test.each<readonly [string, () => string, RegExp]>([
    ['is not there', () => join(newFolder(), 'none.ndjson'), /none\.ndjson can't be read/],
    ['is empty', () => fileWith('', 'inventory.ndjson'), /inventory\.ndjson/],
    ['begins with something else', () => edited((lines) => ['{}', ...lines]), /line 1\b/],
    [
      'is of another version',
      () => edited((lines) => lines.map((line) => line.replace('"version":1', '"version":9'))),
      /line 1: .*version/,
    ],
    [
      'has a line that is no JSON',
      () => edited(([head = '', ...rest]) => [head, '{', ...rest]),
      /line 2\b/,
    ],
    [
      'has a line that is something else',
      () => edited(([head = '', ...rest]) => [head, '{"a":1}', ...rest]),
      /line 2\b/,
    ],
    [
      'has an artifact with a wrong field',
      () => edited((lines) => lines.map((line, index) => (index === 2 ? withoutTags(line) : line))),
      /line 3\b.*tags/,
    ],
    [
      'has a line too few',
      () => edited((lines) => lines.toSpliced(3, 1)),
      /breaks off or was changed/,
    ],
    ['breaks off', () => edited((lines) => lines.slice(0, 4)), /breaks off or was changed/],
    [
      'is called compressed and is not',
      () => fileWith('no gzip', 'inventory.ndjson.gz'),
      /inventory\.ndjson\.gz/,
    ],
    [
      'breaks off within its compression',
      () => fileWith(readFileSync(saved).subarray(0, 200), 'inventory.ndjson.gz'),
      /inventory\.ndjson\.gz/,
    ],
    ['is a folder', newFolder, /can't be read/],
  ])('%s ends with 2, the place and a remedy', async (_, file, place) => {
    const ended = await planFrom(file());
    expect({ code: ended.code, out: ended.out }).toEqual({ code: 2, out: '' });
    expect(ended.err).toMatch(place);
    expect(ended.err).toMatch(/\n→ .+\n$/);
    expect(ended.err).not.toContain('    at ');
  });

  test('can not be written ends with 2 and its name', async () => {
    const own = await startScene();
    try {
      const file = join(newFolder(), 'no', 'such', 'folder.gz');
      const flags = ['--policy', fileWith(policy), '--out', newFolder(), '--save-inventory', file];
      const { code, err } = await command(['plan', ...flags], own);
      expect(code).toBe(2);
      expect(err).toContain(`${file} can't be written.`);
    } finally {
      await own.harbor.close();
    }
  });

  test('is given together with a Harbor is a mistake', async () => {
    const { code, err } = await command([
      'plan',
      '--inventory',
      saved,
      '--harbor',
      'https://harbor.example',
    ]);
    expect(code).toBe(2);
    expect(err).toContain('--harbor');
  });
});
