import { expect, test } from '@jest/globals';
import { loadPolicy, loadRanking } from '../../functions/config/load-policy.ts';
import { sha256Hex } from '../../functions/domain/hash.ts';
import { digestOf } from '../support/builder.ts';
import { policyFrom } from '../support/judge.ts';
import { fine } from './policy-sample.ts';

const day = 86_400_000;

test('what a policy leaves out has the defaults of the page', () => {
  const policy = policyFrom(fine);
  expect(policy).toMatchObject({
    hash: sha256Hex(fine),
    ruleNames: ['ci-builds'],
    needs: { pullTimes: false, untagged: false, untaggedMemory: false, subjects: false },
    limits: {
      maxDeletions: 500,
      maxDeletionsPercent: 20,
      maxDeletionsPercentPerRepository: 90,
      maxBytes: 500e9,
      onBreach: 'refuse',
    },
    keepAtLeast: 1,
    canaries: [],
    proxyCache: 'keep',
    digests: [],
    digestLists: [],
    inUse: [],
    acknowledgeHarborRetention: false,
    acknowledgeReplication: false,
    trash: { project: 'retention-trash', keepFor: 14 * day },
    garbageCollection: { mode: 'off', workers: 1 },
    repositories: {},
  });
  expect(policy.rules[0]).toMatchObject({ untag: false, insteadOf: [] });
  expect(policy.rules[0]?.select.inRepository('any/name')).toBe(true);
});

test('everything that the page shows can be written', () => {
  const policy = policyFrom(`version: 1
rules:
  - name: default
    select: { projects: ['**'], tags: ['**'] }
    keep: { pushedWithin: 90d }
  - name: ci-builds
    select:
      projects: ["team-*"]
      repositories: ["**"]
      tags: ["ci-*", "/^pr-\\\\d+$/"]
      exclude:
        projects: ["team-secret"]
        repositories: ["base/**"]
        tags: ["ci-golden"]
      types: [IMAGE]
      labels: { all: [], any: [], none: [] }
    keep:
      pushedWithin: 30d
      pulledWithin: 14d
      mostRecentlyPushed: 10
      mostRecentlyPulled: 5
      mostRecentlyActive: 5
      highestVersions: { count: 3, per: minor, prereleases: false }
      groupBy: "/^(?<group>.+)-\\\\d+$/"
    untag: false
    insteadOf: [default]
  - name: untagged
    select: { projects: ['**'], untagged: true }
    keep: { untaggedWithin: 7d }
  - name: nothing
    select: { projects: [scratch], tags: ['**'] }
    keep: none
protect:
  tags: ["latest"]
  labels: ["keep"]
  repositories: []
  digests: []
  minimumAge: 24h
  keepAtLeast: 0
  inUse: [{ source: list, file: in-use.txt }]
limits:
  maxDeletions: 0
  maxDeletionsPercent: unlimited
  maxDeletionsPercentPerRepository: 12.5
  maxBytes: 20GiB
  onBreach: oldestFirst
proxyCache: include
canaries: { mustStay: ['team/web:1.0'] }
acknowledgeHarborRetention: true
acknowledgeReplication: true
trash: off
garbageCollection: { mode: preview, workers: 2 }
repositories: { removeEmpty: { olderThan: 30d } }
`);
  expect(policy.ruleNames).toEqual(['default', 'ci-builds', 'untagged', 'nothing']);
  expect(policy.needs).toEqual({
    pullTimes: true,
    pullsWithin: expect.any(Function),
    untagged: true,
    untaggedMemory: true,
    subjects: false,
    labels: ['keep'],
  });
  expect(policy.rules[1]?.keep.map(({ key }) => key)).toEqual([
    'pushedWithin',
    'pulledWithin',
    'mostRecentlyPushed',
    'mostRecentlyPulled',
    'mostRecentlyActive',
    'highestVersions',
  ]);
  expect(policy.rules[3]?.keep).toEqual([]);
  expect(policy.inUse).toEqual([{ kind: 'list', mirrors: {}, options: { file: 'in-use.txt' } }]);
  expect(policy).toMatchObject({
    keepAtLeast: 0,
    limits: {
      maxDeletions: 0,
      maxDeletionsPercent: 'unlimited',
      maxDeletionsPercentPerRepository: 12.5,
      maxBytes: 20 * 2 ** 30,
      onBreach: 'oldestFirst',
    },
    canaries: ['team/web:1.0'],
    trash: 'off',
    garbageCollection: { mode: 'preview', workers: 2 },
    repositories: { removeEmpty: { olderThan: 30 * day } },
  });
});

test('a policy in JSON is the same policy', () => {
  const json = JSON.stringify({
    version: 1,
    rules: [
      { name: 'a', select: { projects: ['**'], tags: ['**'] }, keep: { pushedWithin: '1d' } },
    ],
  });
  expect(policyFrom(json).ruleNames).toEqual(['a']);
});

test('anchors and aliases may be used', () => {
  const text = `version: 1
rules:
  - &first
    name: a
    select: &all { projects: ['**'], tags: ['**'] }
    keep: { pushedWithin: 1d }
  - name: b
    select: *all
    keep: { pushedWithin: 2d }
`;
  expect(policyFrom(text).ruleNames).toEqual(['a', 'b']);
});

test('the scope is what the project patterns of some rule select', () => {
  const policy = policyFrom(`version: 1
rules:
  - name: a
    select: { projects: ['team-*'], tags: ['**'], exclude: { projects: [team-x] } }
    keep: none
`);
  expect(['team-a', 'team-x', 'other'].map(policy.inScope)).toEqual([true, false, false]);
});

test('the digests of a policy reach the run', () => {
  const policy = policyFrom(`${fine}protect: { digests: ['${digestOf('a')}'] }\n`);
  expect(policy.digests).toEqual([digestOf('a')]);
  const listed = policyFrom(`${fine}protect: { digests: { s3: 's3://bucket/keep.txt' } }\n`);
  expect(listed.digestLists).toEqual([{ kind: 's3', bucket: 'bucket', key: 'keep.txt' }]);
});

test('always-on protections come first, then those of the policy, and the youngest age last', () => {
  expect(policyFrom(fine).protections.map(({ key }) => key)).toEqual([
    'trashProject',
    'proxyCache',
    'immutableTags',
    'orphanedAccessory',
    'repositories',
    'digests',
    'inUse',
    'labels',
    'tags',
    'minimumAge',
  ]);
});

const ranking = `## Retention Policy
---
update_time:
  base: 0.5
  factors:
  - weight: 1.0
    range:
      low: 0
      high: 7
pull_count:
  base: 0.3
  factors: []
tags_count:
  base: 0.1
  factors: []
`;

test("harbor-go-client's rp.yaml is read as it is", () => {
  const loaded = loadRanking(ranking, 'rp.yaml');
  expect(loaded).toMatchObject({
    ok: true,
    ranking: {
      update_time: { base: 0.5, factors: [{ weight: 1, range: { low: 0, high: 7 } }] },
      pull_count: { base: 0.3, factors: [] },
    },
  });
});

test('a mistake in a ranking has its place', () => {
  const loaded = loadRanking(ranking.replace('weight: 1.0', 'wieght: 1.0'), 'rp.yaml');
  expect(
    loaded.ok ? [] : loaded.problems.map(({ line, path, message }) => [line, path, message]),
  ).toEqual([[6, 'update_time.factors[0].wieght', 'is not a known key']]);
  expect(loadRanking('a: [', 'rp.yaml').ok).toBe(false);
});

test('the ranking in a policy is the same', () => {
  const text = `${fine}repositories:\n  ranking:\n${ranking
    .split('\n')
    .slice(2)
    .map((line) => `    ${line}`)
    .join('\n')}`;
  expect(policyFrom(text).repositories.ranking?.tags_count.base).toBe(0.1);
});

test('a refusal always has a problem', () => {
  const loaded = loadPolicy('- 1\n', { name: 'x', inUseSources: [] });
  expect(loaded.ok).toBe(false);
});
