import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as yaml from 'yaml';
import { schemaFiles } from '../../bin/write-schemas.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import { fine, shown, warningsOf } from './policy-sample.ts';

const root = join(import.meta.dirname, '../..');
const examples = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.yaml'));
const policies = examples.filter((file) =>
  readFileSync(join(root, 'examples', file), 'utf8').includes('policy.schema.json'),
);
const schema = JSON.parse(
  readFileSync(join(root, 'schemas/policy.schema.json'), 'utf8'),
) as Readonly<Record<string, unknown>>;
const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

test.each([...schemaFiles().keys()])(
  '%s is what the code says; npm run schemas writes it',
  (file) => {
    const published = readFileSync(join(root, 'schemas', file), 'utf8');
    expect(published).toBe(schemaFiles().get(file));
  },
);

test('there are example policies for several situations', () => {
  expect(policies.length).toBeGreaterThanOrEqual(6);
});

describe.each(policies)('examples/%s', (file) => {
  const text = readFileSync(join(root, 'examples', file), 'utf8');

  test('is a policy without a problem or a warning', () => {
    expect(shown(text)).toBe('');
    expect(warningsOf(text)).toEqual([]);
  });

  test('is valid by the published schema', () => {
    isValid(yaml.parse(text));
    expect(isValid.errors ?? []).toEqual([]);
  });

  test('names the schema for editors, and says in its head which situation it is for', () => {
    const [first, second, third] = text.split('\n');
    expect(first).toBe('# yaml-language-server: $schema=../schemas/policy.schema.json');
    expect(second).toBe('#');
    expect(third).toMatch(/^# \w/);
  });
});

test.each([
  ['an unknown key', 'wibble: 1'],
  ['a bad duration', 'protect: { minimumAge: 30 }'],
  ['months', 'protect: { minimumAge: 3m }'],
  ['a count of zero', 'limits: { maxDeletions: -1 }'],
  ['another trash', 'trash: on'],
  ['a bad digest', 'protect: { digests: [x] }'],
])('the published schema refuses %s, as the code does', (_title, line) => {
  const text = `${fine}${line}\n`;
  expect(isValid(yaml.parse(text))).toBe(false);
  expect(loadPolicy(text, { name: 'x', inUseSources: [] }).ok).toBe(false);
});

test('editors learn that a rule selects tags or untagged, and keeps something', () => {
  const both = fine.replace("tags: ['ci-*']", "tags: ['ci-*']\n      untagged: true");
  expect(isValid(yaml.parse(both))).toBe(false);
  expect(isValid(yaml.parse(fine.replace("      tags: ['ci-*']\n", '')))).toBe(false);
  expect(isValid(yaml.parse(fine.replace('keep:\n      pushedWithin: 30d', 'keep: {}')))).toBe(
    false,
  );
  expect(isValid(yaml.parse(fine.replace('keep:\n      pushedWithin: 30d', 'keep: none')))).toBe(
    true,
  );
});

test('whatever the text, the answer is a policy or problems with places in it, never an exception', () => {
  const sources = policies.map((file) => readFileSync(join(root, 'examples', file), 'utf8'));
  const damaged = fc
    .tuple(
      fc.constantFrom(...sources),
      fc.nat(3000),
      fc.nat(40),
      fc.constantFrom(
        '',
        '[',
        '{',
        '&a ',
        '*a',
        '"',
        "'",
        ': ',
        '- ',
        '\t',
        '\n',
        '!!x ',
        '---\n',
        '5',
        'null',
      ),
    )
    .map(([text, at, length, put]) => `${text.slice(0, at)}${put}${text.slice(at + length)}`);
  fc.assert(
    fc.property(damaged, (text) => {
      const loaded = loadPolicy(text, { name: 'x', inUseSources: [] });
      if (loaded.ok) return;
      const lines = text.split('\n').length;
      for (const { line, column, length, message } of loaded.problems) {
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(lines);
        expect(column).toBeGreaterThan(0);
        expect(length).toBeGreaterThan(0);
        expect(message).not.toBe('');
      }
    }),
    { numRuns: 300 },
  );
});

test('an anchor that holds itself is a problem, not an exception', () => {
  expect(shown('version: 1\nrules: &x [*x]\n')).toContain('rules[0]');
});

test.each([
  ['no rules', 'version: 1\nrules: []\n', 'rules has no rule'],
  ['protect without latest', `${fine}protect: { tags: [v1] }\n`, 'protect.tags no longer'],
  ['no floor', `${fine}protect: { keepAtLeast: 0 }\n`, 'protect.keepAtLeast lets'],
  ['no trash', `${fine}trash: off\n`, 'trash is off'],
  [
    'no limits',
    `${fine}limits: { maxDeletions: unlimited, maxDeletionsPercent: unlimited }\n`,
    'limits puts no limit',
  ],
  [
    'groups without a count',
    `${fine}      groupBy: '/(a)/'\n`,
    'rules[0].keep.groupBy has no effect',
  ],
  [
    'untagged without untaggedWithin',
    fine.replace("tags: ['ci-*']", 'untagged: true'),
    'rules[0].keep has no untaggedWithin',
  ],
  [
    'excluded tags of untagged artifacts',
    fine
      .replace("tags: ['ci-*']", 'untagged: true\n      exclude: { tags: [a] }')
      .replace('pushedWithin', 'untaggedWithin'),
    'rules[0].select.exclude.tags has no effect',
  ],
  [
    'a type that Harbor does not give',
    fine.replace("tags: ['ci-*']", "tags: ['ci-*']\n      types: [UNKNOWN, IMAGES]"),
    'rules[0].select.types[1] is no type that Harbor gives by itself',
  ],
  [
    'a roll-out that lasts longer than copies lie in the trash',
    `${fine}rollout: { startedAt: 2026-12-01, over: 15d }\n`,
    'rollout.over is longer than trash.keepFor',
  ],
])('%s is a warning', (_title, text, warning) => {
  expect(warningsOf(text)).toEqual([expect.stringContaining(warning)]);
});

test('a policy without a peculiarity has no warning', () => {
  expect(warningsOf(fine)).toEqual([]);
  expect(warningsOf(`${fine}limits: { maxDeletions: unlimited }\n`)).toEqual([]);
});
