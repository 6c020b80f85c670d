import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { restoreRun, type RestoreRequest } from '../../functions/phases/restore-run.ts';
import { countRestoreDeath } from '../../functions/store/deaths.ts';
import { takeLease } from '../../functions/store/lease.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { killedAtEveryCall } from '../support/crashing.ts';
import { beginningWith } from '../support/marked-scene.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, runToEnd, unlimited, worldAround } from '../support/run-world.ts';
import { unclaim } from '../support/unclaim.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
    untag: true
`;

interface Scene {
  readonly harbor: EmbeddedHarbor;
  readonly store: MemoryStore;
  /** As it was before the run. */
  readonly before: unknown;
}

async function afterRun(): Promise<Scene> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  const label = harbor.seed.label({ name: 'audited' });
  const pushedAt = harbor.clock.now() - 90 * day;
  const push = (repository: string, tags: string[], more: object = {}) =>
    harbor.seed.push({ project: 'team', repository, tags, pushedAt, size: 1_000, ...more });
  push('api', ['ci-1'], { labels: [label] });
  push('api', ['ci-2', 'release']);
  push('api', ['ci-3'], { platforms: 2, accessories: [{ type: 'signature.cosign' }] });
  push('api', ['latest'], { pushedAt: harbor.clock.now() - 2 * day });
  push('web', ['ci-1', 'ci-2']);
  push('web', ['v1'], { pushedAt: harbor.clock.now() - 2 * day });
  const before = stateOf(harbor);
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy, store }), armed);
  return { harbor, store, before };
}

/** What can be equal again: everything but row ids and times. */
function stateOf(harbor: EmbeddedHarbor): unknown {
  return harbor.state
    .artifacts('team')
    .map(({ repository, digest, tags, labels, children, accessories }) => ({
      name: `${repository}@${digest}`,
      tags: tags.toSorted(),
      labels,
      children,
      accessories: accessories.toSorted(),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Copies of what can be listed that do not say they were restored. */
function unmarked(harbor: EmbeddedHarbor): readonly string[] {
  const copies = harbor.state.artifacts('retention-trash').filter((one) => one.tags.length > 0);
  expect(copies.length).toBeGreaterThan(0);
  return copies
    .filter(({ accessoryOf }) => accessoryOf === undefined)
    .filter(({ tags }) => !tags.some((tag) => tag.endsWith('...restored')))
    .map(({ digest }) => digest);
}

const all: RestoreRequest = {
  from: { kind: 'run', runId: armed.runId },
  only: () => true,
  named: [],
  apply: true,
  owner: 'test',
};

let scene: Scene;
beforeEach(async () => {
  scene = await afterRun();
});
afterEach(() => scene.harbor.close());

const world = ({ harbor, store }: Scene = scene) => worldAround(harbor, { policy, store });

describe('restoring a run', () => {
  test('shows what it would do, and changes nothing', async () => {
    const before = stateOf(scene.harbor);
    scene.harbor.requests.clear();
    const report = await restoreRun({ ...all, apply: false }, world(), unlimited);
    expect(report).toMatchObject({ applied: false, complete: [], lost: [], failed: [] });
    expect(report.restored.map(({ item }) => item.kind).toSorted()).toEqual([
      'artifact',
      'artifact',
      'artifact',
      'tag',
    ]);
    expect(stateOf(scene.harbor)).toEqual(before);
    expect(scene.harbor.requests.all.filter((request) => request.method !== 'GET')).toEqual([]);
  });

  test('forgets earlier deaths of its process at the end of a slice, as they are not in a row any more', async () => {
    const { store, harbor } = scene;
    const dead = (): Promise<void> => countRestoreDeath(armed.runId, all.owner, world());
    await dead();
    const gone = { runId: armed.runId, owner: all.owner, holder: 'a process that is gone' };
    await takeLease(store, gone, harbor.clock);
    expect(await restoreRun(all, world(), unlimited)).toMatchObject({ open: 0, failed: [] });
    await dead();
    await dead();
    await expect(dead()).rejects.toMatchObject({ code: 'run-died' });
  });

  test('brings everything back, and leaves the copies in the trash, marked', async () => {
    expect(stateOf(scene.harbor)).not.toEqual(scene.before);
    const report = await restoreRun(all, world(), unlimited);
    expect(report).toMatchObject({ applied: true, lost: [], failed: [] });
    expect(report.restored).toHaveLength(4);
    expect(stateOf(scene.harbor)).toEqual(scene.before);
    expect(unmarked(scene.harbor)).toEqual([]);
  });

  test('twice changes nothing', async () => {
    await restoreRun(all, world(), unlimited);
    const report = await restoreRun(all, world(), unlimited);
    expect(report.complete).toHaveLength(4);
    expect(report.restored).toEqual([]);
    expect(stateOf(scene.harbor)).toEqual(scene.before);
  });

  test('brings back only what is named', async () => {
    const only: RestoreRequest['only'] = (place, { tags }) =>
      place.repository === 'web' && tags.includes('ci-2');
    await restoreRun({ ...all, only }, world(), unlimited);
    expect(
      scene.harbor.state
        .tags('team', 'web')
        .map((tag) => tag.name)
        .toSorted(),
    ).toEqual(['ci-1', 'ci-2', 'v1']);
    expect(
      scene.harbor.state
        .tags('team', 'api')
        .map((tag) => tag.name)
        .toSorted(),
    ).toEqual(['latest', 'release']);
  });

  test('works from the trash alone, but for labels and single tags', async () => {
    scene.harbor.seed.label({ name: 'harbor-retention', project: 'retention-trash' });
    const from = { kind: 'trash', project: 'retention-trash' } as const;
    const report = await restoreRun(
      { ...all, from },
      worldAround(scene.harbor, { policy }),
      unlimited,
    );
    expect(report).toMatchObject({ lost: [], failed: [] });
    expect(
      scene.harbor.state
        .tags('team', 'api')
        .map((tag) => tag.name)
        .toSorted(),
    ).toEqual(['ci-1', 'ci-3', 'latest', 'release']);
    expect(unmarked(scene.harbor)).toEqual([]);
  });

  test('of a run that left no record is refused in words', async () => {
    const request = { ...all, from: { kind: 'run', runId: '2020-01-01T000000Z' } as const };
    await expect(restoreRun(request, world(), unlimited)).rejects.toMatchObject({
      code: 'report-not-found',
    });
  });

  test('with a record that was changed by hand is refused, naming the line', async () => {
    const key = (await scene.store.list('reports/records/'))[0] ?? '';
    const part = scene.store.openPart(key);
    await part.write('{"version":2}');
    await part.close();
    await expect(restoreRun(all, world(), unlimited)).rejects.toThrow(
      `${key}, line 1 is no record of this version`,
    );
  });

  test.each([
    ['that was edited', false, 'was changed after it was written'],
    ['of another Harbor', true, 'is of http'],
  ])('with a record %s is refused, and nothing is changed', async (_what, isElsewhere, because) => {
    const key = (await scene.store.list('reports/records/'))[0] ?? '';
    const lines: string[] = [];
    for await (const line of scene.store.readPart(key)) lines.push(line);
    const part = scene.store.openPart(key);
    for (const line of lines) await part.write(isElsewhere ? line : line.replace('"ci-', '"xx-'));
    await part.close();
    const here = world();
    const identify = async () => ({
      ...(await here.harbor.identify()),
      ...(isElsewhere ? { url: 'https://other.example' } : {}),
    });
    // The claim of its trash would prove that it is the same after all.
    if (isElsewhere) await unclaim(scene.harbor);
    const before = stateOf(scene.harbor);
    const there = { ...here, harbor: { ...here.harbor, identify } };
    await expect(restoreRun(all, there, unlimited)).rejects.toThrow(because);
    expect(stateOf(scene.harbor)).toEqual(before);
  });

  test('of a run that was cut off before it recorded anything finds in Harbor what it did', async () => {
    for (const key of await scene.store.list('reports/records/')) await scene.store.remove(key);
    const report = await restoreRun(all, world(), unlimited);
    expect(report).toMatchObject({ lost: [], failed: [] });
    expect(stateOf(scene.harbor)).toEqual(scene.before);
  });

  test('while a run works on the store is refused', async () => {
    const lease = {
      version: 1,
      runId: '2026-11-22T033000Z',
      owner: 'other',
      fence: 9,
      until: scene.harbor.clock.now() + 60_000,
    };
    await scene.store.write('state/lease.json', JSON.stringify(lease));
    await expect(restoreRun(all, world(), unlimited)).rejects.toMatchObject({ code: 'lease-held' });
  });
});

test.each(['before', 'after'] as const)(
  'a restore that is killed at any call, %s it took effect, is finished by the next one',
  async (when) => {
    const begin = beginningWith(scene);
    const calls = await killedAtEveryCall(when, {
      begin,
      world: (own) => world(own),
      run: (dying) => restoreRun(all, dying, unlimited),
      afterwards: async (own) => {
        const report = await restoreRun(all, world(own), unlimited);
        expect(report).toMatchObject({ lost: [], failed: [] });
        expect(stateOf(own.harbor)).toEqual(own.before);
        expect(unmarked(own.harbor)).toEqual([]);
      },
    });
    expect(calls).toBeGreaterThan(20);
  },
);
