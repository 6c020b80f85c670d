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

describe('check with a saved inventory', () => {
  const named = `version: 1
rules:
  - name: old-builds
    select: { projects: [team], repositories: [app, 'ap1*'], tags: ['ci-*'], exclude: { tags: [gold] } }
    keep: { pushedWithin: 60d }
protect:
  tags: [v1.0.0, stable]
  inUse: [{ source: list, file: used.txt }]
trash: off
`;
  const files = (text: string): string => {
    const file = fileWith(text);
    writeFileSync(join(file, '..', 'used.txt'), 'team/app:ci-2\nteam/gone:ci-1\n');
    return file;
  };

  test('names the patterns and counts the entries that match nothing, and warns where they protect', async () => {
    const { code, out: shown, err } = await command(['check', files(named), '--inventory', saved]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [, found = ''] = shown.split('\n\nMatched nothing in the inventory:\n');
    expect(found.split('\n').slice(0, 5)).toEqual([
      '  rules[old-builds].select.repositories "ap1*"',
      '  rules[old-builds].select.exclude.tags "gold"',
      '  protect.tags "stable"',
      '  protect.labels "keep"',
      '  protect.inUse: 1 of 2 entries',
    ]);
    const warned = found.match(/^warning: (\S+): /gm);
    expect(warned).toEqual([
      'warning: rules[old-builds].select.exclude.tags: ',
      'warning: protect.tags: ',
      'warning: protect.inUse: ',
    ]);
    expect(found).toContain('team/gone:ci-1');
  });

  test('--json has the same for machines', async () => {
    const flags = ['--inventory', saved, '--json'];
    const { code, out: shown } = await command(['check', files(named), ...flags]);
    expect(code).toBe(0);
    const answer = JSON.parse(shown) as Pick<Report, 'unmatched'> & {
      unmatchedWarnings: Report['warnings'];
    };
    expect(answer.unmatched?.names.map(({ pattern }) => pattern)).toEqual([
      'ap1*',
      'gold',
      'stable',
      'keep',
    ]);
    expect(answer.unmatchedWarnings.map(({ code: one }) => one)).toEqual(
      Array.from({ length: 3 }, () => 'matched-nothing'),
    );
  });

  test('says which limits a plan from it breaks', async () => {
    const tight = fileWith(
      `${policy.replace('{ maxDeletionsPercent: 90 }', '{ maxDeletions: 2 }')}`,
    );
    const { code, out: shown } = await command(['check', tight, '--inventory', saved]);
    expect(code).toBe(0);
    expect(shown).toContain(
      'warning: a plan from this inventory is refused: max-deletions, run: found 3 artifacts, allowed 2 artifacts (limits.maxDeletions)',
    );
    const { out: json } = await command([
      'check',
      fileWith(policy),
      '--inventory',
      saved,
      '--json',
    ]);
    expect((JSON.parse(json) as { brokenLimits: unknown[] }).brokenLimits).toEqual([]);
  });

  test('says so where everything matches', async () => {
    const { out: shown } = await command([
      'check',
      fileWith(`${policy}protect: { tags: [v1.0.0], labels: [] }\n`),
      '--inventory',
      saved,
    ]);
    expect(shown).toContain('\nEverything that the policy names matches something');
  });

  test('says nothing of what may match in what could not be read', async () => {
    const torn = edited((lines) =>
      lines.map((line) =>
        line.includes('"repository":') && line.includes('"team"')
          ? JSON.stringify({ ...(JSON.parse(line) as object), because: 'it was torn.' })
          : line,
      ),
    );
    const { out: shown } = await command(['check', files(named), '--inventory', torn]);
    expect(shown).toContain('  rules[old-builds].select.repositories "ap1*"\n  protect.inUse');
    const short = edited(([head = '', ...rest]) => [
      head.replaceAll('"repositoryCount":1', '"repositoryCount":2'),
      ...rest,
    ]);
    const { code, out: other } = await command(['check', files(named), '--inventory', short]);
    expect(code).toBe(0);
    expect(other).toContain('\nThe inventory is not whole');
    expect(other).not.toContain('Matched nothing');
  });

  test('of a file that is no inventory ends with 2; a policy with mistakes does not come so far', async () => {
    const none = join(newFolder(), 'none.ndjson');
    expect((await command(['check', files(named), '--inventory', none])).code).toBe(2);
    const wrong = await command(['check', fileWith('version: 2'), '--inventory', none]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('will not run')]);
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
