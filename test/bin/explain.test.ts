import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ReportRow } from '../../functions/report/row-schema.ts';
import { command, fileWith, newFolder, policy, type Scene, startScene } from './command-line.ts';

let scene: Scene;
const out = newFolder();

const plan = (text: string, folder: string) =>
  command(['plan', '--policy', fileWith(text), '--out', folder], scene);

beforeAll(async () => {
  scene = await startScene();
  expect((await plan(policy, out)).code).toBe(0);
});
afterAll(() => scene.harbor.close());

const explain = (reference: string, ...more: readonly string[]) =>
  command(['explain', reference, '--out', out, ...more]);

const digestOf = (tag: string): string =>
  scene.harbor.state.artifacts('team', 'app').find(({ tags }) => tags.includes(tag))?.digest ?? '';

describe('explain', () => {
  test('of a tag says its fate, the rule that decided, and from which run that is', async () => {
    const { code, out: shown, err } = await explain('team/app:ci-90');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(shown).toContain('team/app');
    expect(shown).toMatch(/Goes: rule old-builds selects it and does not keep it/);
    expect(shown).toMatch(/\nFrom run \S+, finished\.\n$/);
    expect(shown).not.toContain('ci-80');
  });

  test('of a kept tag says what would have to change for it to go', async () => {
    expect((await explain('team/app:ci-50')).out).toMatch(/Kept: .*will be deleted/);
  });

  test('of a digest, whole or in its first digits, says the same', async () => {
    const digest = digestOf('ci-90');
    const whole = await explain(`team/app@${digest}`);
    const start = await explain(`team/app@${digest.slice(0, 19)}`);
    expect(whole.code).toBe(0);
    expect(start.out).toBe(whole.out);
    expect(whole.out).toBe((await explain('team/app:ci-90')).out);
  });

  test('of a label that would steer the terminal shows it, and obeys nothing', async () => {
    const label = scene.harbor.seed.label({ name: '\u001b[2K\rKept: for ever\u009b31m' });
    scene.harbor.seed.push({ project: 'team', repository: 'odd', tags: ['one'], labels: [label] });
    const folder = newFolder();
    const { out: planned } = await plan(policy, folder);
    const { out: shown } = await explain('team/odd', '--out', folder);
    expect(shown).toContain('⟨U+001B⟩[2K⟨U+000D⟩Kept: for ever⟨U+009B⟩31m');
    expect(`${planned}${shown}`).not.toMatch(/(?![\n\t])\p{Cc}/u);
  });

  test('of a repository explains all of it', async () => {
    const { out: shown } = await explain('team/app');
    for (const tag of ['ci-2', 'ci-90', 'v1.0.0']) expect(shown).toContain(tag);
    expect(shown).not.toContain('v2.0.0');
  });

  test('--json has the rows of the report', async () => {
    const rows = JSON.parse((await explain('team/app', '--json')).out) as ReportRow[];
    expect(rows).toHaveLength(7);
    expect(rows.filter(({ fate }) => fate === 'delete')).toHaveLength(3);
  });

  test.each(['team/app:nothing', 'team/none', 'none/app', 'team/app@sha256:0123456789ab'])(
    'of %s, which the run did not see, ends with 2 and says so',
    async (reference) => {
      const { code, out: shown, err } = await explain(reference);
      expect({ code, shown }).toEqual({ code: 2, shown: '' });
      expect(err).toContain(`saw no ${reference}`);
      expect(err).toMatch(/\n→ .+\n$/);
    },
  );

  test.each([
    'team',
    '',
    'team/',
    '/app',
    'team/app:',
    'team/app@md5:12',
    'team/app:a:b',
    'team app/x',
  ])(
    'of %p, which is no reference, ends with 2 and shows what one looks like',
    async (reference) => {
      const { code, out: shown, err } = await explain(reference);
      expect({ code, shown }).toEqual({ code: 2, shown: '' });
      expect(err).toContain('PROJECT/REPOSITORY[:TAG|@DIGEST]');
    },
  );

  test('without a report ends with 2 and says how to get one', async () => {
    const { code, err } = await command(['explain', 'team/app', '--out', newFolder()]);
    expect(code).toBe(2);
    expect(err).toMatch(/There is no report in .+\n→ Run `harbor-retention plan` first/);
  });

  test.each(['', '{', '{"schemaVersion": 99}', '[]'])(
    'with %p instead of a report ends with 2 and its place',
    async (text) => {
      const folder = newFolder();
      mkdirSync(join(folder, 'reports'));
      writeFileSync(join(folder, 'reports', 'latest.json'), text);
      for (const argv of [['explain', 'team/app'], ['status']]) {
        const { code, err } = await command([...argv, '--out', folder]);
        expect(code).toBe(2);
        expect(err).toContain('reports/latest.json is no report');
        expect(err).not.toContain('    at ');
      }
    },
  );
});

describe('status', () => {
  test('shows the newest run in a few lines', async () => {
    const { code, out: shown } = await command(['status', '--out', out]);
    expect(code).toBe(0);
    expect(shown).toMatch(/^Run \S+ \(dry-run\): finished\.\n3 of 8 artifacts would be deleted/);
  });

  test('--json has run, headline and totals', async () => {
    const { out: shown } = await command(['status', '--out', out, '--json']);
    expect(JSON.parse(shown)).toMatchObject({ run: { end: 'finished' }, totals: { deletions: 3 } });
  });

  test('of a refused run ends with 3, of a failed one with 1', async () => {
    const folder = newFolder();
    await plan(policy.replace('maxDeletionsPercent: 90', 'maxDeletions: 0'), folder);
    expect((await command(['status', '--out', folder])).code).toBe(3);
    await plan('version: 2\n', folder);
    const { code, out: shown } = await command(['status', '--out', folder]);
    expect(code).toBe(1);
    expect(shown).toContain('failed');
  });

  test('without a run ends with 2', async () => {
    expect((await command(['status', '--out', newFolder()])).code).toBe(2);
  });
});
