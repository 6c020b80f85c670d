import { describe, expect, test } from '@jest/globals';
import { lints } from '../../functions/config/lints/index.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import { builder } from '../support/builder.ts';
import { fates, policyFrom } from '../support/judge.ts';

/** What is found, as `path: message`. */
function found(text: string): readonly string[] {
  const loaded = loadPolicy(text, { name: 'policy.yaml', inUseSources: ['list'] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.lint().map(({ path, message }) => `${path}: ${message}`);
}

const pathOf = (finding: string): string => finding.slice(0, finding.indexOf(':'));

const rules = (...lines: readonly string[]): string =>
  `version: 1\nrules:\n${lines.map((line) => `  - ${line}`).join('\n')}\n`;

/** `keep` may be followed by other keys. */
const rule = (name: string, select: string, keep: string): string =>
  `{ name: ${name}, select: { ${select} }, keep: ${keep} }`;

const all = "projects: ['**'], tags: ['**']";
const ci = "projects: [team], tags: ['ci-*']";

const open = 'protect: { tags: [], labels: [], minimumAge: 1h, keepAtLeast: 0 }\n';

/** The rules without one of them, which the others then no longer name, either. */
const without = (position: number, lines: readonly string[]): readonly string[] => {
  const [, name = ''] = /name: (\w+)/.exec(lines[position] ?? '') ?? [];
  return lines
    .filter((_, index) => index !== position)
    .map((line) => line.replace(`insteadOf: [${name}]`, 'insteadOf: []'));
};

describe('a rule without effect', () => {
  const wide = (keep: string) => rule('wide', all, keep);

  test.each([
    ['the same term', wide('{ pushedWithin: 30d }'), rule('ci', ci, '{ pushedWithin: 30d }')],
    ['a shorter term', wide('{ pushedWithin: 90d }'), rule('ci', ci, '{ pushedWithin: 2w }')],
    ['no keep', wide('{ pushedWithin: 90d }'), rule('ci', ci, 'none')],
    [
      'a push where a pull counts as long',
      wide('{ pulledWithin: 90d }'),
      rule('ci', ci, '{ pushedWithin: 30d }'),
    ],
    [
      'the same count over the same artifacts',
      rule('wide', ci, '{ mostRecentlyPushed: 5 }'),
      rule('ci', ci, '{ mostRecentlyPushed: 3 }'),
    ],
    [
      'what the wide rule excludes is not there',
      wide('{ pushedWithin: 90d }').replace(
        "tags: ['**']",
        "tags: ['**'], exclude: { tags: ['v*'] }",
      ),
      rule('ci', ci, '{ pushedWithin: 30d }'),
    ],
    [
      'an expression within a glob',
      wide('{ pushedWithin: 90d }').replace("tags: ['**']", "tags: ['ci-*']"),
      rule('ci', "projects: [team], tags: ['/ci-[0-9]+/']", '{ pushedWithin: 30d }'),
    ],
  ])('with %s', (_, first, second) => {
    expect(found(rules(first, second))).toEqual([
      'rules[1]: rule ci has no effect: rule wide selects all that it selects, and keeps it at least as long',
    ]);
  });

  test.each([
    ['a longer term', wide('{ pushedWithin: 30d }'), rule('ci', ci, '{ pushedWithin: 90d }')],
    [
      'a term that stands instead of the wide one',
      wide('{ pushedWithin: 90d }'),
      rule('ci', ci, '{ pushedWithin: 30d }, insteadOf: [wide]'),
    ],
    [
      'a count, which may be of others in the wide rule',
      wide('{ mostRecentlyPushed: 50 }'),
      rule('ci', ci, '{ mostRecentlyPushed: 3 }'),
    ],
    [
      'another way to count',
      rule('wide', ci, '{ mostRecentlyPushed: 5 }'),
      rule('ci', ci, '{ mostRecentlyPulled: 3 }'),
    ],
    [
      'a name that the wide rule excludes',
      wide('{ pushedWithin: 90d }').replace(
        "tags: ['**']",
        "tags: ['**'], exclude: { tags: ['ci-1'] }",
      ),
      rule('ci', ci, '{ pushedWithin: 30d }'),
    ],
    [
      'another project',
      wide('{ pushedWithin: 90d }').replace("['**'], tags", '[other], tags'),
      rule('ci', ci, '{ pushedWithin: 30d }'),
    ],
    [
      'a wide rule on versions only',
      wide('{ highestVersions: { count: 3, per: minor }, pushedWithin: 90d }'),
      rule('ci', ci, '{ pushedWithin: 30d }'),
    ],
    [
      'a wide rule on one label only',
      wide('{ pushedWithin: 90d }').replace('select: {', 'select: { labels: { any: [old] },'),
      rule('ci', ci, '{ pushedWithin: 30d }'),
    ],
    [
      'untagged artifacts',
      wide('{ pushedWithin: 90d }'),
      rule('ci', 'projects: [team], untagged: true', '{ untaggedWithin: 7d }'),
    ],
    [
      'a wide rule that may remove single tags',
      wide('{ pushedWithin: 90d }, untag: true'),
      rule('ci', ci, '{ pushedWithin: 30d }'),
    ],
    [
      'groups',
      rule('wide', ci, '{ mostRecentlyPushed: 5 }'),
      rule('ci', ci, "{ mostRecentlyPushed: 3, groupBy: '/(ci)-.*/' }"),
    ],
  ])('is none with %s', (_, first, second) => {
    expect(found(rules(first, second))).toEqual([]);
  });

  const asks = (select: string) => rule('r', `${all}, ${select}`, 'none');
  const counted = (name: string, count: number) =>
    rule(name, all, `{ mostRecentlyPushed: ${count} }`);

  test.each([
    [
      'artifact types, which keeps what shows none',
      [wide('{ pushedWithin: 30d }'), asks("artifactTypes: ['application/x']")],
      builder().push('main', { artifactType: 'unknown' }),
    ],
    [
      'excluded artifact types',
      [wide('{ pushedWithin: 30d }'), asks("exclude: { artifactTypes: ['application/x'] }")],
      builder().push('main', { artifactType: 'unknown' }),
    ],
    [
      'media types',
      [wide('{ pushedWithin: 30d }'), asks("mediaTypes: ['application/x']")],
      builder().push('main', { configType: 'unknown' }),
    ],
    [
      'labels, where what shows none takes no place in the count of the wide rule',
      [wide('{ mostRecentlyPushed: 1 }'), asks('labels: { any: [old] }')],
      builder().push('main', { daysAgo: 60 }).push('next', { daysAgo: 40, labels: 'unknown' }),
    ],
    [
      'orphaned signatures by their literal name, which the wide rule may not delete',
      [wide('{ pushedWithin: 30d }'), rule('r', "projects: ['**'], tags: ['sha256-*']", 'none')],
      builder().attest('main', 'gone'),
    ],
    [
      'a count over fewer artifacts, as another rule stands instead of it for some',
      [
        counted('wide', 2),
        counted('r', 1),
        rule('ci', "projects: ['**'], tags: ['ci-*']", 'none, insteadOf: [r]'),
      ],
      builder().push('main', { daysAgo: 60 }).push('ci-1', { daysAgo: 40 }).push('ci-2', {
        daysAgo: 40,
      }),
    ],
  ])('is none with %s', (_, lines, built) => {
    expect(found(rules(...lines))).toEqual([]);
    const [whole, rest] = [lines, without(1, lines)].map((some) =>
      fates(built.repository(), policyFrom(rules(...some) + open)),
    );
    expect(whole).not.toEqual(rest);
  });

  test('of two equal rules the later one is named', () => {
    expect(
      found(rules(rule('a', ci, '{ pushedWithin: 30d }'), rule('b', ci, '{ pushedWithin: 30d }'))),
    ).toEqual([
      'rules[1]: rule b has no effect: rule a selects all that it selects, and keeps it at least as long',
    ]);
  });

  test('a pattern that is too large is compared by a sample, and that is said', () => {
    const large = `projects: [team], tags: ['/(?:ci-${'a?'.repeat(3_000)})?.*/']`;
    const [finding] = found(
      rules(rule('wide', large, '{ pushedWithin: 90d }'), rule('ci', ci, '{ pushedWithin: 30d }')),
    );
    expect(finding).toContain('by a sample of names');
  });
});

test.each([
  [
    'tags',
    "projects: [team], tags: ['ci-*'], exclude: { tags: ['*'] }",
    'rules[0].select.exclude.tags',
  ],
  [
    'repositories',
    "projects: [team], repositories: ['a/*'], tags: ['**'], exclude: { repositories: ['a/**'] }",
    'rules[0].select.exclude.repositories',
  ],
  [
    'projects',
    "projects: [team, shop], tags: ['**'], exclude: { projects: ['/team|shop/'] }",
    'rules[0].select.exclude.projects',
  ],
])('a selection that its own excludes empty: %s', (key, selecting, path) => {
  expect(found(rules(rule('r', selecting, 'none')))).toEqual([
    `${path}: leaves nothing: it takes out every name that select.${key} takes, so that this rule never deletes anything`,
  ]);
  const partly = selecting
    .replace("['*']", "['ci-1']")
    .replace("['a/**']", "['a/b']")
    .replace('team|shop', 'team');
  expect(found(rules(rule('r', partly, 'none')))).toEqual([]);
});

describe('a condition that keeps nothing more', () => {
  test.each([
    [
      '{ pushedWithin: 14d, pulledWithin: 2w }',
      [
        'rules[0].keep.pushedWithin: keeps nothing more: pulledWithin is at least as long, and counts a push like a pull',
      ],
    ],
    ['{ pushedWithin: 15d, pulledWithin: 2w }', []],
    [
      '{ all: { pushedWithin: 10d, mostRecentlyPushed: 3 }, pushedWithin: 30d }',
      [
        'rules[0].keep.all: keeps nothing more: one of its conditions also stands beside it, where it keeps by itself',
      ],
    ],
    ['{ all: { pushedWithin: 60d, mostRecentlyPushed: 3 }, pushedWithin: 30d }', []],
    // `highestVersions` makes it a rule on versions: without it, the rule speaks of every tag.
    ['{ all: { highestVersions: { count: 3 }, pushedWithin: 30d }, pushedWithin: 30d }', []],
    [
      '{ all: { highestVersions: { count: 3 }, pushedWithin: 30d }, highestVersions: { count: 3, prereleases: true }, pushedWithin: 30d }',
      [],
    ],
    [
      '{ all: { highestVersions: { count: 3 }, pushedWithin: 30d }, highestVersions: { count: 3 } }',
      [
        'rules[0].keep.all: keeps nothing more: one of its conditions also stands beside it, where it keeps by itself',
      ],
    ],
    [
      '{ all: { pushedWithin: 60d, mostRecentlyPushed: 3 }, mostRecentlyPushed: 5 }',
      [
        'rules[0].keep.all: keeps nothing more: one of its conditions also stands beside it, where it keeps by itself',
      ],
    ],
  ])('%s', (keeping, expected) => {
    expect(found(rules(rule('r', all, keeping)))).toEqual(expected);
  });
});

describe('insteadOf of what does not overlap', () => {
  test.each([
    ['projects', "projects: [shop], tags: ['**']", 'project'],
    ['repositories', "projects: ['**'], repositories: ['x/**'], tags: ['**']", 'repository'],
    ['tags', "projects: ['**'], tags: ['v*']", 'tag'],
    ['untagged', "projects: ['**'], untagged: true", 'artifact'],
  ])('in %s', (_, selecting, what) => {
    const keeping = what === 'artifact' ? '{ untaggedWithin: 7d }' : 'none';
    const text = rules(
      rule('a', "projects: [team], repositories: ['y/*'], tags: ['ci-*']", 'none, insteadOf: [b]'),
      rule('b', selecting, keeping),
    );
    expect(found(text)).toEqual([
      `rules[0].insteadOf[0]: has no effect: no ${what} is selected by both this rule and b`,
    ]);
  });

  test('is none where both select a name, even one only', () => {
    const text = rules(
      rule('a', "projects: [team], tags: ['*-1']", 'none, insteadOf: [b]'),
      rule('b', "projects: ['t*'], tags: ['ci-?']", 'none'),
    );
    expect(found(text)).toEqual([]);
  });
});

test('canaries and protected repositories that no rule selects are named', () => {
  const text = `${rules(rule('r', "projects: ['team-*'], repositories: ['apps/**'], tags: ['ci-*'], exclude: { repositories: ['apps/old'] }", 'none'))}
protect: { repositories: ['team-a/apps/*', 'team-a/base/**', 'shop/**'] }
canaries: { mustStay: ['team-a/apps/web:latest', 'team-a/apps/old:latest', 'shop/web:latest'] }
`;
  expect(found(text)).toEqual([
    'protect.repositories[1]: protects nothing: no rule selects a repository with such a name',
    'protect.repositories[2]: protects nothing: no rule selects a repository with such a name',
    'canaries.mustStay[1]: is checked only for being there: no rule selects the repository team-a/apps/old, so that none can delete it',
    'canaries.mustStay[2]: is checked only for being there: no rule selects the repository shop/web, so that none can delete it',
  ]);
  const paths = (more: string) => found(`${text}repositories: ${more}\n`).map(pathOf);
  const canaries = ['canaries.mustStay[1]', 'canaries.mustStay[2]'];
  // Empty repositories go whether or not a rule selects them, but not what is protected; and none holds a canary.
  expect(paths('{ removeEmpty: { olderThan: 30d } }')).toEqual(canaries);
  // A list that a person approved may name any repository.
  const measure = '{ base: 1, factors: [] }';
  expect(
    paths(
      `{ ranking: { update_time: ${measure}, pull_count: ${measure}, tags_count: ${measure} } }`,
    ),
  ).toEqual([]);
});

test('every lint finds something in one of these tests', () => {
  expect(lints.map(({ name }) => name)).toEqual([
    'emptySelection',
    'withoutEffect',
    'superfluousKeep',
    'disjointReplacement',
    'unseenByRules',
    'alwaysOverLimit',
  ]);
});

describe('a limit that refuses every plan of past nights', () => {
  const text = `version: 1
rules:
  - ${rule('ci', ci, '{ pushedWithin: 30d }')}
limits:
  maxDeletions: 500
  maxBytes: 500GB
`;
  const loaded = loadPolicy(text, { name: 'policy.yaml', inUseSources: [] });
  if (!loaded.ok) throw new Error('the policy is good');
  const { limits } = loaded.policy;
  const needed = {
    maxDeletions: 812,
    maxDeletionsPercent: 30,
    maxDeletionsPercentPerRepository: 95,
    maxBytes: 512_000_000_001,
  };
  const night = (runId: string, rails: readonly string[], more: Partial<typeof needed> = {}) => ({
    runId,
    rails,
    needed: { ...needed, ...more },
  });
  const linted = (...nights: readonly ReturnType<typeof night>[]) =>
    loaded
      .lint({ limits, nights })
      .map(({ path, line, message, allowed = '' }) => [path, line, message, allowed.split(' ')[0]]);

  test('is named with the least over it and the value that would have let that one through', () => {
    const rails = ['max-deletions', 'rule-drift'];
    const nights = [night('one', rails, { maxDeletions: 900 }), night('two', rails)];
    expect(linted(...nights)).toEqual([
      [
        'limits.maxDeletions',
        5,
        'refuses the plan of each of the last 2 nights: the least over it, two, has 312 deletions too many',
        '812',
      ],
    ]);
  });

  test.each([
    ['max-bytes', 6, 'limits.maxBytes', '12 GB', '513GB'],
    ['max-deletions-percent', 4, 'limits.maxDeletionsPercent', '10 percent', '30'],
    [
      'max-deletions-percent-per-repository',
      4,
      'limits.maxDeletionsPercentPerRepository',
      '5 percent',
      '95',
    ],
  ])('%s, in its own words', (rail, ...[line, path, over, value]) => {
    const message = `refuses the plan of the last night: the least over it, one, has ${over} too many`;
    expect(linted(night('one', [rail]))).toEqual([[path, line, message, value]]);
  });

  test('is none if one night passed it, if another rail refused, or if nobody looked', () => {
    expect(linted(night('one', ['max-deletions']), night('two', []))).toEqual([]);
    expect(linted(night('one', ['rule-drift']), night('two', ['canaries']))).toEqual([]);
    expect(linted()).toEqual([]);
    expect(loaded.lint()).toEqual([]);
  });
});
