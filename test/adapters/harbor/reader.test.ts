import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../../sandbox/harbor/index.ts';
import { readerOf, readEverything, tagsByDigest } from '../../support/harbor-world.ts';

let harbor: EmbeddedHarbor;
const clock = { now: () => Date.UTC(2026, 10, 21) };

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
});
afterEach(() => harbor.close());

const reader = (overrides: { username?: string; password?: string } = {}) =>
  readerOf({ url: harbor.url, ...harbor.admin, ...overrides }, clock);

describe('a reader', () => {
  test('knows who it is, what Harbor is, and what Harbor’s clock shows', async () => {
    expect(await reader().identify()).toEqual({
      url: harbor.url,
      version: 'v2.15.2-0a1b2c3d',
      currentTime: harbor.clock.now(),
      measuredAt: clock.now(),
      readOnly: false,
    });
  });

  test('lists every artifact of every project with tags, labels, children and accessories', async () => {
    harbor.seed.project('team');
    harbor.seed.project('empty');
    const keep = harbor.seed.label({ name: 'keep' });
    const plain = harbor.seed.push({
      project: 'team',
      repository: 'api/server',
      tags: ['v1', 'v2'],
      labels: [keep],
      accessories: [{ type: 'signature.cosign', size: 7 }],
    });
    const index = harbor.seed.push({
      project: 'team',
      repository: 'web',
      tags: ['latest'],
      platforms: 3,
    });
    const { listings, projects } = await readEverything(reader());

    expect(projects.map((project) => project.name)).toEqual(
      expect.arrayContaining(['team', 'empty']),
    );
    const api = listings.get('team/api/server');
    expect(tagsByDigest(api)).toEqual({ [plain.digest]: ['v1', 'v2'] });
    expect(api?.artifacts[0]).toMatchObject({
      labels: ['keep'],
      accessories: [{ type: 'signature.cosign', size: 7 }],
      children: [],
    });
    const web = listings.get('team/web');
    expect(tagsByDigest(web)).toEqual({ [index.digest]: ['latest'] });
    expect(web?.artifacts[0]?.children).toHaveLength(3);
  });

  test('lists the untagged children of indexes where pull times matter', async () => {
    harbor.seed.project('team');
    harbor.seed.push({ project: 'team', repository: 'web', tags: ['latest'], platforms: 3 });
    const { listings } = await readEverything(reader(), { withChildren: true });
    expect(listings.get('team/web')?.artifacts).toHaveLength(4);
  });

  test('needs no more than 1.05 of the requests that must be', async () => {
    for (const project of ['a', 'b', 'c']) {
      harbor.seed.project(project);
      for (let index = 0; index < 1_230; index += 1) {
        harbor.seed.push({ project, repository: `r${index % 7}`, tags: [`t${index}`] });
      }
    }
    const one = reader();
    const { listings } = await readEverything(one);
    const { sent, lowerBound } = one.requests();
    expect(listings.get('a/r0')?.artifacts).toHaveLength(176);
    expect(lowerBound).toBe(1 + 1 + 1 + 3 * 13);
    expect(sent).toBeLessThanOrEqual(lowerBound * 1.05);
  });

  test('reads Harbor before 2.12 repository by repository, and finds the same', async () => {
    const old = await startHarbor({ version: 'v2.11.1-aaaaaaaa' });
    try {
      for (const one of [harbor, old]) {
        one.seed.project('team');
        for (let index = 0; index < 250; index += 1) {
          one.seed.push({
            project: 'team',
            repository: `r/${index % 2}`,
            tags: [`t${index}`],
            digest: digest(index),
          });
        }
      }
      const now = await readEverything(reader());
      const then = await readEverything(readerOf({ url: old.url, ...old.admin }, clock));
      for (const name of ['team/r/0', 'team/r/1']) {
        expect(tagsByDigest(then.listings.get(name))).toEqual(tagsByDigest(now.listings.get(name)));
      }
      expect(old.requests.all.some((request) => request.path.includes('/team/artifacts'))).toBe(
        false,
      );
    } finally {
      await old.close();
    }
  });
});

function digest(index: number): string {
  return `sha256:${index.toString(16).padStart(64, '0')}`;
}
