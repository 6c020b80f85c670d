import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../bin/exit-codes.ts';
import { command } from './command-line.ts';

const page = readFileSync(new URL('../../docs/messages.md', import.meta.url), 'utf8');

describe('exit codes', () => {
  test('are those of the table in docs/messages.md', () => {
    const table = /\| exit code \|.*\n\|[-| ]+\n((?:\| .*\n)+)/.exec(page)?.[1] ?? '';
    const documented = [...table.matchAll(/^\| (\d) \| (\S.*) \|$/gm)].map(([, code]) =>
      Number(code),
    );
    expect(documented).toEqual(Object.values(exitCodes).toSorted((a, b) => a - b));
  });

  test.each([[['--help']], [['plan', '--help']], [['--version']], [['help']]])(
    '%j ends with 0 and speaks on standard output',
    async (argv) => {
      const { code, out, err } = await command(argv);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).not.toBe('');
    },
  );

  test.each([
    [[], /Usage: harbor-retention/],
    [['paln'], /Did you mean plan\?/],
    [['plan', '--polcy', 'x'], /Did you mean --policy\?/],
    [['plan', '--out'], /--out/],
    [['explain'], /reference/],
    [['check', 'a', 'b'], /too many arguments/],
  ])('%j ends with 2 and says what was expected', async (argv, expected) => {
    const { code, out, err } = await command(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(expected);
    expect(err).not.toContain('    at ');
  });

  test('the help of every command names all of its options in words', async () => {
    const { out: commands } = await command(['--help']);
    for (const name of ['check', 'plan', 'apply', 'explain', 'status', 'restore'])
      expect(commands).toMatch(new RegExp(`^  ${name} `, 'm'));
    const { out } = await command(['plan', '--help']);
    for (const option of ['--policy', '--harbor', '--credentials', '--ca', '--inventory', '--json'])
      expect(out).toContain(option);
  });
});
