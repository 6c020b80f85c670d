import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inUseKinds } from '../functions/adapters/in-use/index.ts';
import { occasions } from '../functions/notices/occasions/index.ts';
import { phases } from '../functions/run.ts';
import { rails } from '../functions/guard/index.ts';
import { formats } from '../functions/report/formats/index.ts';
import { keepConditions } from '../functions/rules/keep/index.ts';
import { alwaysOn, configured } from '../functions/rules/protect/index.ts';
import { policies } from './properties/registries.ts';

const root = join(import.meta.dirname, '..');

/** `pushedWithin` → `pushed-within`. */
function fileName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

function filesIn(folder: string, besides: readonly string[] = []): readonly string[] {
  return readdirSync(join(root, 'functions', folder))
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((file) => file !== 'index' && !besides.includes(file))
    .toSorted();
}

const registries = [
  { folder: 'rules/keep', keys: keepConditions.map(({ key }) => key), besides: [] },
  {
    folder: 'rules/protect',
    keys: [...Object.keys(configured), ...alwaysOn.map(({ key }) => key)],
    besides: [],
  },
  {
    folder: 'guard',
    keys: rails.map(({ name }) => name),
    besides: ['guard-plan', 'guarded-plan', 'rail'],
  },
  { folder: 'report/formats', keys: formats.map(({ name }) => name), besides: [] },
  { folder: 'adapters/in-use', keys: inUseKinds, besides: [] },
  { folder: 'notices/occasions', keys: occasions.map(({ kind }) => kind), besides: [] },
] as const;

describe.each(registries)('functions/$folder', ({ folder, keys, besides }) => {
  test('every file is in the registry, and every entry has a file of its name', () => {
    expect(keys.map(fileName).toSorted()).toEqual(filesIn(folder, besides));
  });

  test('no key is there twice', () => {
    expect(new Set(keys).size).toBe(keys.length);
  });
});

test.each(['rules/keep', 'rules/protect'])('every file in %s has a test of its name', (folder) => {
  const untested = filesIn(folder).filter(
    (file) => !existsSync(join(root, 'test', folder, `${file}.test.ts`)),
  );
  expect(untested).toEqual([]);
});

test('a protection says its own key', () => {
  for (const [key, { key: own }] of Object.entries(configured)) expect(own).toBe(key);
});

test('every keep condition and every protection stands in the published schema', () => {
  const schema = readFileSync(join(root, 'schemas/policy.schema.json'), 'utf8');
  for (const key of [...keepConditions.map((one) => one.key), ...Object.keys(configured)]) {
    expect(schema).toContain(`"${key}": {`);
  }
});

test('every phase of a run has a file of its name, and every name is there once', () => {
  const names = phases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const missing = names.filter(
    (name) => !existsSync(join(root, 'functions', 'phases', `${name}.ts`)),
  );
  expect(missing).toEqual([]);
});

test('a dry run has no phase that changes Harbor, and ends with a report as every run does', () => {
  const dry = phases.filter(({ inDryRun }) => inDryRun).map(({ name }) => name);
  expect(dry).toEqual(['inventory', 'plan', 'trash', 'ledger', 'guard', 'report']);
  expect(phases.at(-1)?.name).toBe('report');
});

test('docs/policy.md has a row for every keep condition, and names every protection', () => {
  const page = readFileSync(join(root, 'docs/policy.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)/gm)].map(([, key]) => key);
  expect(keepConditions.map(({ key }) => key).filter((key) => !rows.includes(key))).toEqual([]);
  const protections = Object.keys(configured);
  expect(protections.filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
});

test('the registries that the properties draw have rules with every keep condition', () => {
  const drawn = fc.sample(policies, { numRuns: 400, seed: 1 }).map((one) => JSON.stringify(one));
  const missing = keepConditions.filter(
    ({ key }) => !drawn.some((one) => one.includes(`"${key}"`)),
  );
  expect(missing.map(({ key }) => key)).toEqual([]);
});
