import { expect, test } from '@jest/globals';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { rulesIn, selectSubjects } from '../../functions/rules/select.ts';
import { artifactOf, type Pushed } from '../support/builder.ts';
import { policyFrom } from '../support/judge.ts';

interface Asked {
  readonly project?: string;
  readonly repository?: string;
  readonly follower?: string;
}

/** Which rules, by name, select which subjects of an artifact; null is the untagged one. */
function selected(rules: string, pushed: Pushed | Artifact, asked: Asked = {}) {
  const policy = policyFrom(`version: 1\nrules:\n${rules}`);
  const artifact = 'digest' in pushed && 'id' in pushed ? pushed : artifactOf('a', 1, pushed);
  const here = rulesIn(policy.rules, asked.project ?? 'team', asked.repository ?? 'web');
  const selection = selectSubjects(artifact, here, (tag) => tag === asked.follower);
  if (selection.kind === 'unknown') return selection;
  return selection.subjects.map(({ subject, rules: by, notAVersion }) => [
    subject,
    by
      .map(({ name }) => name)
      .toSorted()
      .join(' '),
    ...(notAVersion === undefined ? [] : [notAVersion]),
  ]);
}

const rule = (name: string, select: string, rest = 'keep: { pushedWithin: 1d }') =>
  `  - { name: ${name}, select: { ${select} }, ${rest} }\n`;

const ci = rule('ci', "projects: ['team*'], tags: ['ci-*']");

test('a rule selects the tags that a pattern names, and no other', () => {
  expect(selected(ci, { tags: ['ci-1', 'v1'] })).toEqual([
    ['ci-1', 'ci'],
    ['v1', ''],
  ]);
  expect(selected(ci, { tags: [] })).toEqual([[null, '']]);
});

test('a rule speaks about its projects and repositories only', () => {
  expect(selected(ci, { tags: ['ci-1'] }, { project: 'other' })).toEqual([['ci-1', '']]);
  const api = rule('api', "projects: ['**'], repositories: [api], tags: ['**']");
  expect(selected(api, {}, { repository: 'api' })).toEqual([['a', 'api']]);
  expect(selected(api, {})).toEqual([['a', '']]);
});

test('an exclude takes the subject out of its own rule only', () => {
  const both =
    rule('some', "projects: ['**'], tags: ['*'], exclude: { tags: [ci-golden] }") +
    rule('all', "projects: ['**'], tags: ['*']");
  expect(selected(both, { tags: ['ci-golden', 'ci-1'] })).toEqual([
    ['ci-golden', 'all'],
    ['ci-1', 'all some'],
  ]);
  const projects = rule('x', "projects: ['**'], tags: ['*'], exclude: { projects: [team-secret] }");
  expect(selected(projects, {}, { project: 'team-secret' })).toEqual([['a', '']]);
  const base = rule('x', "projects: ['**'], tags: ['*'], exclude: { repositories: ['base/**'] }");
  expect(selected(base, {}, { repository: 'base/os' })).toEqual([['a', '']]);
  expect(selected(base, {})).toEqual([['a', 'x']]);
});

test('untagged artifacts are selected by rules on them, and by no others', () => {
  const both =
    rule('u', "projects: ['**'], untagged: true") + rule('t', "projects: ['**'], tags: ['**']");
  expect(selected(both, { tags: [] })).toEqual([[null, 'u']]);
  expect(selected(both, { tags: ['x'] })).toEqual([['x', 't']]);
});

test('types limit a rule', () => {
  const charts = rule('charts', "projects: ['**'], tags: ['**'], types: [CHART]");
  expect(selected(charts, { type: 'CHART' })).toEqual([['a', 'charts']]);
  expect(selected(charts, { type: 'IMAGE' })).toEqual([['a', '']]);
});

const cache = 'application/vnd.buildkit.cacheconfig.v0';
const wasm = 'application/vnd.wasm.config.v0+json';

test.each<[string, Pushed, boolean]>([
  ["mediaTypes: ['application/vnd.buildkit.*']", { configType: cache }, true],
  ["mediaTypes: ['application/vnd.buildkit.*']", { configType: wasm }, false],
  ["mediaTypes: ['application/*.config.v0+json']", { configType: wasm }, true],
  [`mediaTypes: ['/.*(buildkit|wasm).*/']`, { configType: cache }, true],
  ["mediaTypes: ['**'], exclude: { mediaTypes: ['application/vnd.buildkit.*'] }", {}, true],
  ["exclude: { mediaTypes: ['application/vnd.buildkit.*'] }", { configType: cache }, false],
  ["exclude: { mediaTypes: ['application/vnd.buildkit.*'] }", { configType: wasm }, true],
  ["artifactTypes: ['application/vnd.example.*']", { artifactType: 'application/x' }, false],
  ["artifactTypes: ['application/x']", { artifactType: 'application/x' }, true],
  // An index shows no artifact type: only what matches everything matches that.
  ["artifactTypes: ['application/**']", { children: ['b'] }, false],
  ["artifactTypes: ['**']", { children: ['b'] }, true],
  ["exclude: { artifactTypes: ['application/**'] }", { children: ['b'] }, true],
  [`types: [UNKNOWN], mediaTypes: ['${cache}']`, { configType: cache, type: 'UNKNOWN' }, true],
  [`types: [IMAGE], mediaTypes: ['${cache}']`, { configType: cache, type: 'UNKNOWN' }, false],
])('{ %s } on %j: %s', (terms, pushed, isSelected) => {
  const rules = rule('x', `projects: ['**'], tags: ['**'], ${terms}`);
  expect(selected(rules, pushed)).toEqual([['a', isSelected ? 'x' : '']]);
});

test.each<[string, string, Pushed]>([
  ['media types', 'mediaTypes: ["**"]', { configType: 'unknown', artifactType: '' }],
  ['excluded media types', 'exclude: { mediaTypes: ["a/b"] }', { configType: 'unknown' }],
  ['artifact types', 'artifactTypes: ["**"]', { artifactType: 'unknown' }],
  ['excluded artifact types', 'exclude: { artifactTypes: ["a/b"] }', { artifactType: 'unknown' }],
])('where they are not known, %s keep, but not in rules that do not ask', (_, terms, pushed) => {
  const asking = rule('x', `projects: ['**'], tags: ['**'], ${terms}`);
  expect(selected(asking, pushed)).toMatchObject({ kind: 'unknown', fact: 'type', by: 'x' });
  expect(selected(ci, { ...pushed, tags: ['ci-1'] })).toEqual([['ci-1', 'ci']]);
  const charts = rule('x', `projects: ['**'], tags: ['**'], types: [CHART], ${terms}`);
  expect(selected(charts, pushed)).toEqual([['a', '']]);
});

test.each<[string, readonly string[], boolean]>([
  ['all: [a, b]', ['a', 'b', 'c'], true],
  ['all: [a, b]', ['a'], false],
  ['any: [a, b]', ['b'], true],
  ['any: [a, b]', ['c'], false],
  ['none: [a, b]', ['c'], true],
  ['none: [a, b]', ['b'], false],
  ['all: [a], none: [b]', ['a'], true],
  ['all: [a], none: [b]', ['a', 'b'], false],
  ['all: [a], any: [b, c], none: [d]', ['a', 'c'], true],
])('labels { %s } on %j: %s', (labels, has, isSelected) => {
  const rules = rule('x', `projects: ['**'], tags: ['**'], labels: { ${labels} }`);
  expect(selected(rules, { labels: has })).toEqual([['a', isSelected ? 'x' : '']]);
});

test('unknown labels matter only to a rule that asks for labels', () => {
  for (const labels of ['none: [a]', 'all: [a], any: [b]', 'any: [a], none: [b]']) {
    const asking = rule('x', `projects: ['**'], tags: ['**'], labels: { ${labels} }`);
    expect(selected(asking, { labels: 'unknown' })).toMatchObject({
      kind: 'unknown',
      fact: 'labels',
      by: 'x',
    });
  }
  expect(selected(ci, { labels: 'unknown', tags: ['ci-1'] })).toEqual([['ci-1', 'ci']]);
  const charts = rule('x', "projects: ['**'], tags: ['**'], types: [CHART], labels: { any: [a] }");
  expect(selected(charts, { labels: 'unknown' })).toEqual([['a', '']]);
});

test('of several rules that ask for what is not known the first by name says so', () => {
  const asking = (name: string) =>
    rule(name, "projects: ['**'], tags: ['**'], labels: { none: [a] }");
  for (const order of ['z a m', 'm a z', 'a z m']) {
    const rules = order.split(' ').map(asking).join('');
    expect(selected(rules, { labels: 'unknown' })).toMatchObject({ kind: 'unknown', by: 'a' });
  }
});

test('unknown tags are unknown wherever a rule is about the repository', () => {
  expect(selected(ci, { tags: 'unknown' })).toMatchObject({ kind: 'unknown', fact: 'tags' });
  expect(selected(ci, { tags: 'unknown' }, { project: 'x' })).toEqual([]);
});

test('insteadOf takes what a rule selects away from the rules it names', () => {
  const rules =
    rule('default', "projects: ['**'], tags: ['**']") +
    rule(
      'short',
      "projects: ['**'], tags: ['ci-*']",
      'keep: { pushedWithin: 1d }, insteadOf: [default]',
    );
  expect(selected(rules, { tags: ['ci-1', 'v1'] })).toEqual([
    ['ci-1', 'short'],
    ['v1', 'default'],
  ]);
});

test('a rule that is itself replaced replaces nothing', () => {
  const instead = (name: string) => `keep: { pushedWithin: 1d }, insteadOf: [${name}]`;
  const rules =
    rule('a', "projects: ['**'], tags: ['**']") +
    rule('b', "projects: ['**'], tags: ['**']", instead('a')) +
    rule('c', "projects: ['**'], tags: ['ci-*']", instead('b'));
  expect(selected(rules, { tags: ['ci-1', 'v1'] })).toEqual([
    ['ci-1', 'a c'],
    ['v1', 'b'],
  ]);
});

test('where versions are the only condition, what is none is not selected, and replaces nothing', () => {
  const rules =
    rule('default', "projects: ['**'], tags: ['**']") +
    rule(
      'versions',
      "projects: ['**'], tags: ['**']",
      'keep: { highestVersions: { count: 1 } }, insteadOf: [default]',
    );
  expect(selected(rules, { tags: ['1.0.0', 'latest'] })).toEqual([
    ['1.0.0', 'versions'],
    ['latest', 'default'],
  ]);
  const alone = rule(
    'z',
    "projects: ['**'], tags: ['**']",
    'keep: { highestVersions: { count: 1 } }',
  );
  const other = alone.replace('name: z', 'name: a');
  expect(selected(alone + other, { tags: ['latest'] })).toEqual([
    ['latest', '', { rule: 'a', because: 'it is not a version' }],
  ]);
});

test('whatever other conditions it has, a rule on versions selects versions only', () => {
  const rules = rule(
    'v',
    "projects: ['**'], tags: ['**']",
    'keep: { highestVersions: { count: 1 }, pushedWithin: 1d }',
  );
  expect(selected(rules, { tags: ['latest', '2026.02.0'] })).toEqual([
    ['latest', '', { rule: 'v', because: 'it is not a version' }],
    ['2026.02.0', 'v'],
  ]);
});

test('no rule selects an accessory tag whose subject is there', () => {
  expect(selected(ci, { tags: ['ci-1', 'ci-2'] }, { follower: 'ci-2' })).toEqual([
    ['ci-1', 'ci'],
    ['ci-2', ''],
  ]);
});
