import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeletionRecord } from '../../functions/domain/deletion-record.ts';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { killedAtEveryCall } from '../support/crashing.ts';
import { beginningWith } from '../support/marked-scene.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, pieces, reportIn, runToEnd, unlimited, worldAround } from '../support/run-world.ts';

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

let harbor: EmbeddedHarbor;

async function freshHarbor(): Promise<EmbeddedHarbor> {
  const fresh = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  fresh.seed.project('team');
  fresh.seed.project('retention-trash');
  const old = fresh.clock.now() - 90 * day;
  const push = (repository: string, tags: string[], more: object = {}) =>
    fresh.seed.push({ project: 'team', repository, tags, pushedAt: old, size: 1_000, ...more });
  push('api', ['ci-1']);
  push('api', ['ci-2', 'release']);
  push('api', ['ci-3'], { platforms: 2, accessories: [{ type: 'signature.cosign' }] });
  push('api', ['latest'], { pushedAt: fresh.clock.now() - 2 * day });
  push('web', ['ci-1', 'ci-2']);
  push('web', ['v1']);
  return fresh;
}

beforeEach(async () => {
  harbor = await freshHarbor();
});
afterEach(() => harbor.close());

const tagsOf = (of: EmbeddedHarbor, project: string, repository: string): string[] =>
  of.state
    .tags(project, repository)
    .map((tag) => tag.name)
    .toSorted();

async function recordsIn(store: MemoryStore): Promise<DeletionRecord[]> {
  const records: DeletionRecord[] = [];
  for (const key of await store.list('reports/records/')) {
    for await (const line of store.readPart(key)) records.push(JSON.parse(line) as DeletionRecord);
  }
  return records;
}

/** What must hold after any run that came to its end. */
async function expectApplied(of: EmbeddedHarbor, store: MemoryStore): Promise<void> {
  expect(tagsOf(of, 'team', 'api')).toEqual(['latest', 'release']);
  expect(tagsOf(of, 'team', 'web')).toEqual(['v1']);
  const trashed = [
    ...tagsOf(of, 'retention-trash', 'team/api'),
    ...tagsOf(of, 'retention-trash', 'team/web'),
  ];
  // A copy that was there already, because the run was cut off behind it, bears a marker besides.
  const names = trashed.filter((tag) => !tag.includes('...')).map((tag) => tag.slice(13));
  expect(names.toSorted()).toEqual(['ci-1', 'ci-1', 'ci-2', 'ci-3']);
  const records = await recordsIn(store);
  expect(records.map(({ outcome }) => outcome.result)).toEqual(['done', 'done', 'done', 'done']);
  const report = reportIn(store);
  expect(report.run).toMatchObject({ mode: 'apply', end: 'finished' });
  expect(report.applied).toMatchObject({
    deleted: 3,
    removedTags: 1,
    results: { done: 4 },
    exceptions: [],
  });
}

describe('an armed run', () => {
  test('deletes what a dry run showed, into the trash, and says until when it can come back', async () => {
    const dry = worldAround(harbor, { policy });
    await runToEnd(dry);
    expect(reportIn(dry.store).totals).toMatchObject({ deletions: 3, tagRemovals: 1 });
    const world = worldAround(harbor, { policy });
    await runToEnd(world, armed);
    await expectApplied(harbor, world.store);
    expect(reportIn(world.store).applied?.restorableUntil).toBe(
      new Date(harbor.clock.now() + 14 * day).toISOString(),
    );
  });

  test('finds nothing the second time', async () => {
    await runToEnd(worldAround(harbor, { policy }), armed);
    const again = worldAround(harbor, { policy });
    await runToEnd(again, armed);
    expect(reportIn(again.store)).toMatchObject({
      totals: { deletions: 0, tagRemovals: 0 },
      applied: { deleted: 0 },
    });
  });

  test('cut into slices does the same', async () => {
    const store = memoryStore();
    let slices = 0;
    for (let done = false; !done; slices += 1) {
      done = (await runSlice(armed, worldAround(harbor, { policy, store }), pieces(2))).done;
      expect(slices).toBeLessThan(30);
    }
    expect(slices).toBeGreaterThan(2);
    await expectApplied(harbor, store);
  });

  test('asked to go on as a dry run goes on as nothing', async () => {
    const store = memoryStore();
    await runSlice(armed, worldAround(harbor, { policy, store }), pieces(2));
    const asked = worldAround(harbor, { policy, store });
    await expect(runToEnd(asked, { ...armed, mode: 'dry-run' })).rejects.toMatchObject({
      code: 'event-invalid',
    });
    expect(tagsOf(harbor, 'team', 'api')).toHaveLength(5);
  });

  test('does not carry out a plan of the day before yesterday', async () => {
    const store = memoryStore();
    for (
      let slices = 0;
      !(await store.list('inventory/')).some((key) => key.includes('actions'));
      slices += 1
    ) {
      expect(slices).toBeLessThan(10);
      await runSlice(armed, worldAround(harbor, { policy, store }), pieces(2));
    }
    harbor.clock.advance(49 * 3_600_000);
    const late = worldAround(harbor, { policy, store });
    await expect(runToEnd(late, armed)).rejects.toMatchObject({ code: 'state-invalid' });
    expect(tagsOf(harbor, 'team', 'api')).toHaveLength(5);
  });

  test('removes several tags of one artifact in one go', async () => {
    harbor.seed.push({
      project: 'team',
      repository: 'many',
      tags: ['ci-7', 'ci-8', 'ci-9', 'release'],
      pushedAt: harbor.clock.now() - 90 * day,
    });
    const world = worldAround(harbor, { policy });
    await runToEnd(world, armed);
    expect(tagsOf(harbor, 'team', 'many')).toEqual(['release']);
    expect(reportIn(world.store).applied).toMatchObject({ removedTags: 4, exceptions: [] });
  });

  test('that is refused deletes nothing', async () => {
    const world = worldAround(harbor, { policy: policy.replace('90 }', '10 }') });
    expect((await runToEnd(world, armed)).end).toBe('refused');
    expect(tagsOf(harbor, 'team', 'api')).toHaveLength(5);
    expect(harbor.requests.all.filter((request) => request.method !== 'GET')).toEqual([]);
  });

  test('deletes nothing of a plan whose actions were changed in the store', async () => {
    const store = memoryStore();
    let end = await runSlice(armed, worldAround(harbor, { policy, store }), pieces(2));
    for (let slices = 0; !end.done && (await store.list('inventory/')).length < 2; slices += 1) {
      expect(slices).toBeLessThan(10);
      end = await runSlice(armed, worldAround(harbor, { policy, store }), pieces(2));
    }
    expect(end.done).toBe(false);
    const key = (await store.list('inventory/')).find((one) => one.includes('actions')) ?? '';
    const part = store.openPart(key);
    await part.write('{"kind":"delete-artifact"}');
    await part.close();
    await expect(runToEnd(worldAround(harbor, { policy, store }), armed)).rejects.toMatchObject({
      code: 'state-invalid',
    });
    expect(tagsOf(harbor, 'team', 'api')).toHaveLength(5);
  });

  test('beside another run of the same store is refused, and the other’s report stays', async () => {
    const store = memoryStore();
    const lease = {
      version: 1,
      runId: '2026-11-22T033000Z',
      owner: 'other',
      fence: 1,
      until: harbor.clock.now() + 60_000,
    };
    await store.write('state/lease.json', JSON.stringify(lease));
    const world = worldAround(harbor, { policy, store });
    await expect(runToEnd(world, armed)).rejects.toMatchObject({ code: 'lease-held' });
    expect(store.texts.get('reports/latest.json')).toBeUndefined();
    expect(harbor.requests.count).toBe(0);
  });
});

describe('an armed run that is killed', () => {
  test.each(['before', 'after'] as const)(
    'at any call, %s it took effect, goes on where it stopped and does nothing twice',
    async (when) => {
      const begin = beginningWith({ harbor, store: memoryStore() });
      const calls = await killedAtEveryCall(when, {
        begin,
        world: (own) => worldAround(own.harbor, { policy, store: own.store }),
        run: (dying) => runSlice(armed, dying, unlimited),
        afterwards: async (own) => {
          const day = new Date(own.harbor.clock.now()).toISOString().slice(0, 10);
          const key = `reports/runs/${day.replaceAll('-', '/')}/${armed.runId}.json`;
          const report = own.store.texts.get(key);
          if (report !== undefined)
            expect(JSON.parse(report)).not.toMatchObject({ run: { end: 'failed' } });
          await runToEnd(worldAround(own.harbor, { policy, store: own.store }), armed);
          await expectApplied(own.harbor, own.store);
        },
      });
      expect(calls).toBeGreaterThan(60);
    },
  );
});
