import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import {
  armed,
  fatesOf,
  reportIn,
  rowsIn,
  runToEnd,
  type TestWorld,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
});
afterEach(() => harbor.close());

const ago = (days: number): number => harbor.clock.now() - days * day;

const policyOf = (keep: string): string => `
version: 1
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100, maxDeletions: 5000 }
trash: off
rules:
  - name: builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { ${keep} }
`;

/** An index of two children, pushed 90 days ago, of which the first was pulled so many days ago. */
function pushIndex(tag: string, childPulledDaysAgo: number | undefined): void {
  harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: [tag],
    pushedAt: ago(90),
    children: [
      {
        platform: { architecture: 'amd64', os: 'linux' },
        ...(childPulledDaysAgo === undefined ? {} : { pulledAt: ago(childPulledDaysAgo) }),
      },
      { platform: { architecture: 'arm64', os: 'linux' } },
    ],
  });
}

/** Enough indexes that pulls are searched for: every third was pulled by a child 3 days ago, every third 60 days ago. */
function pushMany(count = 90): void {
  const pulls = [3, 60, undefined];
  for (let index = 0; index < count; index += 1) pushIndex(`ci-${index}`, pulls[index % 3]);
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['main'], pulledAt: ago(1) });
}

const wasSearched = (): boolean =>
  harbor.requests.all.some(({ path }) => path.includes('pull_time'));

async function fatesAfter(world: TestWorld): Promise<Record<string, string>> {
  await runToEnd(world);
  return fatesOf(
    (await rowsIn(world.store, reportIn(world.store))).filter(({ child }) => child !== true),
  );
}

describe('a run whose rules go by pulls', () => {
  test.each(['pulledWithin: 14d', 'pulledWithin: 70d', 'mostRecentlyPulled: 40'])(
    'and searches for the pulls of children decides as one that lists all children: %s',
    async (keep) => {
      pushMany();
      const fates = await fatesAfter(worldAround(harbor, { policy: policyOf(keep) }));
      expect(wasSearched()).toBe(true);
      harbor.faults.on('internal-error', { path: /pull_time/ });
      harbor.requests.clear();
      const listed = await fatesAfter(worldAround(harbor, { policy: policyOf(keep) }));
      expect(harbor.requests.all.some(({ path }) => path.includes('base%3D*%2Cid'))).toBe(true);
      expect(fates).toEqual(listed);
      expect(new Set(Object.values(fates))).toEqual(new Set(['keep', 'delete']));
    },
  );

  test('deletes nothing for pulls that the search lost', async () => {
    pushMany();
    harbor.faults.on('untagged-lost', { path: /pull_time/ });
    await runToEnd(worldAround(harbor, { policy: policyOf('pulledWithin: 14d') }), armed);
    const left = harbor.state.tags('team', 'api').map(({ name }) => name);
    expect(wasSearched()).toBe(true);
    expect(left).toEqual(expect.arrayContaining(['main', 'ci-0', 'ci-3', 'ci-87']));
    expect(left).toHaveLength(31);
  });

  test('deletes nothing for pulls that every look before the second reading lost', async () => {
    pushMany();
    harbor.faults.on('untagged-lost', { path: /pull_time/ });
    harbor.faults.on('pulls-unread', { path: /digest%3D|tags%3Dnil/ });
    const planned = await fatesAfter(
      worldAround(harbor, { policy: policyOf('pulledWithin: 14d') }),
    );
    expect(planned['team/api:ci-0']).toBe('delete');
    const end = await runToEnd(
      worldAround(harbor, { policy: policyOf('pulledWithin: 14d') }),
      armed,
    );
    expect(end.done).toBe(true);
    const left = harbor.state.tags('team', 'api').map(({ name }) => name);
    expect(left).toEqual(expect.arrayContaining(['main', 'ci-0', 'ci-3', 'ci-87']));
    expect(left).toHaveLength(31);
  });

  test('knows of a young registry without a pull that something in it is old: a child', async () => {
    for (let index = 0; index < 60; index += 1)
      harbor.seed.push({
        project: 'team',
        repository: 'api',
        tags: [`ci-${index}`],
        pushedAt: ago(20),
        children: [
          { pushedAt: ago(40), platform: { architecture: 'amd64', os: 'linux' } },
          { platform: { architecture: 'arm64', os: 'linux' } },
        ],
      });
    const world = worldAround(harbor, { policy: policyOf('pulledWithin: 7d') });
    expect(new Set(Object.values(await fatesAfter(world)))).toEqual(new Set(['keep']));
    expect(reportIn(world.store).warnings.map(({ code }) => code)).toContain('pull-signal-lost');
  });
});

test('a policy by pulls takes few more requests than one by pushes, where a thirtieth of the rows was pulled of late', async () => {
  // The shape of a registry that was measured: five rows to an artifact, in 55 repositories; a sixth of its size.
  for (let index = 0; index < 9_000; index += 1) {
    const isOld = index % 10 === 0;
    harbor.seed.push({
      project: 'team',
      repository: `r${index % 55}`,
      tags: [`ci-${index}`],
      pushedAt: ago(isOld ? 90 : index % 28),
      children: Array.from({ length: 4 }, (_, part) => ({
        platform: { architecture: 'amd64', os: 'linux' },
        ...(part === 0 && index % 7 === 0 ? { pulledAt: ago(index % 29) } : {}),
      })),
    });
  }
  const requestsOf = async (keep: string): Promise<number> => {
    harbor.requests.clear();
    await runToEnd(worldAround(harbor, { policy: policyOf(keep) }));
    return harbor.requests.count;
  };
  const byPushes = await requestsOf('pushedWithin: 30d');
  const byPulls = await requestsOf('pulledWithin: 30d');
  expect(byPulls).toBeLessThanOrEqual(byPushes * 1.25);
  expect(byPulls).toBeGreaterThan(byPushes * 0.9);
});
