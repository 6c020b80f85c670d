import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { loadSettings } from '../../bin/load-settings.ts';
import { command, newFolder } from './command-line.ts';

const home = process.cwd();
afterEach(() => process.chdir(home));

test('init writes a policy and settings that are right as they are, with a comment for what is to be changed', async () => {
  const folder = join(newFolder(), 'retention');
  const { code, out, err } = await command(['init', folder]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(readdirSync(folder).toSorted()).toEqual(['policy.yaml', 'settings.yaml']);
  expect(out).toContain(`plan --policy ${join(folder, 'policy.yaml')} --harbor`);
  const checked = await command(['check', join(folder, 'policy.yaml')]);
  expect(checked).toMatchObject({ code: 0, err: '' });
  expect(loadSettings(join(folder, 'settings.yaml'))).toMatchObject({
    ok: true,
    warnings: '',
    settings: { apply: false, policy: 'policy.yaml' },
  });
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toMatch(/^# [A-Z]/);
    expect(text).not.toMatch(/\$schema|npm start|Copy this file/);
  }
});

test('where the package is installed, editors are told of its schemas', async () => {
  const folder = newFolder();
  const schemas = join(folder, 'node_modules', 'harbor-retention', 'schemas');
  mkdirSync(schemas, { recursive: true });
  writeFileSync(join(schemas, 'policy.schema.json'), '{}');
  await command(['init', folder]);
  expect(readFileSync(join(folder, 'policy.yaml'), 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=node_modules\/harbor-retention\/schemas\/policy\.schema\.json\n/,
  );
});

test('init overwrites nothing, and then writes nothing', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'policy.yaml'), 'mine');
  const { code, out, err } = await command(['init', folder]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(`${join(folder, 'policy.yaml')} would be overwritten.\n→ `);
  expect(readdirSync(folder)).toEqual(['policy.yaml']);
  expect(readFileSync(join(folder, 'policy.yaml'), 'utf8')).toBe('mine');
});

test.each([
  ['plan', ['plan', '--harbor', 'https://harbor.example']],
  ['apply', ['apply', '--harbor', 'https://harbor.example']],
  ['restore', ['restore', '2026-11-21T033000Z', '--harbor', 'https://harbor.example']],
  ['check', ['check']],
])('%s without a policy says how to name one, and how to get one', async (_, argv) => {
  process.chdir(newFolder());
  const { code, out, err } = await command(argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(
    /^No policy is named, and there is no policy\.yaml here\.\n→ Name one \(.+ FILE\), or write a first one with `harbor-retention init`\.\n$/,
  );
});

test('the policy.yaml of the folder counts where none is named', async () => {
  process.chdir(newFolder());
  await command(['init']);
  expect(await command(['check'])).toMatchObject({
    code: 0,
    out: 'policy.yaml is good: 2 rules (builds, untagged).\n',
  });
});
