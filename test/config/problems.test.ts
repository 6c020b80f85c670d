import { describe, expect, test } from '@jest/globals';
import { fine, problemOf, problemsOf, shown } from './policy-sample.ts';

/** The fine policy with one text in place of another. */
const but = (old: string, changed: string): string => {
  if (!fine.includes(old)) throw new Error(`${old} is not in the sample`);
  return fine.replace(old, changed);
};
const keep = (text: string) => but('pushedWithin: 30d', text);
const select = (text: string) => but("tags: ['ci-*']", text);

type Expected = readonly [line: number, column: number, path: string, message: string];

test.each<[string, string, Expected]>([
  ['an unknown key', `${fine}rulez: 1\n`, [9, 1, 'rulez', 'is not a known key']],
  ['a missing version', but('version: 1\n', ''), [1, 1, 'version', 'is missing']],
  ['another version', but('version: 1', 'version: 2'), [1, 10, 'version', 'is not allowed here']],
  [
    'a version in quotes',
    but('version: 1', "version: '1'"),
    [1, 10, 'version', 'is not allowed here'],
  ],
  ['missing rules', 'version: 1\n', [1, 1, 'rules', 'is missing']],
  ['rules without a value', 'version: 1\nrules:\n', [2, 7, 'rules', 'has no value']],
  ['rules that are no list', 'version: 1\nrules: {}\n', [2, 8, 'rules', 'is not allowed here']],
  [
    'a rule without a name',
    but('- name: ci-builds\n    select', '- select'),
    [3, 5, 'rules[0].name', 'is missing'],
  ],
  ['an empty name', but('name: ci-builds', "name: ''"), [3, 11, 'rules[0].name', 'is empty']],
  [
    'no projects',
    but("      projects: ['team-*']\n", ''),
    [4, 5, 'rules[0].select.projects', 'is missing'],
  ],
  [
    'an empty list of projects (E2)',
    but("['team-*']", '[]'),
    [5, 17, 'rules[0].select.projects', 'is empty'],
  ],
  ['an empty list of tags (E2)', select('tags: []'), [6, 13, 'rules[0].select.tags', 'is empty']],
  [
    'an empty list of types',
    select("tags: ['a']\n      types: []"),
    [7, 14, 'rules[0].select.types', 'is empty'],
  ],
  [
    'a type in small letters',
    select("tags: ['a']\n      types: [image]"),
    [7, 15, 'rules[0].select.types[0]', 'is not allowed here'],
  ],
  [
    'neither tags nor untagged',
    select(''),
    [4, 5, 'rules[0].select', 'selects neither tags nor untagged'],
  ],
  [
    'tags and untagged',
    select("tags: ['a']\n      untagged: true"),
    [4, 5, 'rules[0].select', 'has both tags and untagged'],
  ],
  [
    'untagged: false',
    select('untagged: false'),
    [6, 17, 'rules[0].select.untagged', 'is not allowed here'],
  ],
  [
    'a pattern that is no text',
    select('tags: [1]'),
    [6, 14, 'rules[0].select.tags[0]', 'is not allowed here'],
  ],
  [
    'patterns that are no list',
    select("tags: 'ci-*'"),
    [6, 13, 'rules[0].select.tags', 'is not allowed here'],
  ],
  ['an empty all', keep('all: {}'), [8, 7, 'rules[0].keep.all', 'has no keep condition']],
  [
    'an unknown key in all',
    keep('all: { groupBy: "/(a)/" }'),
    [8, 14, 'rules[0].keep.all.groupBy', 'is not a known key'],
  ],
  [
    'untaggedWithin in the all of a rule on tags',
    keep('all: { untaggedWithin: 3d, pushedWithin: 3d }'),
    [8, 14, 'rules[0].keep.all.untaggedWithin', 'speaks of untagged artifacts in a rule on tags'],
  ],
  [
    'no keep',
    but('    keep:\n      pushedWithin: 30d\n', ''),
    [3, 5, 'rules[0].keep', 'is missing'],
  ],
  [
    'an empty keep',
    but('keep:\n      pushedWithin: 30d', 'keep: {}'),
    [7, 5, 'rules[0].keep', 'has no keep condition'],
  ],
  ['only groupBy', keep("groupBy: '/(a)/'"), [7, 5, 'rules[0].keep', 'has no keep condition']],
  [
    'another word for keep: none',
    but('keep:\n      pushedWithin: 30d', 'keep: nothing'),
    [7, 11, 'rules[0].keep', 'is not allowed here'],
  ],
  [
    'months (E15)',
    keep('pushedWithin: 3 months'),
    [8, 21, 'rules[0].keep.pushedWithin', 'is not allowed here'],
  ],
  [
    'a bare number (E15)',
    keep('pushedWithin: 30'),
    [8, 21, 'rules[0].keep.pushedWithin', 'is not allowed here'],
  ],
  [
    'more than ten years (E15)',
    keep('pushedWithin: 999999d'),
    [8, 21, 'rules[0].keep.pushedWithin', 'is out of range'],
  ],
  [
    'a count of zero (E30)',
    keep('mostRecentlyPushed: 0'),
    [8, 27, 'rules[0].keep.mostRecentlyPushed', 'is too small'],
  ],
  [
    'half a count',
    keep('mostRecentlyPushed: 1.5'),
    [8, 27, 'rules[0].keep.mostRecentlyPushed', 'is not allowed here'],
  ],
  [
    'a count as text',
    keep("mostRecentlyPushed: '3'"),
    [8, 27, 'rules[0].keep.mostRecentlyPushed', 'is not allowed here'],
  ],
  [
    'a count of something else',
    keep('mostRecentlyPushed: { count: 3, of: rest }'),
    [8, 43, 'rules[0].keep.mostRecentlyPushed.of', 'is not allowed here'],
  ],
  [
    'a count without count',
    keep('mostRecentlyPushed: { of: all }'),
    [8, 7, 'rules[0].keep.mostRecentlyPushed.count', 'is missing'],
  ],
  [
    'another per',
    keep('highestVersions: { count: 1, per: patch }'),
    [8, 41, 'rules[0].keep.highestVersions.per', 'is not allowed here'],
  ],
  [
    'a groupBy that is no expression',
    keep("mostRecentlyPushed: 1\n      groupBy: 'a-*'"),
    [
      9,
      16,
      'rules[0].keep.groupBy',
      'is no groupBy: it is not a regular expression between slashes',
    ],
  ],
  [
    'untaggedWithin in a rule on tags',
    keep('untaggedWithin: 7d'),
    [8, 7, 'rules[0].keep.untaggedWithin', 'speaks of untagged artifacts in a rule on tags'],
  ],
  [
    'an unknown rule in insteadOf',
    `${fine}    insteadOf: [default]\n`,
    [9, 17, 'rules[0].insteadOf[0]', 'is not the name of a rule'],
  ],
  [
    'a rule instead of itself',
    `${fine}    insteadOf: [ci-builds]\n`,
    [9, 16, 'rules[0].insteadOf', 'goes in a circle: ci-builds → ci-builds'],
  ],
  [
    'untag as text (E37)',
    `${fine}    untag: 'true'\n`,
    [9, 12, 'rules[0].untag', 'is not allowed here'],
  ],
  [
    'a negative limit',
    `${fine}limits: { maxDeletions: -1 }\n`,
    [9, 25, 'limits.maxDeletions', 'is too small'],
  ],
  [
    'a percentage over 100',
    `${fine}limits: { maxDeletionsPercent: 101 }\n`,
    [9, 32, 'limits.maxDeletionsPercent', 'is too big'],
  ],
  [
    'a percentage with a sign',
    `${fine}limits: { maxDeletionsPercent: 20% }\n`,
    [9, 32, 'limits.maxDeletionsPercent', 'is not allowed here'],
  ],
  [
    'bytes without a unit',
    `${fine}limits: { maxBytes: '500' }\n`,
    [9, 21, 'limits.maxBytes', 'is not allowed here'],
  ],
  [
    'a canary without tag',
    `${fine}canaries: { mustStay: [team/web] }\n`,
    [9, 24, 'canaries.mustStay[0]', 'is not allowed here'],
  ],
  [
    'a canary without project',
    `${fine}canaries: { mustStay: ['web:1'] }\n`,
    [9, 24, 'canaries.mustStay[0]', 'is not allowed here'],
  ],
  ['a trash that is false', `${fine}trash: false\n`, [9, 8, 'trash', 'is not allowed here']],
  [
    'a minimum age of nothing',
    `${fine}protect: { minimumAge: 0h }\n`,
    [9, 24, 'protect.minimumAge', 'is out of range'],
  ],
  [
    'a bad pattern in protect',
    `${fine}protect: { tags: ['v['] }\n`,
    [
      9,
      19,
      'protect.tags[0]',
      'is not a pattern: the [ is never closed: write \\[ for a bracket (at character 2)',
    ],
  ],
  [
    'a negative floor',
    `${fine}protect: { keepAtLeast: -1 }\n`,
    [9, 25, 'protect.keepAtLeast', 'is too small'],
  ],
  [
    'an unknown source',
    `${fine}protect: { inUse: [{ source: eks }] }\n`,
    [9, 30, 'protect.inUse[0].source', 'is not a known source of images in use'],
  ],
  [
    'garbage collection with a number of workers',
    `${fine}garbageCollection: { workers: 11 }\n`,
    [9, 31, 'garbageCollection.workers', 'is too big'],
  ],
  ['an empty file', '', [1, 1, '', 'has no value']],
  ['only comments', '# nothing\n', [1, 1, '', 'has no value']],
  ['a list', '- a\n', [1, 1, '', 'is not allowed here']],
])('%s is an error with its place', (_title, text, [line, column, path, message]) => {
  expect(problemOf(text)).toMatchObject({ line, column, path, message });
});

describe('rules among each other', () => {
  const rule = (name: string, rest = '') =>
    `  - { name: ${name}, select: { projects: ['**'], tags: ['**'] }, keep: none${rest} }\n`;
  const policy = (...rules: readonly string[]) => `version: 1\nrules:\n${rules.join('')}`;

  test('two rules of one name are an error at the second', () => {
    expect(problemOf(policy(rule('a'), rule('b'), rule('a')))).toMatchObject({
      line: 5,
      path: 'rules[2].name',
      value: '"a"',
      message: 'is the name of an earlier rule',
    });
  });

  test('a circle of replacement is an error at each of its rules', () => {
    const text = policy(
      rule('a', ', insteadOf: [b]'),
      rule('b', ', insteadOf: [c]'),
      rule('c', ', insteadOf: [a]'),
      rule('d', ', insteadOf: [a]'),
    );
    expect(problemsOf(text).map(({ line, message }) => [line, message])).toEqual([
      [3, 'goes in a circle: a → b → c → a'],
      [4, 'goes in a circle: b → c → a → b'],
      [5, 'goes in a circle: c → a → b → c'],
    ]);
  });

  test('conditions about tags are errors in a rule on untagged artifacts', () => {
    const text = `version: 1
rules:
  - name: a
    select: { projects: ['**'], untagged: true }
    keep: { highestVersions: { count: 1 }, groupBy: '/(a)/', mostRecentlyPushed: 1 }
`;
    expect(problemsOf(text).map(({ path }) => path)).toEqual([
      'rules[0].keep.highestVersions',
      'rules[0].keep.groupBy',
    ]);
  });
});

test.each([
  [keep('pushdWithin: 30d'), 'pushedWithin'],
  [keep('pushed_within: 30d'), 'pushedWithin'],
  [but('select:', 'slect:'), 'select'],
  [but('    select:', '    pushedWithin: 3d\n    select:'), 'keep.pushedWithin'],
  [but('    select:', '    tags: [a]\n    select:'), 'select.tags'],
  [but('    select:', '    limits: {}\n    select:'), 'limits at the top level'],
  [`${fine}limits: { onBreach: oldestfirst }\n`, 'oldestFirst'],
  [`${fine}garbageCollection: { mode: runn }\n`, 'run'],
  [`${fine}trash: of\n`, 'off'],
  [`${fine}limits: { maxDeletions: unlimitted }\n`, 'unlimited'],
  [`${fine}protect: { inUse: [{ source: ec2 }] }\n`, 'ecs'],
  [but('keep:\n      pushedWithin: 30d', 'keep: nonee'), 'none'],
  [keep('pushedWithin: 30'), '30d'],
  [keep('pushedWithin: 30 d'), '30d'],
  [keep('pushedWithin: 30days'), '30d'],
  [select("tags: ['a']\n      types: [images]"), 'IMAGE'],
  [`${fine}limits: { maxBytes: 500 GB }\n`, '500GB'],
])('a slip is answered with what was likely meant (%#)', (text, suggestion) => {
  expect(problemsOf(text).map((problem) => problem.suggestion)).toContain(suggestion);
});

test('a name of a rule that is nearly right is suggested', () => {
  const text = `${fine}    insteadOf: [defualt]
  - name: default
    select: { projects: ['**'], tags: ['**'] }
    keep: none
`;
  expect(problemOf(text)).toMatchObject({ suggestion: 'default', allowed: 'default' });
});

test('what is nothing like a known word is answered with the list alone', () => {
  const problem = problemOf(`${fine}wibble: 1\n`);
  expect(problem.suggestion).toBeUndefined();
  expect(problem.allowed).toContain('version, rules, protect');
});

test('all mistakes of a document are reported at once, in the order of the text', () => {
  const text = `version: 1
rules:
  - name: ci
    select: { projects: [], tags: ['['] }
    keep: { pushdWithin: 30d, mostRecentlyPushed: 0 }
    insteadOf: [b]
    name: ci
protect: { minimumAge: soon }
trash: on
`;
  expect(problemsOf(text).map(({ line, path }) => [line, path])).toEqual([
    [4, 'rules[0].select.projects'],
    [4, 'rules[0].select.tags[0]'],
    [5, 'rules[0].keep.pushdWithin'],
    [5, 'rules[0].keep.mostRecentlyPushed'],
    [6, 'rules[0].insteadOf[0]'],
    [7, ''],
    [8, 'protect.minimumAge'],
    [9, 'trash'],
  ]);
});

test.each([
  ['the document', '{}\n', ['rules', 'version']],
  ['a map in it', `${fine}rollout: {}\n`, ['rollout.over', 'rollout.startedAt']],
])('two keys that are missing in one map are both reported: %s', (_, text, paths) => {
  const problems = problemsOf(text);
  expect(problems.map(({ path }) => path).toSorted()).toEqual(paths);
  for (const { message } of problems) expect(message).toBe('is missing');
});

test.each([
  ['a: [1, 2\n', 'is not YAML'],
  ["a: 'b\n", 'is not YAML'],
  ['a: "\\d"\n', 'is not YAML'],
  ['a:\n\t- b\n', 'is not YAML'],
  ['a: 1\n---\nb: 2\n', 'is not YAML'],
  ['a: *b\n', 'there is no anchor &b'],
  ['tags: [**]\n', 'there is no anchor &*'],
  ['tags: [*]\n', 'is not YAML'],
  ['a: &x [*x]\n', 'is not a known key'],
  ['{ "version": 1, }}', 'is not YAML'],
  ['a: !!js/function "x"\n', 'is not YAML'],
])('a text that is no YAML is an error, not an exception (%#)', (text, message) => {
  expect(
    problemsOf(text)
      .map((problem) => problem.message)
      .join('\n'),
  ).toContain(message);
});

test('an alias bomb is refused', () => {
  const level = (name: string, of: string) =>
    `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]\n`;
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}`;
  expect(problemsOf(bomb).length).toBeGreaterThan(0);
});

test('a mistake behind an alias is shown where it is written', () => {
  const text = `version: 1
rules:
  - name: a
    select: &s { projects: ['['], tags: ['**'] }
    keep: none
  - name: b
    select: *s
    keep: none
`;
  expect(problemsOf(text).map(({ line, column, path }) => [line, column, path])).toEqual([
    [4, 29, 'rules[0].select.projects[0]'],
  ]);
});

test('a problem is shown with its line, what is meant underlined, and what is allowed', () => {
  expect(shown(keep('pushdWithin: 30d')))
    .toBe(`policy.yaml:8:7: error: rules[0].keep.pushdWithin is not a known key
   |
 8 |       pushdWithin: 30d
   |       ^^^^^^^^^^^
   = allowed: pushedWithin, pulledWithin, mostRecentlyPushed, mostRecentlyPulled, mostRecentlyActive, highestVersions, untaggedWithin, all, groupBy
   = did you mean pushedWithin?`);
});

test('tabs, long values and lines of Windows do not shift the caret', () => {
  const text = `version: 1\r\nrules: "${'x'.repeat(80)}"\r\n`;
  const lines = shown(text).split('\n');
  expect(lines[0]).toMatch(/^policy\.yaml:2:8: error: rules "x{55,57}… is not allowed here$/);
  expect(lines[3]).toBe(`   |        ${'^'.repeat(82)}`);
});
