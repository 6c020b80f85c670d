import { describe, expect, test } from '@jest/globals';
import { tryTags } from '../../functions/rules/try-tags.ts';
import { policyFrom, ruleOn } from '../support/judge.ts';

/** What one rule makes of these tags. */
function tried(keep: string, tags: readonly string[]) {
  const [first, ...others] = tryTags(ruleOn(keep).rules, tags);
  if (first === undefined || others.length > 0) throw new Error('not one rule');
  return first;
}

const saying = (keep: string, tags: readonly string[]) =>
  Object.fromEntries(tried(keep, tags).tags.map(({ tag, says }) => [tag, says]));

test('each rule on tags speaks for itself, and one on untagged artifacts says nothing', () => {
  const { rules } = policyFrom(`version: 1
rules:
  - { name: dev, select: { projects: [team], tags: ['dev-*'] }, keep: none }
  - { name: gone, select: { projects: [team], untagged: true }, keep: { untaggedWithin: 3d } }
  - { name: all, select: { projects: [other], tags: ['**'] }, keep: { mostRecentlyPushed: 3 } }
protect: { tags: [], keepAtLeast: 0 }`);
  expect(tryTags(rules, ['dev-1', 'v1'])).toEqual([
    {
      rule: 'dev',
      tags: [
        { tag: 'dev-1', says: 'selected' },
        { tag: 'v1', says: 'not-selected' },
      ],
      lines: [],
    },
    {
      rule: 'all',
      tags: [
        { tag: 'dev-1', says: 'selected' },
        { tag: 'v1', says: 'selected' },
      ],
      lines: [],
    },
  ]);
});

test('a tag that is named twice is tried once, in the order of the names', () => {
  const { tags, lines } = tried('{ highestVersions: { count: 5 } }', ['2.0', '1.0', '2.0']);
  expect(tags.map(({ tag }) => tag)).toEqual(['2.0', '1.0']);
  expect(lines).toEqual([{ line: '', tags: ['2.0', '1.0'] }]);
});

describe('a rule on versions leaves alone', () => {
  const versions = '{ highestVersions: { count: 3 } }';
  test.each([
    ['alone', versions],
    ['beside another condition', '{ pushedWithin: 3d, highestVersions: { count: 3 } }'],
    ['inside all', '{ all: { pushedWithin: 3d, highestVersions: { count: 3 } } }'],
  ])('what is no version: %s', (_, keep) => {
    expect(saying(keep, ['1.2.3', 'latest', '2.0.0-rc.1'])).toEqual({
      '1.2.3': 'selected',
      latest: 'not-a-version',
      '2.0.0-rc.1': 'not-a-version',
    });
    expect(tried(keep, ['1.2.3', '1.10.0', 'latest']).lines).toEqual([
      { line: '', tags: ['1.10.0', '1.2.3'] },
    ]);
  });

  test('and says why, but only there', () => {
    const { tags } = tried(versions, ['1.2.3', 'latest', '2.0.0-rc.1']);
    expect(tags.map(({ because }) => because)).toEqual([
      undefined,
      expect.stringContaining('not a version'),
      expect.stringContaining('prerelease'),
    ]);
  });

  test('what it does not select is no question of versions', () => {
    const { rules } = policyFrom(`version: 1
rules:
  - { name: v, select: { projects: ['**'], tags: ['v*'] }, keep: { highestVersions: { count: 1 } } }
protect: { tags: [], keepAtLeast: 0 }`);
    expect(tryTags(rules, ['latest', '1.0.0', 'v1.0.0'])).toMatchObject([
      {
        tags: [
          { tag: 'latest', says: 'not-selected' },
          { tag: '1.0.0', says: 'not-selected' },
          { tag: 'v1.0.0', says: 'selected' },
        ],
        lines: [{ line: '', tags: ['v1.0.0'] }],
      },
    ]);
  });
});

describe('release lines, the highest first', () => {
  const tags = ['1.2.0', '2.0.0', '1.10.0', 'latest', '2.1.0', '1.2.1'];
  test.each<readonly [string, string, readonly (readonly string[])[]]>([
    ['all together', 'all', [['2.1.0', '2.0.0', '1.10.0', '1.2.1', '1.2.0']]],
    [
      'per major',
      'major',
      [
        ['1.10.0', '1.2.1', '1.2.0'],
        ['2.1.0', '2.0.0'],
      ],
    ],
    ['per minor', 'minor', [['1.2.1', '1.2.0'], ['2.0.0'], ['1.10.0'], ['2.1.0']]],
  ])('%s', (_, per, expected) => {
    const { lines } = tried(`{ highestVersions: { count: 1, per: ${per} } }`, tags);
    expect(lines.map((line) => line.tags)).toEqual(expected);
    expect(new Set(lines.map(({ line }) => line)).size).toBe(expected.length);
  });

  test('versions of equal precedence are ordered, whatever order they are named in', () => {
    const equal = ['v1.0.0', '1.0.0', '1.0.0+build'];
    const one = tried('{ highestVersions: { count: 1 } }', equal).lines;
    expect(one[0]?.tags).toEqual(['1.0.0', '1.0.0+build', 'v1.0.0']);
    expect(tried('{ highestVersions: { count: 1 } }', equal.toReversed()).lines).toEqual(one);
  });

  test('groups are lines of their own', () => {
    const { lines } = tried(
      `highestVersions: { count: 1, pattern: '/^([a-z]+-)?(?<version>[0-9.]+)$/' }
groupBy: '/^(?<group>[a-z]+)-.+$/'`,
      ['api-1.0', 'web-1.0', 'api-2.0', '3.0'],
    );
    expect(lines).toEqual([
      { line: 'api', tags: ['api-2.0', 'api-1.0'] },
      { line: 'web', tags: ['web-1.0'] },
      { line: '3.0', tags: ['3.0'] },
    ]);
  });

  test('a rule that does not count versions has none', () => {
    expect(tried('{ mostRecentlyPushed: 1 }', ['1.0.0', '2.0.0']).lines).toEqual([]);
    expect(tried('{ highestVersions: { count: 1 } }', ['latest']).lines).toEqual([]);
  });
});
