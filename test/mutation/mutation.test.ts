import { expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scoresOf, scoresTable } from './scores.ts';

const root = join(import.meta.dirname, '..', '..');

interface Settings {
  readonly mutate: readonly string[];
  readonly warm: { readonly tests: readonly string[] };
}

const settings = JSON.parse(readFileSync(join(root, 'stryker.config.json'), 'utf8')) as Settings;

const rooms = ['rules', 'plan', 'guard', 'domain'];

function filesOf(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: root });
}

test.each([
  { what: 'file is mutated', files: 'functions/ROOM/**/*.ts', patterns: settings.mutate },
  { what: 'test is run', files: 'test/ROOM/**/*.test.ts', patterns: settings.warm.tests },
])('in the pure rooms every $what, by one pattern only', ({ files, patterns }) => {
  const covered = patterns.flatMap(filesOf);
  const expected = rooms.flatMap((room) => filesOf(files.replace('ROOM', room)));
  expect(expected.length).toBeGreaterThan(10);
  for (const file of expected) expect(covered.filter((one) => one === file)).toEqual([file]);
});

test.each([...settings.mutate, ...settings.warm.tests])('%s names at least one file', (pattern) => {
  expect(filesOf(pattern)).not.toEqual([]);
});

test('a mutant that no test runs, or none kills, counts against its file; one that never ends does not', () => {
  const mutants = (...statuses: readonly string[]) => ({
    mutants: statuses.map((status) => ({ status })),
  });
  const files = {
    'good.ts': mutants('Killed', 'Timeout'),
    'bad.ts': mutants('Killed', 'Survived', 'NoCoverage', 'Killed', 'Ignored', 'CompileError'),
    'types.ts': mutants('Ignored'),
  };
  const scores = scoresOf(files, new Map([['good.ts', 1.26]]));
  expect(scores).toEqual([
    { file: 'bad.ts', caught: 2, missed: 2, seconds: 0 },
    { file: 'good.ts', caught: 2, missed: 0, seconds: 1.26 },
  ]);
  expect(scoresTable(scores).split('\n').slice(2)).toEqual([
    '| bad.ts | 4 | 2 | 50.0 % | 0.0 |',
    '| good.ts | 2 | 0 | 100.0 % | 1.3 |',
    '| all | 6 | 2 | 66.7 % | 1.3 |',
  ]);
});
