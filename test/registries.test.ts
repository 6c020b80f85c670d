import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inUseKinds } from '../functions/adapters/in-use/index.ts';
import { rails } from '../functions/guard/index.ts';
import { formats } from '../functions/report/formats/index.ts';
import { keepConditions } from '../functions/rules/keep/index.ts';
import { alwaysOn, configured } from '../functions/rules/protect/index.ts';

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
