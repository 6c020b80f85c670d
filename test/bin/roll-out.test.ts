import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ReportDiff } from '../../functions/report/diff-reports.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { command, fileWith, newFolder, policy, type Scene, startScene } from './command-line.ts';

// Of team/app and other/app none lies in the tenth, and the second has the lower hash.
const selecting = (keep: string, more = ''): string =>
  policy
    .replace('projects: [team]', 'projects: [team, other]')
    .replace('60d', keep)
    .replace('trash: off', more);
const lasting = 'rollout: { startedAt: 2026-01-01, over: 3650d }\n';

let scene: Scene;
let saved: string;
const out = newFolder();

beforeAll(async () => {
  scene = await startScene();
  saved = join(newFolder(), 'inventory.ndjson.gz');
  const keep = ['--save-inventory', saved, '--out', newFolder()];
  await command(['plan', '--policy', fileWith(selecting('60d')), ...keep], scene);
});
afterAll(() => scene.harbor.close());

test('plan says what waits and where it begins, and explain says it of an image', async () => {
  const rolling = fileWith(selecting('60d', lasting));
  const shown = await command(['plan', '--policy', rolling, '--out', out], scene);
  expect(shown.out).toContain('0 of 8 artifacts would be deleted.');
  expect(shown.out).toMatch(/Waiting for the roll-out until .* UTC: 3 artifacts \(3 MB at most\)/);
  expect(shown.out).toContain('the policy deletes in 1 of 2 repositories in scope');
  expect(shown.out).toContain('First: other/app.');
  const why = await command(['explain', 'team/app:ci-90', '--out', out], scene);
  expect(why.out).toMatch(
    /Kept: condemned by old-builds, but waits for the roll-out until .*; this repository is not in the first tenth\./,
  );
  const csv = await command(['report', 'latest', '--format', 'csv', '--out', out], scene);
  expect(csv.out.split('\n').filter((line) => line.includes('rollout-waits'))).toHaveLength(3);
});

test('diff judges the whole policy: what a pull request takes is no tenth of it', async () => {
  const before = fileWith(selecting('60d'));
  const diff = async (after: string): Promise<ReportDiff> => {
    const over = ['--inventory', saved, '--format', 'json'];
    const ended = await command(['diff', before, fileWith(after), ...over]);
    return JSON.parse(ended.out) as ReportDiff;
  };
  const whole = await diff(selecting('10d'));
  const rolling = await diff(selecting('10d', lasting));
  expect(rolling.newlyCondemned).toHaveLength(2);
  expect(rolling.newlyCondemned).toEqual(whole.newlyCondemned);
});

test('check holds the whole policy against the limits', async () => {
  const tight = selecting('60d', lasting).replace('90 }', '1 }');
  const over = ['--inventory', saved, '--json'];
  const { out: text } = await command(['check', fileWith(tight), ...over]);
  const { brokenLimits } = JSON.parse(text) as { brokenLimits: Report['refusals'] };
  expect(brokenLimits.map(({ rail }) => rail)).toEqual(['max-deletions-percent']);
});

test('a plan warns of the limit that the whole would break', async () => {
  const tight = selecting('60d', lasting).replace('90 }', '1 }');
  const place = ['--out', newFolder(), '--json'];
  const { out: text, code } = await command(['plan', '--policy', fileWith(tight), ...place], scene);
  const { warnings } = JSON.parse(text) as Report;
  expect(code).toBe(0);
  expect(warnings).toContainEqual(
    expect.objectContaining({
      code: 'rollout-breaks-limit',
      message: expect.stringContaining('3 artifacts of 8 artifacts in scope'),
    }),
  );
});

test('a look ahead from the terminal is rolled out as far as it will be then', async () => {
  const soon = 'rollout: { startedAt: 2020-01-01, over: 3650d }\n';
  const place = ['--out', newFolder(), '--json'];
  const ahead = ['plan', '--policy', fileWith(selecting('60d', soon)), '--at', '+3650d', ...place];
  const { out: text } = await command(ahead, scene);
  expect((JSON.parse(text) as Report).rollOut).toMatchObject({ phase: 'all' });
});
