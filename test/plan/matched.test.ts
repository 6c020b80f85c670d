import { describe, expect, test } from '@jest/globals';
import { listedImages, readEntry } from '../../functions/domain/image-list.ts';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { matchedIn, nothingMatched, unmatchedOf } from '../../functions/plan/matched.ts';
import { builder, digestOf, headOf } from '../support/builder.ts';
import { policyFrom, registryOf } from '../support/judge.ts';

const policy = policyFrom(`version: 1
rules:
  - { name: dev, select: { projects: [team], repositories: ['w*'], tags: ['d*'] }, keep: none }
protect: { tags: [stable], labels: [legal], keepAtLeast: 0 }`);

const list = (...lines: readonly string[]) =>
  listedImages(
    lines.map((line) => {
      const entry = readEntry(line);
      if ('problem' in entry) throw new Error(entry.problem);
      return entry;
    }),
  );

const registryWith = (inUse: readonly string[], digests: readonly string[] = []) =>
  registryOf({
    registry: {
      inUse: { ...list(...inUse), unreadable: [] },
      listedDigests: list(...digests),
    },
  });

const web = builder()
  .push('d1', { labels: ['legal'] })
  .index('top', ['child'], { accessories: ['sig'] });

const torn = (facts: RepositoryFacts): RepositoryFacts => ({
  kind: 'unplannable',
  head: facts.head,
  seen: facts.kind === 'complete' ? facts.artifacts : facts.seen,
  because: 'torn',
});

describe('an entry of a list matches', () => {
  test.each<readonly [string, string, boolean]>([
    ['a digest', digestOf('d1'), true],
    ['the digest of a child', digestOf('child'), true],
    ['the digest of an accessory', digestOf('sig'), true],
    ['no other digest', digestOf('other'), false],
    ['a tag', 'team/web:d1', true],
    ['no other tag', 'team/web:d2', false],
    ['no tag of another repository', 'team/api:d1', false],
    ['a pattern for tags', 'team/web:d*', true],
    ['a pattern for repositories', 'team/w*', true],
    ['no other pattern', 'team/a*', false],
  ])('%s', (_, line, matches) => {
    const found = matches ? [1] : [];
    const both = registryWith(['far/away:v1', line], ['far/away:v2', line]);
    for (const facts of [web.repository(), torn(web.repository())]) {
      const matched = matchedIn(facts, nothingMatched, { policy, registry: both });
      expect([matched.inUse, matched.digests]).toEqual([found, found]);
    }
  });
});

test('what matched once is not asked again, and nothing new is the same value', () => {
  const registry = registryWith(['team/web:d1', 'team/api:x'], [digestOf('d1')]);
  const first = matchedIn(web.repository(), nothingMatched, { policy, registry });
  expect(first).toMatchObject({ inUse: [0], digests: [0] });
  expect(first.names.length).toBeGreaterThan(0);
  expect(matchedIn(web.repository(), first, { policy, registry })).toBe(first);
  const api = builder('team/api').push('x').repository();
  expect(matchedIn(api, first, { policy, registry })).toMatchObject({ inUse: [0, 1] });
  const both = registryWith(['team/api:x'], ['team/api:x']);
  const known = { ...first, inUse: [], digests: [] };
  expect(matchedIn(api, known, { policy, registry: both })).toMatchObject({
    inUse: [0],
    digests: [0],
  });
});

test('a list of digests that is not known matches nothing, and is not told of', () => {
  const registry = { ...registryWith(['team/web:d1']), listedDigests: 'unknown' as const };
  const matched = matchedIn(web.repository(), nothingMatched, { policy, registry });
  expect(matched).toMatchObject({ inUse: [0], digests: [] });
  expect(unmatchedOf(nothingMatched, { policy, registry }).lists.map((one) => one.list)).toEqual([
    'inUse',
  ]);
});

const placesLeft = (...all: readonly RepositoryFacts[]) => {
  const registry = registryWith([]);
  let matched = nothingMatched;
  for (const facts of all) matched = matchedIn(facts, matched, { policy, registry });
  return unmatchedOf(matched, { policy, registry }).names.map(({ text }) => text);
};

test('a name of the policy matches by tag, label and repository; what was not read may match', () => {
  expect(placesLeft()).toEqual(expect.arrayContaining(['w*', 'd*', 'stable', 'legal']));
  expect(placesLeft()).not.toContain('team');
  expect(placesLeft(web.repository())).toEqual(['stable']);
  const stable = builder('team/other').push('stable').repository();
  expect(placesLeft(web.repository(), stable)).toEqual([]);
  const nothing: RepositoryFacts = {
    kind: 'unplannable',
    head: headOf('team/web'),
    seen: [],
    because: 'torn',
  };
  expect(placesLeft(nothing)).not.toContain('stable');
  for (const fact of ['tags', 'labels'] as const) {
    const blind = builder()
      .push('odd', { [fact]: 'unknown' })
      .repository();
    expect(placesLeft(blind)).not.toContain(fact === 'tags' ? 'stable' : 'legal');
    const known = builder()
      .push('known')
      .push('odd', { [fact]: 'unknown' })
      .repository();
    expect(placesLeft(known)).not.toContain(fact === 'tags' ? 'stable' : 'legal');
  }
});

test('types match by what is there; where a type is not shown nothing is said of patterns for it', () => {
  const typed = policyFrom(`version: 1
rules:
  - name: caches
    select:
      projects: [team]
      tags: ['**']
      types: [IMAGE, HELM]
      mediaTypes: ['application/vnd.oci.*', 'application/vnd.buildkit.*']
      artifactTypes: ['application/vnd.oci.*', 'application/vnd.example.*']
      exclude: { mediaTypes: [a/b], artifactTypes: [c/d] }
    keep: none
protect: { tags: [], labels: [] }`);
  const left = (facts: RepositoryFacts) => {
    const registry = registryWith([]);
    const matched = matchedIn(facts, nothingMatched, { policy: typed, registry });
    return unmatchedOf(matched, { policy: typed, registry }).names.map(({ text }) => text);
  };
  const media = ['application/vnd.buildkit.*', 'a/b'];
  const artifact = ['application/vnd.example.*', 'c/d'];
  expect(left(builder().push('x').repository()).toSorted()).toEqual(
    ['HELM', ...media, ...artifact].toSorted(),
  );
  const old = builder().push('x', { artifactType: 'unknown' }).repository();
  expect(left(old).toSorted()).toEqual(['HELM', ...media].toSorted());
  const older = builder().push('x', { configType: 'unknown', artifactType: 'unknown' });
  expect(left(older.repository())).toEqual(['HELM']);
  expect(left(torn(builder().push('x').repository()))).toEqual([]);
});

test('a name of an empty project of several has matched', () => {
  const registry = registryWith([]);
  const projects = ['far', 'team', 'away'].map((name) => ({ name }));
  const left = unmatchedOf(nothingMatched, { policy, registry: { ...registry, projects } });
  expect(left.names.map(({ text }) => text)).not.toContain('team');
  const others = projects.filter(({ name }) => name !== 'team');
  const without = unmatchedOf(nothingMatched, {
    policy,
    registry: { ...registry, projects: others },
  });
  expect(without.names.map(({ text }) => text)).toContain('team');
});

test('of entries that matched nothing the number is told, and the first five by what was written', () => {
  const lines = Array.from({ length: 7 }, (_, index) => `far/away:v${index}`);
  const registry = registryWith(['team/web:d1', ...lines], []);
  const matched = matchedIn(web.repository(), nothingMatched, { policy, registry });
  expect(unmatchedOf(matched, { policy, registry }).lists).toEqual([
    { list: 'inUse', entries: 8, unmatched: 7, examples: lines.slice(0, 5) },
  ]);
});
