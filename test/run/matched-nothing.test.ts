import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { readingLists } from '../support/listed.ts';
import { memoryStore } from '../support/memory-store.ts';
import { dryRun, pieces, reportIn, runToEnd, worldAround } from '../support/run-world.ts';
import { runSlice } from '../../functions/run.ts';

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
  for (const project of ['team', 'other']) harbor.seed.project(project);
  const label = harbor.seed.label({ name: 'release' });
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['ci-1', 'v1'], labels: [label] });
  harbor.seed.push({ project: 'other', repository: 'web', tags: ['prod'] });
});
afterEach(() => harbor.close());

const policy = `version: 1
acknowledgeReplication: true
trash: off
rules:
  - name: ci
    select:
      projects: ['team', 'taem']
      repositories: ['api', 'team/api']
      tags: ['ci-*', 'nightly-*', 'v\\d', 'prod']
      exclude: { projects: ['other'], repositories: ['base/**'], tags: ['v1', 'ci-golden'] }
      labels: { any: [release, rlease] }
    keep: { pushedWithin: 30d }
protect:
  tags: [latest, 'pord']
  labels: [release, hold]
  repositories: ['other/**', 'infra/**']
  digests: ['team/api:v1', 'team/api:v9']
  inUse: [{ source: list, images: ['other/web:prod', 'nginx:1.27', 'other/*:x'] }]
`;

const world = (store = memoryStore()) => {
  const readDigestList = (): Promise<string> => Promise.resolve('');
  return worldAround(harbor, {
    policy,
    store,
    overrides: { inUse: readingLists(readDigestList) },
  });
};

const expected = {
  names: [
    ['rules[ci].select.projects', 'taem'],
    ['rules[ci].select.repositories', 'team/api'],
    ['rules[ci].select.tags', 'nightly-*'],
    ['rules[ci].select.tags', 'v\\d'],
    // It is a tag of another project, which this rule does not select.
    ['rules[ci].select.tags', 'prod'],
    ['rules[ci].select.exclude.projects', 'other'],
    ['rules[ci].select.exclude.repositories', 'base/**'],
    ['rules[ci].select.exclude.tags', 'ci-golden'],
    ['rules[ci].select.labels.any', 'rlease'],
    ['protect.tags', 'latest'],
    ['protect.tags', 'pord'],
    ['protect.labels', 'hold'],
    ['protect.repositories', 'infra/**'],
  ],
  lists: [
    { list: 'inUse', entries: 3, unmatched: 2, examples: ['nginx:1.27', 'other/*:x'] },
    { list: 'digests', entries: 2, unmatched: 1, examples: ['team/api:v9'] },
  ],
};

test('what matched nothing is named in the report, and warned of where it protects', async () => {
  const { store } = world();
  await runToEnd(world(store));
  const { unmatched, warnings } = reportIn(store);
  expect(unmatched?.names.map(({ place, pattern }) => [place, pattern])).toEqual(expected.names);
  expect(unmatched?.lists).toEqual(expected.lists);
  const warned = warnings.filter(({ code }) => code === 'matched-nothing');
  expect(warned.map(({ on }) => on)).toEqual([
    'rules[ci].select.repositories',
    'rules[ci].select.tags',
    'rules[ci].select.exclude.projects',
    'rules[ci].select.exclude.repositories',
    'rules[ci].select.exclude.tags',
    'protect.tags',
    'protect.labels',
    'protect.repositories',
    'protect.inUse',
    'protect.digests',
  ]);
  expect(warned[0]).toMatchObject({
    message: expect.stringContaining('without the project team'),
    remedy: 'Write "api".',
  });
  expect(warned[1]).toMatchObject({
    message: expect.stringContaining('"v\\\\d" matched nothing: outside a regular expression'),
    remedy: expect.stringContaining('"/v\\\\d/"'),
  });
});

test('the same is found in many slices', async () => {
  const { store } = world();
  for (let done = false; !done;) done = (await runSlice(dryRun, world(store), pieces(3))).done;
  expect(reportIn(store).unmatched?.lists).toEqual(expected.lists);
  expect(reportIn(store).unmatched?.names.length).toBe(expected.names.length);
});

test('where a repository could not be read, no tag is said to match nothing', async () => {
  harbor.faults.on('rows-dropped', { path: /artifacts/ });
  const { store } = world();
  await runToEnd(world(store));
  const places = reportIn(store).unmatched?.names.map(({ place }) => place) ?? [];
  expect(places).not.toContain('protect.tags');
  expect(places).not.toContain('rules[ci].select.tags');
});
