import { describe, expect, test } from '@jest/globals';
import { highestVersions } from '../../../functions/rules/keep/highest-versions.ts';
import { bind, member, moment, said } from './pool.ts';

const tagged = (...tags: readonly string[]) =>
  Object.fromEntries(tags.map((tag) => [tag, { tags: [tag] }]));

test('1.10.0 ranks above 1.9.9', () => {
  expect(said(bind(highestVersions, { count: 1 }), tagged('1.9.9', '1.10.0', 'v1.2'))).toEqual({
    '1.9.9': 'lets-go',
    '1.10.0': 'keeps',
    'v1.2': 'lets-go',
  });
});

test('per minor, the highest patch of each minor is kept', () => {
  const versions = tagged('1.1.0', '1.1.1', '1.2.0', '2.0.0', '2.0.1');
  expect(said(bind(highestVersions, { count: 1, per: 'minor' }), versions)).toEqual({
    '1.1.0': 'lets-go',
    '1.1.1': 'keeps',
    '1.2.0': 'keeps',
    '2.0.0': 'lets-go',
    '2.0.1': 'keeps',
  });
});

test('per major, the two highest of each major are kept', () => {
  const versions = tagged('1.1.0', '1.2.0', '1.3.0', '2.0.0');
  expect(said(bind(highestVersions, { count: 2, per: 'major' }), versions)).toEqual({
    '1.1.0': 'lets-go',
    '1.2.0': 'keeps',
    '1.3.0': 'keeps',
    '2.0.0': 'keeps',
  });
});

test('what is no version is not governed, and takes up no place', () => {
  expect(said(bind(highestVersions, { count: 1 }), tagged('latest', '1.0.0', '8675309'))).toEqual({
    latest: 'not-governed',
    '1.0.0': 'keeps',
    '8675309': 'not-governed',
  });
});

test('prereleases are left alone, unless they are asked for', () => {
  const versions = tagged('1.0.0', '1.1.0-rc.1', '1.1.0-rc.2');
  expect(said(bind(highestVersions, { count: 1 }), versions)).toEqual({
    '1.0.0': 'keeps',
    '1.1.0-rc.1': 'not-governed',
    '1.1.0-rc.2': 'not-governed',
  });
  expect(said(bind(highestVersions, { count: 1, prereleases: true }), versions)).toEqual({
    '1.0.0': 'lets-go',
    '1.1.0-rc.1': 'lets-go',
    '1.1.0-rc.2': 'keeps',
  });
});

test('an artifact counts once and is kept for its highest version', () => {
  const members = {
    a: { tags: ['3.0.0', '2.9.0', 'latest'] },
    b: { tags: ['2.5.0', '1.0.0'] },
    c: { tags: ['2.0.0'] },
  };
  expect(said(bind(highestVersions, { count: 2 }), members)).toEqual({
    a: 'keeps',
    b: 'keeps',
    c: 'lets-go',
  });
});

test('equal versions rank by push time, and those of one instant by digest', () => {
  const one = { tags: ['v1.0.0'], digest: 'sha256:b' };
  const other = { tags: ['1.0_b2'], digest: 'sha256:a' };
  const newest = (a: number, b: number) =>
    said(bind(highestVersions, { count: 1 }), {
      a: { ...one, pushed: a },
      b: { ...other, pushed: b },
    });
  expect(newest(9, 10)).toEqual({ a: 'keeps', b: 'lets-go' });
  expect(newest(11, 10)).toEqual({ a: 'lets-go', b: 'keeps' });
  expect(newest(10, 10)).toEqual({ a: 'lets-go', b: 'keeps' });
});

test('one of unknown push time is kept, and takes up no place', () => {
  const members = { a: { tags: ['1.0.0'], pushed: 'unknown' as const }, b: { tags: ['0.9.0'] } };
  expect(said(bind(highestVersions, { count: 1 }), members)).toEqual({ a: 'unknown', b: 'keeps' });
});

describe('a pattern', () => {
  const pattern = '/^(?<version>[0-9.]+)(-(?<group>.+))?$/';
  test('takes the version out, and counts variants apart', () => {
    const versions = tagged('1.27.2', '1.27.3', '1.27.2-alpine', '1.27.3-alpine', '1.9-slim');
    expect(said(bind(highestVersions, { count: 1, pattern }), versions)).toEqual({
      '1.27.2': 'lets-go',
      '1.27.3': 'keeps',
      '1.27.2-alpine': 'lets-go',
      '1.27.3-alpine': 'keeps',
      '1.9-slim': 'keeps',
    });
  });

  test('finds a version wherever it stands', () => {
    const written = { count: 1, pattern: '/^release-(?<version>.+)-g[0-9a-f]{7}$/' };
    const versions = tagged('release-1.9.9-gabcdef1', 'release-1.10.0-g1234567');
    expect(said(bind(highestVersions, written), versions)).toEqual({
      'release-1.9.9-gabcdef1': 'lets-go',
      'release-1.10.0-g1234567': 'keeps',
    });
  });

  test('leaves alone what it does not match, and what it takes out that is no version', () => {
    const { doesNotGovern } = bind(highestVersions, { count: 1, pattern });
    expect(doesNotGovern?.('latest')).toContain('takes no version out of it');
    expect(doesNotGovern?.('1..2-alpine')).toContain('"1..2", is not a version');
    expect(doesNotGovern?.('1.27.3-alpine')).toBeUndefined();
  });

  test.each([
    ['[0-9.]+', 'between slashes'],
    ['/^([0-9.]+)$/', 'no capture named version'],
    ['/^(?<group>.+)$/', 'no capture named version'],
    ['/^(?<version>.+$/', 'missing closing )'],
  ])('%s is refused', (text, because) => {
    const read = highestVersions.schema.safeParse({ count: 1, pattern: text });
    expect(JSON.stringify(read.error?.issues)).toContain(because);
  });
});

test('groups and variants of like names are different release lines', () => {
  const findings = bind(highestVersions, {
    count: 1,
    pattern: '/^(?<version>[0-9.]+)(-(?<group>.+))?$/',
  }).judge(
    [member('a', { tags: [['1.0.0-x', '']] }), member('b', { tags: [['0.9.0', 'x']] })],
    moment,
  );
  expect(findings.map(({ says }) => says)).toEqual(['keeps', 'keeps']);
});

test('the group of groupBy and the release line both divide', () => {
  const findings = bind(highestVersions, { count: 1, per: 'minor' }).judge(
    [
      member('a', { tags: [['1.1.1', 'edge']] }),
      member('b', { tags: [['1.1.0', 'core']] }),
      member('c', { tags: [['1.1.0', 'edge']] }),
    ],
    moment,
  );
  expect(findings).toEqual([
    { says: 'keeps', margin: { kind: 'rank', by: 'version', rank: 1, of: 1, group: 'edge 1.1' } },
    { says: 'keeps', margin: { kind: 'rank', by: 'version', rank: 1, of: 1, group: 'core 1.1' } },
    { says: 'lets-go', margin: { kind: 'rank', by: 'version', rank: 2, of: 1, group: 'edge 1.1' } },
  ]);
});

test('over all, the margin names no group', () => {
  const [finding] = bind(highestVersions, { count: 1 }).judge([member('1.0.0')], moment);
  expect(finding).toEqual({
    says: 'keeps',
    margin: { kind: 'rank', by: 'version', rank: 1, of: 1 },
  });
});

test('it says why a tag is not governed', () => {
  const condition = bind(highestVersions, { count: 1 });
  expect(condition.doesNotGovern?.('latest')).toBe('it is not a version');
  expect(condition.doesNotGovern?.('1.0.0-rc.1')).toContain('prerelease');
  expect(condition.doesNotGovern?.('1.0.0')).toBeUndefined();
  expect(
    bind(highestVersions, { count: 1, prereleases: true }).doesNotGovern?.('1.0.0-rc.1'),
  ).toBeUndefined();
});

test('an untagged artifact has no version', () => {
  const untagged = { ...member('a'), selected: [{ subject: null, group: '' }] };
  expect(bind(highestVersions, { count: 1 }).judge([untagged], moment)).toEqual([
    { says: 'not-governed' },
  ]);
});
