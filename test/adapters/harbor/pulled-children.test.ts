import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ArtifactListing } from '../../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../../sandbox/harbor/index.ts';
import { readerOf, readEverything } from '../../support/harbor-world.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
});
afterEach(() => harbor.close());

const ago = (days: number): number => harbor.clock.now() - days * day;
const reader = () => readerOf({ url: harbor.url, ...harbor.admin }, harbor.clock);

/**
 * Indexes of `parts` children each: of the first index one child was pulled 3 days ago and one 40 days ago; another
 * index was pulled itself 5 days ago.
 */
function pushIndexes(count: number, parts = 3, of = harbor): readonly string[] {
  of.seed.project('team');
  const pulls = [of.clock.now() - 3 * day, of.clock.now() - 40 * day];
  const digests: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const row = of.seed.push({
      project: 'team',
      repository: 'api',
      tags: [`ci-${index}`],
      pushedAt: of.clock.now() - 90 * day,
      ...(index === 1 ? { pulledAt: of.clock.now() - 5 * day } : {}),
      children: Array.from({ length: parts }, (_, part) => ({
        platform: { architecture: 'amd64', os: 'linux' },
        ...(index === 0 && part < pulls.length ? { pulledAt: pulls[part] ?? 0 } : {}),
      })),
    });
    if (index === 0) digests.push(...(row.references ?? []).map(({ child }) => child.digest));
  }
  return digests;
}

const searches = (): readonly string[] =>
  harbor.requests.all.flatMap(({ path }) => (path.includes('pull_time') ? [path] : []));

const hiddenIn = (listing: ArtifactListing | undefined): readonly string[] =>
  listing?.kind === 'complete' ? (listing.hidden ?? []).map(({ digest }) => digest) : [];

const listApi = async (days = 30): Promise<ArtifactListing | undefined> => {
  const { listings } = await readEverything(reader(), { pulledSince: ago(days) });
  return listings.get('team/api');
};

describe('children that were pulled since', () => {
  test('T52: come without the others, and with all that a list shows of them', async () => {
    const [recent = '', older = ''] = pushIndexes(40);
    const listing = await listApi();
    expect(listing?.artifacts).toHaveLength(40);
    expect(listing).toMatchObject({
      kind: 'complete',
      hidden: [{ digest: recent, pulledAt: ago(3), tags: [], children: [], labels: [] }],
    });
    expect(searches()).toHaveLength(1);
    expect(hiddenIn(await listApi(50))).toEqual([recent, older]);
  });

  test('exactly on the second count as pulled since', async () => {
    const [recent = ''] = pushIndexes(40);
    expect(hiddenIn(await listApi(3))).toEqual([recent]);
    const { listings } = await readEverything(reader(), { pulledSince: ago(3) + 1_000 });
    expect(hiddenIn(listings.get('team/api'))).toEqual([]);
  });

  test('are not asked for where no index lists any', async () => {
    harbor.seed.project('team');
    harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'], pulledAt: ago(1) });
    const before = harbor.requests.all.length;
    expect((await listApi())?.artifacts).toHaveLength(1);
    const lists = harbor.requests.all.slice(before).filter(({ path }) => /base%3D/.test(path));
    expect(lists).toEqual([]);
  });

  test('are found by a page of all untagged artifacts where that takes no longer', async () => {
    const children = pushIndexes(20);
    const listing = await listApi();
    expect(listing?.artifacts).toHaveLength(20);
    expect(hiddenIn(listing)).toHaveLength(60);
    expect(hiddenIn(listing)).toEqual(expect.arrayContaining([...children]));
    expect(searches()).toEqual([]);
  });

  test('are not searched for where more was pulled than there are children', async () => {
    harbor.seed.project('team');
    for (let index = 0; index < 250; index += 1)
      harbor.seed.push({
        project: 'team',
        repository: 'api',
        tags: [`t${index}`],
        pulledAt: ago(2),
        ...(index < 60 ? { platforms: 2 } : {}),
      });
    const listing = await listApi();
    expect(listing?.artifacts).toHaveLength(250);
    expect(hiddenIn(listing)).toHaveLength(120);
    expect(searches()).toHaveLength(1);
  });
});

describe('a search for pulls that can’t be right is followed by a list of all children', () => {
  const isWhole = (listing: ArtifactListing | undefined): void => {
    expect(listing?.kind).toBe('complete');
    expect(listing?.artifacts).toHaveLength(160);
    expect(hiddenIn(listing)).toEqual([]);
  };

  test('unless it shows as many as there are without a tag: these are all read then', async () => {
    pushIndexes(40);
    harbor.faults.on('pull-filter-ignored');
    const listing = await listApi();
    expect(listing?.artifacts).toHaveLength(40);
    expect(hiddenIn(listing)).toHaveLength(120);
    expect(searches()).toHaveLength(1);
  });

  test.each([
    ['shows an artifact that was pulled before', 'pull-filter-loose', 30],
    ['loses an artifact that was listed as pulled since', 'rows-lost', 1],
    ['counts more than come', 'total-wrong', 1],
    ['counts fewer than come', 'total-wrong', -1],
    ['has no count', 'total-missing', undefined],
    ['fails', 'internal-error', undefined],
    ['can’t be read', 'truncated-json', undefined],
  ] as const)('if it %s', async (_what, fault, value) => {
    pushIndexes(40);
    harbor.faults.on(fault, { path: /pull_time/, ...(value === undefined ? {} : { value }) });
    isWhole(await listApi());
  });

  test('if a row comes that is no artifact', async () => {
    pushIndexes(40);
    harbor.faults.on('huge-annotation', { path: /pull_time/ });
    expect(hiddenIn(await listApi())).toHaveLength(1);
    harbor.faults.on('many-children', { path: /pull_time/ });
    isWhole(await listApi());
  });

  test('if the list of untagged artifacts lacks a child, for that repository', async () => {
    pushIndexes(20);
    harbor.seed.push({ project: 'team', repository: 'web', tags: ['v1'], platforms: 2 });
    harbor.faults.on('untagged-lost', { path: /tags%3Dnil/, value: 0.05, seed: 3 });
    const listing = await listApi();
    expect(listing?.artifacts).toHaveLength(80);
    expect(hiddenIn(listing)).toEqual([]);
  });

  test('if Harbor has no list of a project', async () => {
    const old = await startHarbor({ version: 'v2.11.1-aaaaaaaa' });
    try {
      pushIndexes(40, 3, old);
      const { listings } = await readEverything(
        readerOf({ url: old.url, ...old.admin }, old.clock),
        { pulledSince: ago(30) },
      );
      isWhole(listings.get('team/api'));
      expect(old.requests.all.filter(({ path }) => path.includes('pull_time'))).toEqual([]);
    } finally {
      await old.close();
    }
  });
});
