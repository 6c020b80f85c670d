import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runSlice } from '../../functions/run.ts';
import type { Ledger } from '../../functions/report/ledger-schema.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { layeredPusher, type LayeredPusher } from '../support/layered-pusher.ts';
import { killedAtEveryCall } from '../support/crashing.ts';
import { beginningWith } from '../support/marked-scene.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  dryRun,
  pieces,
  reportIn,
  runToEnd,
  unlimited,
  withCalls,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 14d }
garbageCollection: { mode: run, workers: 2 }
protect: { minimumAge: 1d }
rules:
  - name: old-builds
    select: { projects: ["**"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
`;

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let push: LayeredPusher;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const name of ['team', 'other', 'retention-trash']) harbor.seed.project(name);
  store = memoryStore();
  push = layeredPusher(harbor);
});
afterEach(() => harbor.close());

const world = (maxRequests: number, text = policy) =>
  worldAround(harbor, { policy: text, store, overrides: { ledger: { maxRequests } } });

function figures(ledger: Ledger | undefined): Extract<Ledger, { kind: 'figures' }> {
  if (ledger?.kind !== 'figures') throw new Error(`no figures: ${JSON.stringify(ledger)}`);
  return ledger;
}

const inside = ({ atLeast, atMost }: { atLeast: number; atMost: number }, bytes: number): boolean =>
  atLeast <= bytes && bytes <= atMost;
const exactly = (bytes: number) => ({ atLeast: bytes, atMost: bytes });
const quotaOf = async (name: string): Promise<number> => {
  const { json } = await push.request('GET', `/quotas?reference=project&page_size=100`);
  const all = json as { ref: { name: string }; used: { storage: number } }[];
  return all.find(({ ref }) => ref.name === name)?.used.storage ?? Number.NaN;
};

/** As a container runtime would. */
async function pull(from: string, digest: string): Promise<void> {
  const { username, password } = harbor.admin;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const answer = await fetch(`${harbor.url}/v2/${from}/manifests/${digest}`, {
    headers: { authorization, accept },
  });
  expect(answer.status).toBe(200);
}

/** Two images that share nine of ten layers; the older may go. */
async function twoImages(): Promise<void> {
  const base = Array.from({ length: 9 }, (_, number) => `base layer ${number} `.repeat(200));
  await push.image({
    into: 'team/api',
    tag: 'ci-1',
    layers: [...base, 'own layer of ci-1 '.repeat(90)],
  });
  harbor.clock.advance(60 * day);
  await push.image({ into: 'team/api', tag: 'v1', layers: [...base, 'own layer of v1'] });
}

test('two images that share nine of ten layers: what goes is exactly what is freed, and no pull time moves', async () => {
  await twoImages();
  harbor.clock.advance(2 * day);
  const before = await quotaOf('team');
  await runToEnd(world(50), armed);
  const ledger = figures(reportIn(store).ledger);
  expect(ledger.frees).toEqual(exactly(ledger.frees.atMost));
  expect(ledger.frees.atMost).toBeGreaterThan(90 * 18);
  expect(ledger.projects).toEqual([{ project: 'team', gains: ledger.frees }]);
  expect(before - (await quotaOf('team'))).toBe(ledger.frees.atMost);
  expect(ledger.trash?.rises).toEqual(exactly(await quotaOf('retention-trash')));
  expect(ledger.freesNow).toEqual(exactly(0));
  expect(ledger.shared.layers).toHaveLength(10);
  expect(ledger.shared.layers[0]).toMatchObject({ goes: 1, stays: 1, repositories: ['team/api'] });

  harbor.clock.advance(15 * day);
  await runToEnd(world(50), { ...armed, runId: '2026-12-30T033000Z' });
  const later = reportIn(store);
  expect(figures(later.ledger).freesNow).toEqual(ledger.frees);
  expect(figures(later.ledger).requests).toBe(0);
  expect(later.garbageCollection?.thisRun).toMatchObject({ freedBytes: ledger.frees.atMost });
  expect(await quotaOf('retention-trash')).toBe(0);
  for (const { name } of harbor.state.projects())
    for (const one of harbor.state.artifacts(name)) expect(one.pulledAt).toBe(0);
});

test('indexes, signatures, foreign layers, copies in other repositories and projects count as Harbor counts them', async () => {
  const amd = await push.image({
    into: 'team/multi',
    layers: ['a'.repeat(5_000), 'base'.repeat(900)],
  });
  const arm = await push.image({
    into: 'team/multi',
    layers: ['b'.repeat(6_000)],
    foreign: [77_000],
  });
  const index = await push.index({ into: 'team/multi', tag: 'ci-9' }, [amd, arm]);
  await push.image({
    into: 'team/multi',
    tag: `${index.digest.replace(':', '-')}.sig`,
    layers: ['signature of the index'],
    subject: index,
  });
  // The same digest in two repositories, one of which keeps it; and layers in two projects.
  for (const [into, tag] of [
    ['team/one', 'ci-1'],
    ['team/two', 'v1'],
  ] as const)
    await push.image({ into, tag, layers: ['twice'.repeat(800)] });
  await push.image({
    into: 'team/cross',
    tag: 'ci-2',
    layers: ['across'.repeat(700), 'only here '.repeat(60)],
  });
  await push.image({ into: 'other/cross', tag: 'v2', layers: ['across'.repeat(700)] });
  await push.image({
    into: 'other/goes',
    tag: 'ci-3',
    layers: ['base'.repeat(900), 'c'.repeat(4_000)],
  });
  harbor.clock.advance(60 * day);
  for (const into of ['team/multi', 'team/one', 'team/cross', 'other/goes'])
    await push.image({ into, tag: 'v3', layers: [`stays in ${into}`] });
  harbor.clock.advance(2 * day);
  const quotas = async () =>
    [await quotaOf('team'), await quotaOf('other'), await quotaOf('retention-trash')] as const;
  const before = await quotas();
  await runToEnd(world(50), armed);
  const ledger = figures(reportIn(store).ledger);
  const after = await quotas();
  const gains = new Map(ledger.projects.map((one) => [one.project, one.gains]));
  expect(gains.get('team')).toEqual(exactly(before[0] - after[0]));
  expect(gains.get('other')).toEqual(exactly(before[1] - after[1]));
  expect(ledger.trash?.rises).toEqual(exactly(after[2] - before[2]));
  expect(ledger.frees.atMost).toBeLessThan(before[0] - after[0] + before[1] - after[1]);
  harbor.clock.advance(15 * day);
  await runToEnd(world(50), { ...armed, runId: '2026-12-30T033000Z' });
  const later = reportIn(store);
  expect(later.garbageCollection?.thisRun).toMatchObject({ freedBytes: ledger.frees.atMost });
  expect(figures(later.ledger).freesNow).toEqual(exactly(ledger.frees.atMost));
  expect(figures(later.ledger).trash?.falls).toEqual(exactly(after[2]));
});

describe('in the trash, what somebody else put there', () => {
  const shared = 'shared layer '.repeat(500);
  const put = async (into: string, tag: string, layers: readonly string[]): Promise<void> => {
    await push.image({ into, tag, layers });
  };
  beforeEach(async () => {
    await put('team/api', 'ci-1', [shared, 'own layer of ci-1']);
    harbor.clock.advance(60 * day);
    await put('team/api', 'v1', ['own layer of v1']);
  });

  test('never goes, and takes no room a second time', async () => {
    await put('retention-trash/others', 'mine', [shared]);
    harbor.clock.advance(2 * day);
    const before = await quotaOf('retention-trash');
    await runToEnd(world(50), armed);
    const { trash, frees } = figures(reportIn(store).ledger);
    expect(trash?.rises).toEqual(exactly((await quotaOf('retention-trash')) - before));
    expect(frees.atMost).toBeLessThan(shared.length);
  });

  test('is not known where the trash is not ready and so not read', async () => {
    harbor.seed.project('public-trash', { public: true });
    await put('public-trash/others', 'mine', [shared]);
    harbor.clock.advance(2 * day);
    await runToEnd(world(50, policy.replace('retention-trash', 'public-trash')), dryRun);
    const { trash, frees, notes } = figures(reportIn(store).ledger);
    expect([trash?.rises.atLeast, frees.atLeast]).toEqual([0, 0]);
    expect(trash?.rises.atMost).toBeGreaterThan(shared.length);
    expect(notes).toEqual([expect.stringContaining('public-trash: not all artifacts')]);
  });
});

test('without a trash, the next garbage collection frees it', async () => {
  await twoImages();
  harbor.clock.advance(2 * day);
  const noTrash = policy.replace(/^trash:.*$/m, 'trash: off');
  await runToEnd(world(50, noTrash), armed);
  const { ledger, garbageCollection } = reportIn(store);
  const { frees, freesNow, trash } = figures(ledger);
  expect(trash).toBeUndefined();
  expect(freesNow).toEqual(frees);
  expect(frees).toEqual(exactly(frees.atMost));
  expect(garbageCollection?.thisRun).toMatchObject({ freedBytes: frees.atMost });
});

test('with a small budget the bounds hold, and after some runs the figure is exact', async () => {
  await twoImages();
  for (let number = 0; number < 6; number += 1)
    await push.image({
      into: 'team/web',
      tag: `v${number}`,
      layers: [`web ${number} `.repeat(1_000)],
    });
  harbor.clock.advance(2 * day);
  const ranges: { atLeast: number; atMost: number }[] = [];
  for (let run = 1; run <= 5; run += 1) {
    await runToEnd(world(8), { ...dryRun, runId: `2026-12-0${run}T033000Z` });
    const { ledger, requests } = reportIn(store);
    expect(figures(ledger).requests).toBeLessThanOrEqual(8);
    expect(requests.ledger).toBe(figures(ledger).requests);
    expect(requests.sent - (requests.ledger ?? 0)).toBeLessThanOrEqual(1.05 * requests.lowerBound);
    ranges.push(figures(ledger).frees);
  }
  const truth = ranges.at(-1)?.atMost ?? Number.NaN;
  expect(ranges.at(-1)).toEqual(exactly(truth));
  expect(ranges[0]?.atLeast).toBeLessThan(truth);
  for (const { atLeast, atMost } of ranges) {
    expect(atLeast).toBeLessThanOrEqual(truth);
    expect(atMost).toBeGreaterThanOrEqual(truth);
  }
});

describe('where reading is not possible, the report says why and the run goes on:', () => {
  const notes = (): readonly string[] => figures(reportIn(store).ledger).notes;

  /** Something in front of Harbor makes every read a pull. */
  const countedWorld = (): ReturnType<typeof world> => {
    const own = world(50);
    const { readBlobs: read } = own.manifests;
    const readBlobs: typeof read = async (place, digest) => {
      await pull(`${place.project}/${place.repository}`, digest);
      return await read(place, digest);
    };
    return withCalls(own, { readBlobs });
  };

  test('a pull time that begins to move is noticed within a month', async () => {
    await twoImages();
    harbor.clock.advance(2 * day);
    await runToEnd(world(50), dryRun);
    harbor.clock.advance(31 * day);
    await push.image({ into: 'team/api', tag: 'v2', layers: ['own layer of v2'] });
    await push.image({ into: 'team/api', tag: 'v3', layers: ['own layer of v3'] });
    await runToEnd(countedWorld(), { ...dryRun, runId: '2026-12-30T033000Z' });
    expect(reportIn(store).ledger).toMatchObject({ kind: 'off' });
  });

  test('a pull time that moves switches it off, and keeps it off', async () => {
    await twoImages();
    harbor.clock.advance(2 * day);
    const counted = countedWorld();
    await runToEnd(counted, dryRun);
    expect(reportIn(store).ledger).toMatchObject({
      kind: 'off',
      because: expect.stringContaining('for a pull'),
    });
    expect(harbor.state.artifacts('team').filter(({ pulledAt }) => pulledAt > 0)).toHaveLength(2);
    await runToEnd(counted, { ...dryRun, runId: '2026-12-01T033000Z' });
    expect(reportIn(store).ledger).toMatchObject({ kind: 'off' });
  });

  test('a robot that may not pull', async () => {
    await twoImages();
    harbor.clock.advance(2 * day);
    const own = world(50);
    const readBlobs = () => Promise.resolve({ kind: 'denied' as const, because: 'no' });
    await runToEnd(withCalls(own, { readBlobs }), dryRun);
    expect(notes()).toEqual([expect.stringContaining('repository:pull in team')]);
    const { frees } = figures(reportIn(store).ledger);
    expect(frees.atLeast).toBe(0);
    expect(frees.atMost).toBe(reportIn(store).totals?.deletionBytes);
  });

  test('a project that may not be pulled from, and yet the others get known', async () => {
    for (let number = 0; number < 20; number += 1)
      await push.image({ into: 'other/secret', tag: `ci-${number}`, layers: [`secret ${number}`] });
    await twoImages();
    harbor.clock.advance(2 * day);
    const own = world(8);
    const { readBlobs: read } = own.manifests;
    const readBlobs: typeof read = (place, digest) =>
      place.project === 'other'
        ? Promise.resolve({ kind: 'denied', because: 'no' })
        : read(place, digest);
    for (const run of ['1', '2', '3', '4']) {
      const slices = withCalls(own, { readBlobs });
      await runToEnd(slices, { ...dryRun, runId: `2026-12-0${run}T033000Z` });
      expect(notes()).toEqual([expect.stringContaining('repository:pull in other')]);
    }
    expect(figures(reportIn(store).ledger).manifests.known).toBe(2);
  });

  test('a budget of nothing', async () => {
    await twoImages();
    await runToEnd(world(0), dryRun);
    expect(reportIn(store).ledger).toMatchObject({ kind: 'off' });
  });

  test('a fault of its own', async () => {
    await twoImages();
    harbor.clock.advance(2 * day);
    const own = world(50);
    const readBlobs = () => Promise.reject(new TypeError('undefined is not a function'));
    const end = await runToEnd(withCalls(own, { readBlobs }), dryRun);
    expect(end.end).toBe('finished');
    expect(reportIn(store).ledger).toMatchObject({
      kind: 'off',
      because: expect.stringContaining('It failed'),
    });
  });
});

test('a run in many short slices has the same figures, or says that there was no time for them', async () => {
  await twoImages();
  harbor.clock.advance(2 * day);
  await runToEnd(world(50), dryRun);
  const { frees } = figures(reportIn(store).ledger);
  const ends = new Set<string>();
  for (let size = 2; size <= 14; size += 1) {
    store = memoryStore();
    let end = await runSlice(dryRun, world(50), pieces(size));
    for (let slice = 1; slice < 50 && !end.done; slice += 1)
      end = await runSlice(dryRun, world(50), pieces(size));
    expect([size, end.done]).toEqual([size, true]);
    const { ledger } = reportIn(store);
    ends.add(ledger?.kind === 'off' ? ledger.because : 'figures');
    if (ledger?.kind === 'figures') expect(inside(ledger.frees, frees.atMost)).toBe(true);
  }
  expect(ends).toEqual(new Set([expect.stringContaining('within two slices'), 'figures']));
});

test.each(['before', 'after'] as const)(
  'killed at any call, %s it took effect, a run ends with the same figures',
  async (when) => {
    await twoImages();
    harbor.clock.advance(2 * day);
    const begin = beginningWith({ harbor, store });
    ({ store } = await begin());
    await runSlice(dryRun, world(50), unlimited);
    const whole = figures(reportIn(store).ledger);
    const calls = await killedAtEveryCall(when, {
      begin: async () => {
        const own = await begin();
        ({ store } = own);
        return own;
      },
      world: () => world(50),
      run: (dying) => runSlice(dryRun, dying, unlimited),
      afterwards: async () => {
        await runToEnd(world(50), dryRun);
        const { requests: _, ...rest } = figures(reportIn(store).ledger);
        expect(rest).toMatchObject({ frees: whole.frees, manifests: whole.manifests });
      },
    });
    expect(calls).toBeGreaterThan(40);
  },
);
