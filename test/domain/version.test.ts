import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import compareBySemVer from 'semver/functions/compare.js';
import {
  compareVersions,
  lineOf,
  parseVersion,
  type Version,
} from '../../functions/domain/version.ts';

function versionOf(tag: string): Version {
  const version = parseVersion(tag);
  if (version === undefined) throw new Error(`${tag} is no version`);
  return version;
}

const order = (one: string, other: string): number =>
  Math.sign(compareVersions(versionOf(one), versionOf(other)));

/** How large public projects tag, each lowest first, in the order that their users mean. */
const schemes: Readonly<Record<string, readonly string[]>> = {
  'SemVer with v (Kubernetes)': [
    'v1.31.9',
    'v1.31.10',
    'v1.32.0-alpha.1',
    'v1.32.0-rc.0',
    'v1.32.0',
  ],
  'SemVer without v (Traefik, nginx)': ['1.27.9', '1.27.10', '1.28.0'],
  'calendar with leading zeros (Pi-hole)': [
    '2025.11.1',
    '2026.01.0',
    '2026.02.0',
    '2026.02.1',
    '2026.10.0',
  ],
  'calendar of year and month (Ubuntu)': ['20.04', '22.04', '24.04', '24.10'],
  'calendar of three, month padded (Home Assistant)': ['2024.9.3', '2024.10.0', '2024.12.5'],
  'calendar with time of day (MinIO-like, in dots)': [
    '2024.01.05.113022',
    '2024.01.05.220000',
    '2024.11.07.003000',
  ],
  'four numbers (Jellyfin plugins, .NET assemblies)': [
    '10.8.13.0',
    '10.9.0.0',
    '10.9.11.1',
    '10.10.0.0',
  ],
  'five numbers (Oracle Database)': ['19.3.0.0.0', '19.20.0.0.0', '21.3.0.0.0'],
  'two numbers (PostgreSQL)': ['9.6', '10.0', '16.9', '16.10', '17.1'],
  'one number (PostgreSQL majors, Fedora)': ['9', '39', '40', '100'],
  'mixed lengths (Alpine, Debian)': ['3', '3.9', '3.19.1', '3.20', '3.20.3'],
  'Helm, with _ for + (bitnami-like charts)': [
    '1.1.0',
    '1.2.0_abc123',
    '1.2.1_abc124',
    '1.2.2_abc125',
  ],
  'OCI charts with build metadata of Git': ['0.4.9', '0.4.10_4f2a9bc', '0.5.0_11ab9d0'],
  'release candidates after a dash': ['1.22-rc1', '1.22-rc2', '1.22.0', '1.22.1'],
  'numbered pre-releases (Keycloak, Quarkus)': ['3.0.0-Alpha1', '3.0.0-CR1', '3.0.0'],
  'milestones (Spring)': ['6.1.0-M1', '6.1.0-M2', '6.1.0-RC1', '6.1.0'],
  'nightlies by date as a pre-release (Rust-like)': [
    '1.80.0-nightly.20240601',
    '1.80.0-nightly.20240715',
    '1.80.0',
  ],
  'date as a build number (Grafana nightly-like)': [
    '11.1.0-153839',
    '11.1.0-154020',
    '11.1.0-1540201',
  ],
  'LTS with a revision (Jenkins)': ['2.462.3', '2.479', '2.479.1', '2.479.3'],
  'padded revisions (Nextcloud snapshots, Plex)': ['1.40.1.8227', '1.40.2.8395', '1.41.0.8930'],
  'pre-release identifiers padded with zeros': [
    '5.0.0-beta.01',
    '5.0.0-beta.02',
    '5.0.0-beta.10',
    '5.0.0',
  ],
  'an edition as a pre-release (GitLab)': ['17.1.0-ce.0', '17.1.1-ce.0', '17.10.0-ce.0'],
};

describe.each(Object.entries(schemes))('%s', (_, tags) => {
  test('orders as its users mean', () => {
    for (const [at, tag] of tags.entries()) {
      for (const later of tags.slice(at + 1)) {
        expect([tag, later, order(tag, later), order(later, tag)]).toEqual([tag, later, -1, 1]);
      }
    }
  });
});

test.each([
  ['1.2', '1.2.0'],
  ['v1', '1.0.0.0.0.0'],
  ['24.04', '24.4'],
  ['1.2.0_abc', '1.2.0_def'],
  ['1.2.0_abc', '1.2.0'],
  ['1.2.0-rc.1_abc', '1.2.0-rc.01'],
])('%s and %s are equal', (one, other) => {
  expect(order(one, other)).toBe(0);
});

test.each([
  'latest',
  '',
  'v',
  '1.2.x',
  '1..2',
  '.1',
  '1.',
  '1.2.3.4.5.6.7',
  'release-1.2.3',
  '20240105',
  'v20240105',
  '20240105-1',
  '8675309',
  '00012',
  '1.2.3-',
  '1.2.3_',
  '1.2.3-rc..1',
  '2024.10.0b0',
  'RELEASE.2024-01-05T22-17-24Z',
  'V1.2.3',
  '1.2.3 ',
  '1.2.3\n',
])('%j is no version', (tag) => {
  expect(parseVersion(tag)).toBeUndefined();
});

test('a number alone is a version up to four digits', () => {
  expect(parseVersion('2026')).toEqual({ numbers: ['2026'], prerelease: [] });
  expect(parseVersion('20260')).toBeUndefined();
});

test('a release line is named by numbers, not by how they are padded', () => {
  expect(lineOf(versionOf('2026.02.1'), 'minor')).toBe('2026.2');
  expect(lineOf(versionOf('2026.2.9'), 'minor')).toBe('2026.2');
  expect(lineOf(versionOf('v7'), 'minor')).toBe('7.0');
  expect(lineOf(versionOf('07.4'), 'major')).toBe('7');
});

const identifier = fc.oneof(
  fc.nat(99).map(String),
  fc.stringMatching(/^[a-zA-Z-][0-9a-zA-Z-]{0,3}$/),
);
const semVer = fc
  .tuple(
    fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)),
    fc.array(identifier, { maxLength: 3 }),
    fc.option(fc.stringMatching(/^[0-9a-z]{1,4}$/)),
  )
  .map(([numbers, prerelease, build]) =>
    [
      numbers.join('.'),
      prerelease.length === 0 ? '' : `-${prerelease.join('.')}`,
      build === null ? '' : `+${build}`,
    ].join(''),
  );

test('where a tag is SemVer 2, the order is SemVer’s', () => {
  fc.assert(
    fc.property(semVer, semVer, (one, other) => {
      expect(order(one, other)).toBe(compareBySemVer(one, other));
    }),
  );
});

const anyVersion = fc
  .tuple(
    fc.array(fc.stringMatching(/^0{0,2}[0-9]{1,3}$/), { minLength: 2, maxLength: 6 }),
    fc.array(identifier, { maxLength: 2 }),
  )
  .map(([numbers, prerelease]) =>
    [numbers.join('.'), ...(prerelease.length === 0 ? [] : [prerelease.join('.')])].join('-'),
  );

test('versions of any form are in one order', () => {
  fc.assert(
    fc.property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
      expect(order(a, b)).toBe(0 - order(b, a));
      if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0);
      if (order(a, b) === 0) expect(order(a, c)).toBe(order(b, c));
    }),
  );
});

test.each([
  ['a number before a word that begins with a larger digit', '1.0.0-20', '1.0.0-1a'],
  ['a number before a word with the same digits', '1.0.0-1', '1.0.0-1a'],
  ['fewer identifiers first', '1.0.0-rc', '1.0.0-rc.1'],
  ['a pre-release before its release', '1.0.0-rc.9', '1.0.0'],
])('orders of pre-releases: %s', (_, lower, higher) => {
  const [one, other] = [parseVersion(lower), parseVersion(higher)];
  if (one === undefined || other === undefined) throw new Error('no version');
  expect(compareVersions(one, other)).toBeLessThan(0);
  expect(compareVersions(other, one)).toBeGreaterThan(0);
});

test('zeros in front say nothing, however many', () => {
  expect(parseVersion('1.0007.000')?.numbers).toEqual(['1', '7', '0']);
});
