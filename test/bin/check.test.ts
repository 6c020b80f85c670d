import { describe, expect, test } from '@jest/globals';
import { command, fileWith, newFolder, policy } from './command-line.ts';

const fiveMistakes = `version: 1
rules:
  - name: builds
    selekt: { projects: ['**'], tags: ['ci-*'] }
    keep: { pushedWithn: 30d }
  - name: releases
    select: { projects: ['**'], tags: ['/v(?=1)/'] }
    keep: { mostRecentlyPushed: -3 }
limits: { maxDeletionsPercent: 140 }
`;

describe('check', () => {
  test('of a good policy says so, with its rules, and ends with 0', async () => {
    const file = fileWith(policy);
    const { code, out, err } = await command(['check', file]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${file} is good: 1 rule (old-builds)`);
  });

  test('shows all mistakes at once, with line, column, the line itself and what was likely meant', async () => {
    const file = fileWith(fiveMistakes);
    const { code, out, err } = await command(['check', file]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const place of ['4:5', '5:13', '7:40', '8:33', '9:32'])
      expect(err).toContain(`${file}:${place}`);
    expect(err).toContain(' 5 |     keep: { pushedWithn: 30d }\n   |             ^^^^^^^^^^^\n');
    for (const meant of ['pushedWithin', 'select']) expect(err).toContain(`did you mean ${meant}?`);
    expect(err).toContain('= allowed: a number from 0 to 100, or unlimited');
    expect(err).toMatch(/\n5 problems: this policy will not run\.\n$/);
    expect(err).not.toContain('    at ');
  });

  test('--json has the same mistakes for machines, and the same exit code', async () => {
    const { code, out, err } = await command(['check', fileWith(fiveMistakes), '--json']);
    expect({ code, err }).toEqual({ code: 2, err: '' });
    const answer = JSON.parse(out) as { ok: boolean; problems: { line: number }[] };
    expect(answer.ok).toBe(false);
    expect(new Set(answer.problems.map(({ line }) => line))).toEqual(new Set([4, 5, 7, 8, 9]));
  });

  test('--json of a good policy is ok, with its warnings', async () => {
    const { code, out } = await command(['check', fileWith(policy), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, warnings: [{ path: 'trash', line: 7 }] });
  });

  test.each([
    ['that is not there', () => `${newFolder()}/nowhere.yaml`],
    ['that is a folder', newFolder],
  ])('of a file %s ends with 2, the name and a remedy', async (_, path) => {
    const file = path();
    const { code, out, err } = await command(['check', file]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${file} can't be read.`);
    expect(err).toMatch(/\n→ .+\n$/);
    expect(err).not.toContain('    at ');
  });

  test.each([
    ['empty', ''],
    ['no YAML', 'rules: [unclosed'],
    ['a list', '- 1\n- 2\n'],
    ['binary', Buffer.from([0, 255, 1, 254, 2])],
  ])('of a file that is %s ends with 2 and no stack trace', async (_, text) => {
    const { code, out, err } = await command(['check', fileWith(text)]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('this policy will not run.');
    expect(err).not.toContain('    at ');
  });

  const onVersions = `version: 1
rules:
  - name: mirror
    select: { projects: ['**'], tags: ['**'] }
    keep:
      highestVersions: { count: 2, per: minor, pattern: '/^(?<version>[0-9.]+)(-(?<group>.+))?$/' }
  - name: ci
    select: { projects: ['**'], tags: ['ci-*'], exclude: { tags: [ci-golden] } }
    keep: { pushedWithin: 30d }
  - name: untagged
    select: { projects: ['**'], untagged: true }
    keep: { untaggedWithin: 7d }
`;
  const tried = ['1.27.9', '1.27.10', '1.27.10-alpine', '2026.02.0', 'latest', 'ci-1', 'ci-golden'];

  test('--try says what each rule makes of tags, and in which order versions are', async () => {
    const { code, out } = await command(['check', fileWith(onVersions), '--try', ...tried]);
    expect(code).toBe(0);
    expect(out).toContain(`
mirror:
  versions of 1.27, highest first: 1.27.10 > 1.27.9
  versions of alpine 1.27, highest first: 1.27.10-alpine
  versions of 2026.2, highest first: 2026.02.0
  does not judge latest: `);
    expect(out).toContain(`
ci:
  selects ci-1
  does not select 1.27.9, 1.27.10, 1.27.10-alpine, 2026.02.0, latest, ci-golden
`);
    expect(out).not.toContain('untagged:');
  });

  test('--try has the same for machines, and at most twenty tags', async () => {
    const file = fileWith(onVersions);
    const { out } = await command(['check', file, '--json', '--try', ...tried]);
    expect(JSON.parse(out)).toMatchObject({
      tried: [
        { rule: 'mirror', lines: [{ line: '1.27', tags: ['1.27.10', '1.27.9'] }, {}, {}] },
        { rule: 'ci', lines: [] },
      ],
    });
    const many = await command([
      'check',
      file,
      '--try',
      ...Array.from({ length: 21 }, (_, n) => `v${n}`),
    ]);
    expect(many).toMatchObject({ code: 2, err: expect.stringContaining('up to 20 tags') });
  });
});
