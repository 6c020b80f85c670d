// What Harbor or somebody holds back: nothing of it prolongs a copy, and no copy of ours is taken for a stranger's.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { apply } from '../../bin/commands/apply.ts';
import type { RunRequest } from '../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { talkTo } from '../sandbox-tests/talk.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  callsOf,
  reportIn,
  runToEnd,
  type TestWorld,
  withCalls,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old-builds
    select: { projects: [team], tags: ['ci-*'] }
    keep: { pushedWithin: 30d }
  - name: untagged
    select: { projects: [team], untagged: true }
    keep: { pushedWithin: 30d }
`;

let harbor: EmbeddedHarbor;
let store: MemoryStore;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  store = memoryStore();
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  for (const tag of ['v1', 'v2', 'v3', 'v4', 'v5'])
    harbor.seed.push({ project: 'team', repository: 'api', tags: [tag], size: 1_000 });
});
afterEach(() => harbor.close());

const world = (): TestWorld => worldAround(harbor, { policy, store });
const old = (tags: readonly string[], more: object = {}) =>
  harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: [...tags],
    pushedAt: harbor.clock.now() - 90 * day,
    size: 1_000,
    ...more,
  });
const night = (date: string): RunRequest => ({ ...armed, runId: `${date}T033000Z` });

const copies = () =>
  harbor.state.artifacts('retention-trash').map(({ digest, tags }) => ({
    digest,
    tags: tags.toSorted(),
  }));

describe('an image whose signature’s tag is immutable', () => {
  test('is held before anything is copied, night after night', async () => {
    const image = old(['ci-1']);
    const tag = `sha256-${image.digest.slice(7)}.sig`;
    harbor.seed.accessory({ subject: image, type: 'signature.cosign', tags: [tag] });
    harbor.seed.immutableRule('team', { tags: 'sha256-*' });
    for (const date of ['2026-11-21', '2026-11-22']) {
      harbor.requests.clear();
      await runToEnd(world(), night(date));
      const writes = harbor.requests.all.filter(
        ({ method, path }) => method !== 'GET' && !path.includes('/labels'),
      );
      expect(writes).toEqual([]);
      expect(reportIn(store).totals?.deletions).toBe(0);
      harbor.clock.advance(day);
    }
  });
});

describe('what Harbor refuses with 412 after it was copied', () => {
  /** Somebody makes the tag immutable just before the deletion reaches Harbor, and takes that back again. */
  function refusing(): TestWorld {
    const there = world();
    const calls = callsOf(there);
    const admin = talkTo(harbor, 'admin');
    const rules = '/projects/team/immutabletagrules';
    return withCalls(there, {
      deleteArtifact: async (place, digest) => {
        if (place.project !== 'team') return await calls.deleteArtifact(place, digest);
        harbor.seed.immutableRule('team', { tags: 'ci-*' });
        const answer = await calls.deleteArtifact(place, digest);
        const listed = (await admin('GET', rules)).json as { id: number }[];
        for (const { id } of listed) await admin('DELETE', `${rules}/${id}`);
        return answer;
      },
    });
  }

  beforeEach(() => {
    old(['ci-1']);
  });

  test('does not prolong its copy, which goes when it is due', async () => {
    await runToEnd(refusing(), night('2026-11-21'));
    expect(reportIn(store).applied?.results).toEqual({ protected: 1 });
    const first = copies();
    expect(first).toHaveLength(1);
    harbor.clock.advance(day);
    await runToEnd(refusing(), night('2026-11-22'));
    expect(copies()).toEqual(first);
    harbor.clock.advance(14 * day);
    await runToEnd(refusing(), night('2026-12-06'));
    expect(reportIn(store).applied).toMatchObject({
      purged: 1,
      results: { done: 1, protected: 1 },
    });
    expect(copies()).toEqual([]);
  });

  test('does not make a terminal’s run end in an error', async () => {
    const code = await apply(
      refusing(),
      { flags: { json: false, yes: false }, ask: () => Promise.resolve('yes') },
      { out: () => undefined, err: () => undefined, isInteractive: true },
    );
    expect(reportIn(store).applied?.results).toEqual({ protected: 1 });
    expect(code).toBe(0);
  });
});

test('what somebody else deletes just before it is copied is already gone, and nothing failed', async () => {
  const { digest } = old(['ci-1']);
  const there = world();
  const calls = callsOf(there);
  const racing = withCalls(there, {
    copyArtifact: async (from, to) => {
      await calls.deleteArtifact(from, digest);
      return await calls.copyArtifact(from, to);
    },
  });
  await runToEnd(racing, night('2026-11-21'));
  expect(reportIn(store).applied?.results).toEqual({ 'already-gone': 1 });
  expect(copies()).toEqual([]);
});

describe('a leftover of ours in the trash', () => {
  /** Harbor refuses to make tags in the trash, so that no copy gets its name. */
  const unnamed = (): TestWorld =>
    withCalls(world(), {
      createTag: () => Promise.resolve({ kind: 'unexpected', because: 'Harbor answered 400' }),
    });

  test.each([
    ['with the tag of its original', ['ci-1']],
    ['without any tag', []],
  ])('%s, as its move failed, is purged when it is due', async (_what, tags) => {
    const { digest } = old(tags);
    await runToEnd(unnamed(), night('2026-11-21'));
    expect(reportIn(store).applied?.results).toEqual({ failed: 1 });
    expect(copies()).toEqual([{ digest, tags }]);
    await applyPortsOn(harbor).harbor.deleteArtifact(
      { project: 'team', repository: 'api' },
      digest,
    );
    harbor.clock.advance(15 * day);
    await runToEnd(world(), night('2026-12-06'));
    expect(copies()).toEqual([]);
    expect(JSON.stringify(reportIn(store))).not.toContain('not a copy of ours');
  });

  test('that came along as the tagged child of an index, and whose original stays in its place, goes with the index', async () => {
    const index = old(['ci-1'], { platforms: 2 });
    const [child = ''] =
      harbor.state.artifacts('team').find(({ digest }) => digest === index.digest)?.children ?? [];
    const ports = applyPortsOn(harbor).harbor;
    await ports.createTag({ project: 'team', repository: 'api', digest: child }, 'arm-v1');
    await runToEnd(world(), night('2026-11-21'));
    expect(harbor.state.tags('team', 'api').map(({ name }) => name)).toContain('arm-v1');
    expect(copies().map(({ digest }) => digest)).toContain(child);
    harbor.clock.advance(15 * day);
    await runToEnd(world(), night('2026-12-06'));
    harbor.clock.advance(day);
    await runToEnd(world(), night('2026-12-07'));
    expect(copies()).toEqual([]);
    expect(harbor.state.tags('team', 'api').map(({ name }) => name)).toContain('arm-v1');
  });

  test('of somebody else, under a tag that no record explains, stays and is named', async () => {
    const { digest } = old(['ci-1']);
    await runToEnd(world(), night('2026-11-21'));
    harbor.clock.advance(day);
    const place = { project: 'retention-trash', repository: 'team/api' };
    await applyPortsOn(harbor).harbor.createTag({ ...place, digest }, 'mine');
    harbor.clock.advance(15 * day);
    await runToEnd(world(), night('2026-12-07'));
    expect(copies()).toHaveLength(1);
    expect(reportIn(store).trash?.notes).toMatchObject([
      expect.stringContaining('is not a copy of ours'),
    ]);
  });
});
