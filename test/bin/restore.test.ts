import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Report } from '../../functions/report/report-schema.ts';
import { claimsIn } from '../support/unclaim.ts';
import { command, fileWith, newFolder, policy, type Scene, startScene } from './command-line.ts';

const withTrash = policy.replace('trash: off', 'trash: { project: retention-trash, keepFor: 14d }');

let scene: Scene;
let out: string;
let run: string;

const tags = (): readonly string[] =>
  scene.harbor.state
    .tags('team', 'app')
    .map(({ name }) => name)
    .toSorted();

const inWorld = (argv: readonly string[]) => {
  const withPolicy = argv[0] === 'restore' ? ['--policy', fileWith(withTrash)] : [];
  return command([...argv, ...withPolicy, '--out', out], scene);
};

async function planned(): Promise<Report> {
  const shown = await inWorld(['plan', '--policy', fileWith(withTrash), '--json']);
  return JSON.parse(shown.out) as Report;
}

const all = ['ci-2', 'ci-20', 'ci-50', 'ci-70', 'ci-80', 'ci-90', 'v1.0.0'];
const left = ['ci-2', 'ci-20', 'ci-50', 'v1.0.0'];

beforeEach(async () => {
  scene = await startScene();
  out = newFolder();
  const { fingerprint } = await planned();
  const flags = ['--policy', fileWith(withTrash), '--yes', '--plan', fingerprint ?? '', '--json'];
  const applied = await inWorld(['apply', ...flags]);
  expect(applied.code).toBe(0);
  run = (JSON.parse(applied.out) as Report).run.id;
  expect(tags()).toEqual(left);
});
afterEach(() => scene.harbor.close());

describe('restore', () => {
  test('shows what it would put back, and changes nothing', async () => {
    scene.harbor.requests.clear();
    const { code, out: shown, err } = await inWorld(['restore', run]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(shown).toContain('Would be restored: 3');
    expect(shown).toContain('Nothing was changed. Put them back with --apply.');
    expect(scene.harbor.requests.all.every(({ method }) => method === 'GET')).toBe(true);
    expect(tags()).toEqual(left);
  });

  test('--apply puts everything back, and a second time finds it complete', async () => {
    const { code, out: shown } = await inWorld(['restore', run, '--apply']);
    expect(code).toBe(0);
    expect(shown).toContain('Restored: 3');
    expect(tags()).toEqual(all);
    expect((await inWorld(['restore', run, '--apply'])).out).toContain('complete already: 3');
  });

  test('--only puts back what is named, and leaves the rest', async () => {
    const only = ['--only', 'team/app:ci-80', 'team/app:ci-90'];
    expect((await inWorld(['restore', run, ...only, '--apply'])).code).toBe(0);
    expect(tags()).toEqual(all.filter((tag) => tag !== 'ci-70'));
  });

  test('--from-trash works where the records are lost', async () => {
    scene.harbor.seed.label({ name: 'harbor-retention', project: 'retention-trash' });
    out = newFolder();
    const flags = ['--from-trash', 'retention-trash', '--apply'];
    expect((await inWorld(['restore', ...flags])).code).toBe(0);
    expect(tags()).toEqual(all);
  });

  test('--json is for machines', async () => {
    const { out: shown } = await inWorld(['restore', run, '--json']);
    expect(JSON.parse(shown)).toMatchObject({ applied: false, lost: [], failed: [] });
  });

  test('of what is no longer in the trash says so, and ends with 5', async () => {
    for (const { repository, digest } of scene.harbor.state.artifacts('retention-trash')) {
      const name = encodeURIComponent(
        encodeURIComponent(repository.replace(/^retention-trash\//, '')),
      );
      const path = `/api/v2.0/projects/retention-trash/repositories/${name}/artifacts/${digest}`;
      const { username, password } = scene.harbor.admin;
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      const answer = await fetch(scene.harbor.url + path, {
        method: 'DELETE',
        headers: { authorization },
      });
      expect(answer.status).toBe(200);
    }
    const { code, out: shown } = await inWorld(['restore', run]);
    expect(code).toBe(5);
    expect(shown).toContain("Can't come back:");
  });

  test.each([
    [['restore'], 'Either a run or'],
    [['restore', 'some-run', '--from-trash', 'retention-trash'], 'Either a run or'],
    [['restore', 'some-run'], 'some-run'],
    [['restore', '2026-11-21T033000Z', '--only', 'team'], 'PROJECT/REPOSITORY[:TAG|@DIGEST]'],
  ])('%j ends with 2 and says what was expected', async (argv, expected) => {
    const { code, out: shown, err } = await inWorld(argv);
    expect({ code, shown }).toEqual({ code: 2, shown: '' });
    expect(err).toContain(expected);
    expect(err).not.toContain('    at ');
  });
});

describe('apply', () => {
  test('at two terminals at once, with a store each: one claims the trash, the other deletes nothing', async () => {
    const racing = await startScene();
    try {
      const at = async (place: string) => {
        const flags = ['--policy', fileWith(withTrash), '--out', place];
        const plan = JSON.parse(
          (await command(['plan', ...flags, '--json'], racing)).out,
        ) as Report;
        const yes = ['--yes', '--plan', plan.fingerprint ?? ''];
        return () => command(['apply', ...flags, ...yes], racing);
      };
      const first = await at(newFolder());
      const second = await at(newFolder());
      const ended = await Promise.all([first(), second()]);
      const [winner, loser] = ended.toSorted((one, other) => one.code - other.code);
      expect(winner).toMatchObject({
        code: 0,
        out: expect.stringContaining('3 artifacts deleted'),
      });
      expect(loser?.code).not.toBe(0);
      expect(`${loser?.out ?? ''}${loser?.err ?? ''}`).toMatch(/claim/);
      expect(loser?.out ?? '').not.toMatch(/[1-9] artifacts deleted/);
      expect(await claimsIn(racing.harbor)).toHaveLength(1);
      const deletions = racing.harbor.requests.all.filter(
        ({ method, path }) =>
          method === 'DELETE' && /projects\/team\/.*artifacts\/[^/]+$/.test(path),
      );
      expect(deletions.map(({ status }) => status)).toEqual([200, 200, 200]);
    } finally {
      await racing.harbor.close();
    }
  });

  test('where nobody can be asked ends with 2 and changes nothing', async () => {
    const { code, err } = await inWorld(['apply', '--policy', fileWith(withTrash)]);
    expect(code).toBe(2);
    expect(err).toContain('--yes together with --plan');
  });

  test('reads --approved from where one stands, not from the folder of the policy', async () => {
    const flags = ['--policy', fileWith(withTrash), '--yes', '--plan', '0123456789ab'];
    const { code, err } = await inWorld(['apply', ...flags, '--approved', 'package.json']);
    expect(code).toBe(2);
    expect(err).toContain("The approved list can't be used");
  });

  test('--yes without the plan it means ends with 2', async () => {
    const { code, err } = await inWorld(['apply', '--policy', fileWith(withTrash), '--yes']);
    expect(code).toBe(2);
    expect(err).toContain('--plan HASH');
  });

  test('of another plan than was shown deletes nothing and ends with 3', async () => {
    await inWorld(['restore', run, '--apply']);
    const flags = ['--policy', fileWith(withTrash), '--yes', '--plan', '0123456789ab'];
    const { code, err } = await inWorld(['apply', ...flags]);
    expect(code).toBe(3);
    expect(err).toContain('Nothing was deleted');
    expect(tags()).toEqual(all);
  });

  test('leaves a record that restore needs, and a report', () => {
    const found = readdirSync(join(out, 'reports'), { recursive: true, encoding: 'utf8' });
    expect(found.some((name) => name.startsWith('records') && name.includes(run))).toBe(true);
    expect(found).toContain('latest.json');
  });
});
