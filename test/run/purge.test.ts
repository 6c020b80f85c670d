import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunRequest } from '../../functions/ports.ts';
import { runSlice } from '../../functions/run.ts';
import { startHarbor } from '../sandbox/harbor/index.ts';
import { killedAtEveryCall } from '../support/crashing.ts';
import { beginningWith, type Scene } from '../support/marked-scene.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, unlimited, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 14d }
garbageCollection: { mode: run, workers: 2 }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
`;
const second: RunRequest = { ...armed, runId: '2026-12-06T033000Z' };

/** One run has trashed two images; `daysLater` have passed. */
async function daysAfterARun(daysLater: number): Promise<Scene> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  const pushedAt = harbor.clock.now() - 90 * day;
  for (const tag of ['ci-1', 'ci-2', 'v1']) {
    harbor.seed.push({ project: 'team', repository: 'api', tags: [tag], pushedAt, size: 1_000 });
  }
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['latest'], size: 5 });
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy, store }), armed);
  harbor.clock.advance(daysLater * day);
  return { harbor, store };
}

const trashed = ({ harbor }: Scene): string[] =>
  harbor.state
    .artifacts('retention-trash')
    .flatMap((one) => one.tags.map((tag) => tag.slice(13)))
    .toSorted();

let scene: Scene;
const world = (own: Scene = scene, text = policy) =>
  worldAround(own.harbor, { policy: text, store: own.store });
afterEach(() => scene.harbor.close());

describe('a run after keepFor', () => {
  beforeEach(async () => {
    scene = await daysAfterARun(15);
  });

  test('in a dry run shows what would be purged, and purges nothing', async () => {
    await runToEnd(world(), { ...second, mode: 'dry-run' });
    expect(reportIn(scene.store).trash).toMatchObject({ due: 2, deferred: 0, waiting: 0 });
    expect(trashed(scene)).toEqual(['ci-1', 'ci-2']);
  });

  test('purges the trash, then has the garbage collected, and reports what came of it', async () => {
    await runToEnd(world(), second);
    expect(trashed(scene)).toEqual([]);
    const report = reportIn(scene.store);
    expect(report.applied).toMatchObject({ purged: 2, deleted: 0 });
    expect(report.garbageCollection?.thisRun).toMatchObject({
      kind: 'ended',
      status: 'Success',
      dryRun: false,
    });
    const [collection] = await applyPortsOn(scene.harbor).harbor.listCollections();
    expect(collection).toMatchObject({ dryRun: false, deletesUntagged: false });
  });

  test('only previews where the policy says so', async () => {
    await runToEnd(world(scene, policy.replace('mode: run', 'mode: preview')), second);
    expect(reportIn(scene.store).garbageCollection?.thisRun).toMatchObject({
      kind: 'ended',
      dryRun: true,
    });
  });

  test('heals behind a run that was cut off before it has anything collected', async () => {
    const began = { at: scene.harbor.clock.now() - 60_000, project: 'team' };
    const key = 'state/runs/2026-12-05T033000Z/intents/actions-00001-team-began.json';
    await scene.store.write(key, JSON.stringify(began));
    scene.harbor.seed.push({
      project: 'team',
      repository: 'api',
      tags: ['pushed-beside'],
      size: 9,
    });
    scene.harbor.requests.clear();
    await runToEnd(world(), second);
    const sent = scene.harbor.requests.all.map(({ method, path }) => `${method} ${path}`);
    const healed = sent.findIndex((one) => one.startsWith('PUT /v2/team/api/manifests/'));
    const collected = sent.findIndex((one) => one.startsWith('POST /api/v2.0/system/gc'));
    expect(healed).toBeGreaterThan(-1);
    expect(collected).toBeGreaterThan(healed);
    expect(scene.store.texts.has(key)).toBe(false);
  });

  test('names the permission that garbage collection lacks', async () => {
    scene.harbor.faults.on('forbidden', { path: /system\/gc/ });
    await runToEnd(world(), second);
    expect(reportIn(scene.store).garbageCollection?.thisRun).toMatchObject({
      kind: 'not-started',
      because: expect.stringContaining('garbage-collection:'),
    });
  });

  test('starts no collection beside one that is pending or running', async () => {
    scene.harbor.seed.gcExecution({ status: 'Running' });
    const before = (await applyPortsOn(scene.harbor).harbor.listCollections()).length;
    await runToEnd(world(), second);
    expect(trashed(scene)).toEqual([]);
    expect(reportIn(scene.store).garbageCollection?.thisRun).toMatchObject({
      kind: 'not-started',
      because: expect.stringContaining('none is started beside it'),
    });
    expect(await applyPortsOn(scene.harbor).harbor.listCollections()).toHaveLength(before);
  });

  test('refuses a purge beyond the limits, and purges the oldest where the policy says so', async () => {
    const tight = policy.replace('maxDeletionsPercent: 90', 'maxDeletions: 1');
    await runToEnd(world(scene, tight), second);
    expect(reportIn(scene.store).refusals).toMatchObject([
      { rail: 'max-deletions', found: '2 purges' },
    ]);
    expect(trashed(scene)).toHaveLength(2);
    const oldest = tight.replace('maxDeletions: 1', 'maxDeletions: 1, onBreach: oldestFirst');
    await runToEnd(world(scene, oldest), { ...second, runId: '2026-12-06T043000Z' });
    expect(trashed(scene)).toHaveLength(1);
    expect(reportIn(scene.store).trash).toMatchObject({ due: 1, deferred: 1 });
  });

  test('leaves alone what is not a copy of ours', async () => {
    scene.harbor.seed.push({
      project: 'retention-trash',
      repository: 'team/api',
      tags: ['mine'],
      pushedAt: 1e12,
    });
    await runToEnd(world(), second);
    expect(scene.harbor.state.tags('retention-trash', 'team/api').map((tag) => tag.name)).toEqual([
      'mine',
    ]);
    expect(reportIn(scene.store).trash?.notes).toMatchObject([
      expect.stringContaining('is not a copy of ours'),
    ]);
  });
});

test('exactly after keepFor nothing is purged yet, and no collection is started', async () => {
  scene = await daysAfterARun(14);
  await runToEnd(world(), second);
  expect(trashed(scene)).toEqual(['ci-1', 'ci-2']);
  expect(reportIn(scene.store).garbageCollection?.thisRun).toEqual({
    kind: 'not-started',
    because: 'this run deleted nothing for good',
  });
});

test('what was trashed again counts from then', async () => {
  scene = await daysAfterARun(10);
  const ports = applyPortsOn(scene.harbor);
  const copy = scene.harbor.state
    .artifacts('retention-trash')
    .find((one) => one.tags[0]?.endsWith('.ci-1'));
  const from = { project: 'retention-trash', repository: 'team/api', digest: copy?.digest ?? '' };
  await ports.harbor.copyArtifact(from, { project: 'team', repository: 'api' });
  await ports.harbor.createTag({ ...from, project: 'team', repository: 'api' }, 'ci-1');
  for (const tag of copy?.tags ?? [])
    await ports.harbor.removeTag({ ...from, project: 'team', repository: 'api' }, tag);
  scene.harbor.clock.advance(31 * day);
  scene.harbor.seed.push({ project: 'team', repository: 'api', tags: ['newest'], size: 6 });
  const once = world(scene, policy.replace('keepFor: 14d', 'keepFor: 10w'));
  await runToEnd(once, second);
  scene.harbor.clock.advance(5 * day);
  await runToEnd(world(), { ...second, runId: '2026-12-20T033000Z' });
  expect(trashed(scene).filter((tag) => tag === 'ci-1')).toEqual(['ci-1']);
  expect(trashed(scene)).not.toContain('ci-2');
});

test.each(['before', 'after'] as const)(
  'a run that purges and collects, killed at any call, %s it took effect, starts one collection and purges once',
  async (when) => {
    scene = await daysAfterARun(15);
    const begin = beginningWith(scene);
    const calls = await killedAtEveryCall(when, {
      begin,
      world: (own) => world(own),
      run: (dying) => runSlice(second, dying, unlimited),
      afterwards: async (own) => {
        await runToEnd(world(own), second);
        expect(trashed(own)).toEqual([]);
        expect(reportIn(own.store).applied).toMatchObject({ purged: 2, results: { done: 2 } });
        expect(await applyPortsOn(own.harbor).harbor.listCollections()).toHaveLength(1);
      },
    });
    expect(calls).toBeGreaterThan(50);
  },
);
