import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HarborReader, HarborWriter, RunRequest, SliceEnd } from '../../functions/ports.ts';
import { runSlice } from '../../functions/run.ts';
import { takeLease } from '../../functions/store/lease.ts';
import { signsOfLife } from '../../functions/store/progress.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { talkTo } from '../sandbox-tests/talk.ts';
import { memoryKey } from '../support/memory-key.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  reportIn,
  runToEnd,
  type TestWorld,
  unlimited,
  withCalls,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const minute = 60_000;
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
const other = { runId: '2026-11-22T033000Z', owner: 'somebody else' };

let harbor: EmbeddedHarbor;
let store: MemoryStore;
const world = (overrides: Partial<TestWorld> = {}) =>
  worldAround(harbor, { policy, store: overrides.store ?? store, overrides });

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  const pushedAt = harbor.clock.now() - 90 * day;
  for (const tag of ['ci-1', 'ci-2', 'ci-3', 'ci-4', 'v1'])
    harbor.seed.push({ project: 'team', repository: 'api', tags: [tag], pushedAt, size: 1_000 });
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['latest'], size: 5 });
  store = memoryStore();
});
afterEach(() => harbor.close());

type Unfinished = SliceEnd & { readonly done: false };

async function slice(request: RunRequest, own = world()): Promise<Unfinished> {
  const end = await runSlice(request, own, unlimited);
  if (end.done) throw new Error('the run is done');
  return end;
}

/** A Harbor that somebody switches to read-only when so many artifacts are deleted. */
function readOnlyAfter(deletions: number): TestWorld {
  const own = world();
  let left = deletions;
  const deleteArtifact: HarborWriter['deleteArtifact'] = async (place, digest) => {
    const answer = await own.changes.writer.deleteArtifact(place, digest);
    left -= 1;
    if (left === 0) harbor.seed.readOnly(true);
    return answer;
  };
  return withCalls(own, { deleteArtifact });
}

const tagsIn = (project: string): number => harbor.state.artifacts(project).length;

describe('a Harbor that turns read-only while a run deletes', () => {
  test('is waited for, and the run ends as if nothing had been', async () => {
    const { wait } = await slice(armed, readOnlyAfter(2));
    expect(wait).toMatchObject({ seconds: 30, for: 'Harbor to come out of read-only' });
    expect(tagsIn('team')).toBe(4);
    const spans: number[] = [];
    for (let look = 1; look <= 4; look += 1) {
      harbor.requests.clear();
      const { wait: again } = await slice(armed);
      spans.push(again?.seconds ?? 0);
      expect(harbor.requests.all.every(({ method }) => method === 'GET')).toBe(true);
      expect(harbor.requests.count).toBeLessThan(12);
      harbor.clock.advance((again?.seconds ?? 0) * 1_000);
    }
    expect(spans).toEqual([60, 120, 300, 600]);
    harbor.seed.readOnly(false);
    const end = await runToEnd(world(), armed);
    expect(end).toMatchObject({ end: 'finished', summary: { deleted: 4 } });
    expect(reportIn(store).applied).toMatchObject({ deleted: 4, results: { done: 4 } });
  });

  test('is waited for no longer than allowed; then the report says what was refused', async () => {
    await slice(armed, readOnlyAfter(2));
    const end = await runToEnd(world(), { ...armed, waitAtMost: 20 * minute });
    expect(end.end).toBe('finished');
    const { applied } = reportIn(store);
    expect(applied).toMatchObject({ deleted: 2, results: { done: 2, refused: 1 } });
    expect(applied?.exceptions[0]).toMatchObject({
      because: expect.stringContaining('read only mode'),
    });
  });

  test('is not waited for where waiting is switched off', async () => {
    const end = await runSlice({ ...armed, waitAtMost: 0 }, readOnlyAfter(2), unlimited);
    expect(end).toMatchObject({ done: true, end: 'finished', summary: { deleted: 2 } });
  });

  test('is waited for also while it is away, as for an upgrade, but no longer', async () => {
    await slice(armed, readOnlyAfter(2));
    harbor.faults.on('internal-error');
    expect((await slice(armed)).wait?.for).toBe('Harbor to come out of read-only');
    harbor.clock.advance(10 * minute);
    expect((await slice(armed)).wait?.for).toBe('Harbor to come out of read-only');
    const short = { ...armed, waitAtMost: 10 * minute };
    await expect(runSlice(short, world(), unlimited)).rejects.toMatchObject({
      code: 'harbor-unreachable',
    });
    harbor.faults.off();
    harbor.seed.readOnly(false);
    const end = await runToEnd(world(), armed);
    expect(end).toMatchObject({ end: 'finished', summary: { deleted: 4 } });
  });

  test('is waited for also when it goes away between two looks of one slice', async () => {
    await slice(armed, readOnlyAfter(2));
    const own = world();
    let looks = 0;
    const identify: HarborReader['identify'] = async () => {
      looks += 1;
      if (looks === 2) harbor.faults.on('cut-before');
      return await own.harbor.identify();
    };
    const { wait } = await slice(armed, { ...own, harbor: { ...own.harbor, identify } });
    expect(looks).toBe(2);
    expect(wait?.for).toBe('Harbor to come out of read-only');
    harbor.faults.off();
    harbor.seed.readOnly(false);
    expect(await runToEnd(world(), armed)).toMatchObject({ summary: { deleted: 4 } });
  });

  test('leaves the run its lease over the whole wait, and tells who looks', async () => {
    const { wait } = await slice(armed, readOnlyAfter(2));
    harbor.clock.advance((wait?.seconds ?? 0) * 1_000 + 4 * minute);
    await expect(takeLease(store, other, harbor.clock)).rejects.toMatchObject({
      code: 'lease-held',
    });
    expect(await signsOfLife.read(store, armed.runId)).toMatchObject({
      phase: 'apply',
      mode: 'apply',
      wait: { for: 'Harbor to come out of read-only' },
    });
  });
});

describe('garbage collection', () => {
  const collectionsOf = async () => (await world().changes.garbage.listCollections()).length;
  beforeEach(async () => {
    await runToEnd(world(), armed);
    harbor.clock.advance(15 * day);
  });

  test('is followed without the lease, when the report is there already', async () => {
    const { wait } = await slice(second);
    expect(wait?.for).toMatch(/^Harbor’s garbage collection/);
    expect(reportIn(store)).toMatchObject({
      run: { id: second.runId, end: 'finished' },
      garbageCollection: { thisRun: { kind: 'running' } },
    });
    const lease = await takeLease(store, other, harbor.clock);
    await lease.release();
    const end = await runToEnd(world(), second);
    expect(reportIn(store).garbageCollection?.thisRun).toMatchObject({ kind: 'ended' });
    expect(end.summary).toMatchObject({ purged: 4, freedBytes: expect.any(Number) });
    // From the first moment to the first report.
    expect(end.summary.durationMs).toBeLessThan(10_000);
    expect(store.texts.has(memoryKey(harbor, 'collection.json'))).toBe(false);
  });

  test('is told once, whichever of two deliveries of the start sees its end', async () => {
    const delivered = { ...second, owner: 'second delivery' };
    expect(await slice(second)).toMatchObject({ isReported: true });
    // The first has told that the run has ended; whoever sees the end of the collection tells the figures.
    expect(await slice(delivered)).toMatchObject({ isReported: true, isRepeated: true });
    const end = await runToEnd(world(), delivered);
    expect(end).toMatchObject({ isReported: true, summary: { purged: 4 } });
    expect(end.isRepeated).toBeUndefined();
    const late = await runToEnd(world(), second);
    expect(late).toMatchObject({ isRepeated: true, summary: end.summary });
    expect(late.isReported).toBeUndefined();
  });

  test('that another owner has started meanwhile is not forgotten by a look that sees nothing', async () => {
    const id = harbor.seed.gcExecution({ status: 'Running' });
    await slice(second);
    await talkTo(harbor, 'admin')('PUT', `/system/gc/${id}`);
    const key = `state/runs/${second.runId}/state.json`;
    const before = store.texts.get(key) ?? '';
    await slice({ ...second, owner: 'second delivery' });
    expect(store.texts.get(key)).toContain('"kind":"running"');
    harbor.faults.on('internal-error');
    // Read before the other owner looked.
    let reads = 0;
    const read: MemoryStore['read'] = async (wanted) => {
      const now = await store.read(wanted);
      if (wanted !== key || now === undefined) return now;
      reads += 1;
      return reads === 1 ? { ...now, text: before } : now;
    };
    await slice(second, world({ store: { ...store, read } }));
    expect(store.texts.get(key)).toContain('"kind":"running"');
  });

  test('that another runs is waited for, then ours is started once', async () => {
    const id = harbor.seed.gcExecution({ status: 'Running' });
    expect((await slice(second)).wait?.for).toMatch(/^another garbage collection/);
    expect((await slice(second)).wait?.for).toMatch(/^another garbage collection/);
    expect(await collectionsOf()).toBe(1);
    await talkTo(harbor, 'admin')('PUT', `/system/gc/${id}`);
    expect((await slice(second)).wait?.for).toMatch(/^Harbor’s garbage collection/);
    await runToEnd(world(), second);
    expect(await collectionsOf()).toBe(2);
    expect(reportIn(store).garbageCollection?.thisRun).toMatchObject({ kind: 'ended' });
  });

  test('is looked at later when another run works, or Harbor is away, and fails nothing', async () => {
    await slice(second);
    const lease = await takeLease(store, other, harbor.clock);
    expect((await slice(second)).wait).toBeDefined();
    await lease.release();
    harbor.faults.on('internal-error');
    expect((await slice(second)).wait).toBeDefined();
    harbor.faults.off();
    expect(await runToEnd(world(), second)).toMatchObject({ end: 'finished' });
    expect(reportIn(store)).toMatchObject({
      run: { end: 'finished' },
      garbageCollection: { thisRun: { kind: 'ended' } },
    });
  });

  test('that takes too long is told by the next run', async () => {
    const third = { ...second, runId: '2026-12-07T033000Z' };
    await runToEnd(world(), { ...second, waitAtMost: 0 });
    expect(reportIn(store).garbageCollection?.thisRun).toMatchObject({ kind: 'running' });
    harbor.clock.advance(day);
    await runToEnd(world(), third);
    expect(reportIn(store).garbageCollection?.earlier).toMatchObject({ kind: 'ended' });
  });

  test('is told by the next run also when its last step is done twice', async () => {
    const third = { ...second, runId: '2026-12-07T033000Z' };
    await runToEnd(world(), { ...second, waitAtMost: 0 });
    harbor.clock.advance(day);
    const key = `state/runs/${third.runId}/state.json`;
    let unreported = '';
    const remembering: MemoryStore = {
      ...store,
      write: async (at, text, type) => {
        if (at === key && text.includes('"phase":"report"')) unreported = text;
        await store.write(at, text, type);
      },
    };
    await runToEnd(world({ store: remembering }), third);
    const once = reportIn(store);
    await store.write(key, unreported, 'application/json');
    await runToEnd(world(), third);
    expect(once.garbageCollection?.earlier).toMatchObject({ kind: 'ended' });
    expect(reportIn(store).garbageCollection).toEqual(once.garbageCollection);
    const fourth = { ...second, runId: '2026-12-08T033000Z' };
    harbor.clock.advance(day);
    await runToEnd(world(), fourth);
    expect(reportIn(store).garbageCollection?.earlier).toBeUndefined();
    expect(store.texts.has(memoryKey(harbor, 'collection.json'))).toBe(false);
  });

  test('is told by the next run also where that collects as well', async () => {
    harbor.seed.push({
      project: 'team',
      repository: 'api',
      tags: ['ci-5'],
      pushedAt: harbor.clock.now() - 90 * day,
    });
    const third = { ...second, runId: '2026-12-21T033000Z' };
    await runToEnd(world(), { ...second, waitAtMost: 0 });
    harbor.clock.advance(15 * day);
    await runToEnd(world(), third);
    expect(reportIn(store).garbageCollection).toMatchObject({
      thisRun: { kind: 'ended', id: 2 },
      earlier: { kind: 'ended', id: 1 },
    });
  });

  test('whose run was overtaken leaves the newer report alone', async () => {
    const third = { ...second, runId: '2026-12-06T043000Z' };
    await slice(second);
    await runToEnd(world(), third);
    const newest = reportIn(store);
    expect(newest.run.id).toBe(third.runId);
    const end = await runToEnd(world(), second);
    expect(end.summary.runId).toBe(second.runId);
    expect(reportIn(store)).toEqual(newest);
  });

  test('whose run was overtaken by one that failed does not hide that failure', async () => {
    await slice(second);
    const third = { ...second, runId: '2026-12-06T043000Z' };
    const broken = worldAround(harbor, { policy: 'version: 1', store });
    await expect(runToEnd(broken, third)).rejects.toMatchObject({ code: 'policy-invalid' });
    await runToEnd(world(), second);
    expect(reportIn(store).run).toMatchObject({ id: third.runId, end: 'failed' });
    expect(store.texts.has(memoryKey(harbor, 'collection.json'))).toBe(true);
  });

  test('is not started behind another while a later run knows of pushes that are not healed', async () => {
    const id = harbor.seed.gcExecution({ status: 'Running' });
    await slice(second);
    const third = { ...second, runId: '2026-12-06T043000Z' };
    await runToEnd(world(), { ...third, waitAtMost: 0 });
    const day = reportIn(store).run.startedAt.slice(0, 10).replaceAll('-', '/');
    const problem = { on: 'team/api', message: 'a layer is not linked', remedy: 'Push it again.' };
    const healing = { version: 1, project: 'team', since: 0, relinked: [], tags: [] };
    await store.write(
      `reports/healing/${day}/${third.runId}/actions-00001-team.json`,
      JSON.stringify({ ...healing, problems: [problem] }),
    );
    await talkTo(harbor, 'admin')('PUT', `/system/gc/${id}`);
    await runToEnd(world(), second);
    expect(await collectionsOf()).toBe(1);
  });
});
