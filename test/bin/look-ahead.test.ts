import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { Report } from '../../functions/report/report-schema.ts';
import { command, fileWith, newFolder, policy, startScene } from './command-line.ts';

let saved: string;
let today: Report;
const out = newFolder();

beforeAll(async () => {
  const scene = await startScene();
  saved = join(newFolder(), 'inventory.ndjson.gz');
  const flags = ['--policy', fileWith(policy), '--out', out, '--save-inventory', saved, '--json'];
  const { code, out: shown } = await command(['plan', ...flags], scene);
  await scene.harbor.close();
  expect(code).toBe(0);
  today = JSON.parse(shown) as Report;
});

const planAt = (at: string, ...more: readonly string[]) =>
  command([
    'plan',
    '--policy',
    fileWith(policy),
    '--out',
    out,
    '--inventory',
    saved,
    '--at',
    at,
    ...more,
  ]);

test('the plan of 30 days from now condemns what will be too old then, and says what it is', async () => {
  const { code, out: shown } = await planAt('+30d', '--json');
  const then = JSON.parse(shown) as Report;
  expect(code).toBe(0);
  expect([today.totals?.deletions, then.totals?.deletions]).toEqual([3, 4]);
  expect(then.totals?.deletions).toBe(
    (today.totals?.deletions ?? 0) + (today.lookAhead?.[1]?.deletions ?? 0),
  );
  expect(then.headline[0]).toMatch(/^A look ahead to \d{4}-\d\d-\d\d \d\d:\d\d UTC, as if nothing/);
  expect(Date.parse(then.run.judgedAt ?? '') - Date.parse(then.run.startedAt)).toBe(
    30 * 86_400_000,
  );
});

test('a look ahead is not the newest run, and is explained where it lies', async () => {
  const { out: shown } = await planAt('+30d');
  const hint = /Why: {4}harbor-retention (.+)/.exec(shown)?.[1] ?? '';
  expect(hint).toBe(`explain team/app --out ${out}/look-ahead`);
  const { out: then } = await command(hint.split(' '));
  expect(then).toContain('ci-50');
  expect(then.match(/Goes: /g)).toHaveLength(4);
  const { out: newest } = await command(['status', '--out', out, '--json']);
  expect(newest).toContain(today.run.id);
  const { out: now } = await command(['explain', 'team/app', '--out', out]);
  expect(now.match(/Goes: /g)).toHaveLength(3);
});

test('a look ahead compares with no other look ahead, which looked to another day', async () => {
  const near = JSON.parse((await planAt('+1d', '--json')).out) as Report;
  const far = JSON.parse((await planAt('+400d', '--json')).out) as Report;
  expect([near.trend?.length, far.trend?.length]).toEqual([1, 1]);
});

test('a day or a moment to come is understood, too', async () => {
  const day = new Date(Date.now() + 41 * 86_400_000).toISOString().slice(0, 10);
  for (const at of [day, `${day}T03:30Z`, '+6w']) {
    const report = JSON.parse((await planAt(at, '--json')).out) as Report;
    expect(report.totals?.deletions).toBe(5);
  }
});

test.each(['+30', '30d', '+0d', 'tomorrow', '2020-01-01', '+99999d', '2027-13-01'])(
  '--at %s is refused with what to write instead',
  async (at) => {
    const { code, err } = await planAt(at);
    expect(code).toBe(2);
    expect(err).toContain('Write +30d');
  },
);
