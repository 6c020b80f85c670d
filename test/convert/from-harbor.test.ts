import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { policyFromHarbor } from '../../functions/convert/from-harbor.ts';
import { policyText } from '../../functions/convert/policy-draft.ts';
import { type ProjectRetention, retentionPolicy } from '../../functions/convert/retention-rules.ts';
import type { ArtifactRow, RepositoryRow } from '../sandbox/harbor/rows.ts';
import {
  judge as harborJudges,
  type RetentionCandidate,
} from '../sandbox/harbor/retention/evaluate.ts';
import type { RetentionRule } from '../sandbox/harbor/retention/policy.ts';
import { builder, now } from '../support/builder.ts';
import { fates, judge, policyFrom } from '../support/judge.ts';

const onAll = [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }];

interface Wanted {
  readonly tags?: string;
  readonly excludes?: string;
  readonly extras?: string;
  readonly repositories?: { readonly decoration: string; readonly pattern: string }[];
  readonly params?: Readonly<Record<string, unknown>>;
  readonly disabled?: boolean;
}

/** A rule as Harbor's API shows it. */
function rule(template: string, value: unknown, wanted: Wanted = {}): RetentionRule {
  const { tags = '**', excludes, extras, repositories, disabled = false } = wanted;
  const decoration = excludes === undefined ? 'matches' : 'excludes';
  const pattern = excludes ?? tags;
  return {
    action: 'retain',
    template,
    disabled,
    params: wanted.params ?? (template === 'always' ? {} : { [template]: value }),
    tag_selectors: [
      { kind: 'doublestar', decoration, pattern, ...(extras === undefined ? {} : { extras }) },
    ],
    scope_selectors: {
      repository: repositories?.map((one) => ({ kind: 'doublestar', ...one })) ?? onAll,
    },
  };
}

const retentionOf = (project: string, rules: readonly unknown[]): ProjectRetention => ({
  project,
  rules: retentionPolicy.parse({ rules }).rules ?? [],
});

const convert = (...retentions: readonly ProjectRetention[]) =>
  policyFromHarbor(retentions, 'Harbor’s own retention');

const textOf = (...rules: readonly unknown[]): string =>
  policyText(convert(retentionOf('team', rules)));

/** The text without its comments. */
const bare = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n');

describe('one rule', () => {
  test('becomes a rule on tags and one on untagged artifacts, and what is left is rules of its own', () => {
    const text = textOf(rule('latestPushedK', 10, { tags: 'release-*' }));
    expect(bare(text)).toBe(`version: 1

rules:
  - name: '10-newest-of-release-team'
    select:
      projects: ['team']
      tags: ['release-*']
    keep:
      mostRecentlyPushed: 10

  - name: '10-newest-of-untagged-team'
    select:
      projects: ['team']
      untagged: true
    keep:
      mostRecentlyPushed: 10

  - name: 'rest-of-team'
    select:
      projects: ['team']
      tags: ['**']
    keep: none

  - name: 'rest-of-untagged-team'
    select:
      projects: ['team']
      untagged: true
    keep: none
`);
    expect(policyFrom(text).ruleNames).toHaveLength(4);
  });

  test.each([
    ['latestPulledN', 5, 'mostRecentlyPulled: 5'],
    ['latestActiveK', 5, 'mostRecentlyActive: 5'],
    ['nDaysSinceLastPush', 30, 'pushedWithin: 30d'],
    ['nDaysSinceLastPull', 14, 'pulledWithin: 14d'],
    ['lastXDays', 7, 'pushedWithin: 7d'],
    ['always', undefined, 'mostRecentlyPushed: 1000000'],
    // A text is no number to Harbor, which then takes its default without a word.
    ['latestPushedK', '3', 'mostRecentlyPushed: 10'],
    ['nDaysSinceLastPush', '3', 'pushedWithin: 30d'],
    ['latestPushedK', -1, 'mostRecentlyPushed: 10'],
    // What is of this very second stays in Harbor.
    ['nDaysSinceLastPush', 0, 'pushedWithin: 1d'],
    // More days than a duration may have keep all.
    ['nDaysSinceLastPush', 10_000, 'mostRecentlyPushed: 1000000'],
  ])('%s with %j keeps %s', (template, value, keep) => {
    const text = textOf(rule(template, value));
    expect(bare(text)).toContain(keep);
    policyFrom(text);
  });

  test('a count of 0 keeps nothing', () => {
    expect(bare(textOf(rule('latestPushedK', 0)))).not.toContain('mostRecently');
  });

  test.each([
    ['{"untagged":false}', { tags: 'v*' }, 1],
    ['{"untagged":true}', { tags: 'v*' }, 2],
    // Garbage counts as not said, which takes untagged ones along.
    ['garbage', { tags: 'v*' }, 2],
    // With `excludes` the flag says what is excluded.
    ['{"untagged":true}', { excludes: 'v*' }, 1],
    ['{"untagged":false}', { excludes: 'v*' }, 2],
  ])('extras %s with %j make %d rules that keep', (extras, wanted, count) => {
    const { rules } = convert(
      retentionOf('team', [rule('latestPushedK', 1, { ...wanted, extras })]),
    );
    expect(rules.filter(({ keep }) => keep !== 'none')).toHaveLength(count);
  });

  test('an excluding selector takes every tag but those', () => {
    const text = bare(textOf(rule('latestPushedK', 1, { excludes: '{a,b}' })));
    expect(text).toContain("tags: ['**']\n      exclude:\n        tags: ['{a,b}']");
  });

  test('repositories are carried over, and what is left is left only there', () => {
    const text = textOf(
      rule('latestPushedK', 1, {
        repositories: [
          { decoration: 'repoMatches', pattern: 'apps/**' },
          { decoration: 'repoExcludes', pattern: 'apps/legacy' },
        ],
      }),
    );
    const policy = policyFrom(text);
    const deletes = (name: string): number =>
      Object.values(
        fates(
          builder(name)
            .push('a', { daysAgo: 9 })
            .push('b', { daysAgo: 8 })
            .push('c', { daysAgo: 7 })
            .repository(),
          policy,
        ),
      ).filter((fate) => fate === 'delete').length;
    expect([
      deletes('team/apps/web'),
      deletes('team/apps/legacy'),
      deletes('team/web'),
      deletes('other/apps/web'),
    ]).toEqual([2, 0, 0, 0]);
  });
});

describe('what can’t be carried over', () => {
  test.each([
    [
      'an unknown template',
      { ...rule('latestPushedK', 1), template: 'nothing' },
      'template nothing is not known',
    ],
    [
      'a missing parameter',
      rule('latestPushedK', 1, { params: {} }),
      'parameter latestPushedK is missing',
    ],
    ['a bad pattern', rule('latestPushedK', 1, { tags: '{a' }), 'not well formed'],
    [
      'an expression, which Harbor does not have',
      rule('latestPushedK', 1, { tags: '/a/' }),
      'begins with a slash',
    ],
    [
      'two tag selectors',
      {
        ...rule('latestPushedK', 1),
        tag_selectors: [
          { decoration: 'matches', pattern: 'a' },
          { decoration: 'matches', pattern: 'b' },
        ],
      },
      'several tag selectors',
    ],
    [
      'a selector of another kind',
      { ...rule('latestPushedK', 1), tag_selectors: [{ decoration: 'nearly', pattern: 'a' }] },
      '"nearly" is not known',
    ],
  ])(
    '%s leaves the whole project out, because that rule might have kept what the others condemn',
    (_, bad, why) => {
      const { rules, notCarriedOver } = convert(
        retentionOf('team', [rule('latestPushedK', 3), bad]),
        retentionOf('other', [rule('latestPushedK', 3)]),
      );
      expect(rules.flatMap(({ select }) => select.projects)).not.toContain('team');
      expect(rules.flatMap(({ select }) => select.projects)).toContain('other');
      expect(notCarriedOver.join('\n')).toContain(`Project team as a whole`);
      expect(notCarriedOver.join('\n')).toContain(why);
    },
  );

  test('a rule without tag selectors drops out, and a disabled one is named', () => {
    const { rules, notCarriedOver } = convert(
      retentionOf('team', [
        { ...rule('always', undefined), tag_selectors: [] },
        rule('always', undefined, { disabled: true }),
      ]),
    );
    expect(rules).toEqual([]);
    expect(notCarriedOver.map((one) => one.slice(0, 34))).toEqual([
      'Rule 1 of project team (always): i',
      'Rule 2 of project team (always) is',
    ]);
  });

  test('no name from Harbor breaks out of a comment', () => {
    const draft = convert(
      retentionOf('team\nversion: 2', [rule('always', undefined, { disabled: true })]),
    );
    expect(bare(policyText(draft)).trim()).toBe('version: 1\n\nrules: []');
  });
});

test('equal rules of several projects become one, and every name is there once', () => {
  const same = [rule('latestPushedK', 3), rule('latestPushedK', 3, { tags: 'v*' })];
  const { rules } = convert(
    retentionOf('a', same),
    retentionOf('b', same),
    retentionOf('c', [rule('latestPushedK', 4)]),
  );
  expect(rules.find(({ name }) => name === '3-newest')?.select.projects).toEqual(['a', 'b']);
  expect(rules.find(({ name }) => name === 'rest-of')?.select.projects).toEqual(['a', 'b', 'c']);
  const names = rules.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  policyFrom(policyText(convert(retentionOf('a', same), retentionOf('b', same))));
});

const tag = fc.constantFrom('a', 'b', 'v1', 'v2', 'v3', 'latest-ci');

const artifacts = fc.uniqueArray(
  fc.record({
    daysAgo: fc.integer({ min: 2, max: 60 }),
    tags: fc.uniqueArray(tag, { maxLength: 2 }),
    pulled: fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
  }),
  { maxLength: 8, selector: ({ daysAgo }) => daysAgo },
);

const selectors = fc.record({
  pattern: fc.constantFrom('**', 'v*', '{a,b}', 'a', '', 'Z/'),
  isExcluding: fc.boolean(),
  extras: fc.constantFrom(undefined, '', '{"untagged":true}', '{"untagged":false}'),
});

const retentionRules = fc.array(
  fc
    .tuple(
      // Not latestPulledN, in which what was never pulled ranks otherwise here; a comment says so.
      fc.constantFrom(
        'latestPushedK',
        'latestActiveK',
        'nDaysSinceLastPush',
        'nDaysSinceLastPull',
        'lastXDays',
        'always',
      ),
      fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom('3', -2)),
      selectors,
      fc.boolean(),
    )
    .map(([template, value, { pattern, isExcluding, extras }, disabled]) =>
      rule(template, value, {
        disabled,
        ...(isExcluding ? { excludes: pattern } : { tags: pattern }),
        ...(extras === undefined ? {} : { extras }),
      }),
    ),
  { minLength: 1, maxLength: 4 },
);

test('what the converted policy deletes, Harbor would delete as well', () => {
  let deleted = 0;
  fc.assert(
    fc.property(retentionRules, artifacts, (rules, pushed) => {
      let built = builder('team/web');
      for (const { daysAgo, tags, pulled } of pushed)
        built = built.push(`at-${daysAgo}`, {
          tags: tags.filter(
            (name) => pushed.find((one) => one.tags.includes(name))?.daysAgo === daysAgo,
          ),
          daysAgo,
          // Half a day apart: artifacts of one second have no order in Harbor.
          ...(pulled === undefined || pulled >= daysAgo ? {} : { pulledDaysAgo: pulled + 0.5 }),
        });
      const facts = built.repository();
      const policy = policyFrom(
        `${policyText(convert(retentionOf('team', rules)))}\nprotect: { tags: [], labels: [], minimumAge: 1h, keepAtLeast: 0 }\n`,
      );
      const candidates = facts.artifacts.map((one) => candidateOf(one));
      const fate = harborJudges(
        rules.filter(({ disabled }) => disabled !== true),
        candidates,
        now,
      );
      const spared = new Set(
        candidates.filter((one) => fate.get(one) === 'RETAIN').map(({ row }) => row.digest),
      );
      const ours = judge(facts, policy, {})
        .verdicts.filter((one) => one.fate === 'delete')
        .map(({ artifact }) => artifact.digest);
      deleted += ours.length;
      expect(ours.filter((digest) => spared.has(digest))).toEqual([]);
    }),
    { numRuns: 400 },
  );
  // Otherwise a policy that keeps everything would pass.
  expect(deleted).toBeGreaterThan(30);
});

function candidateOf(
  artifact: ReturnType<ReturnType<typeof builder>['artifacts']>[number],
): RetentionCandidate {
  const tags = artifact.tags === 'unknown' ? [] : artifact.tags.map(({ name }) => name);
  const repository = { shortName: 'web' } as RepositoryRow;
  const row = {
    digest: artifact.digest,
    project: { name: 'team', immutableRules: [] },
    repository,
  } as unknown as ArtifactRow;
  const known = (time: number | 'unknown'): number => (time === 'unknown' ? 0 : time);
  return { row, tags, pushedAt: known(artifact.pushedAt), pulledAt: known(artifact.pulledAt) };
}
