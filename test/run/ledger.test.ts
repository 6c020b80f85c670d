import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunRequest } from '../../functions/ports.ts';
import type { Ledger } from '../../functions/report/ledger-schema.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { layeredPusher, type LayeredPusher } from '../support/layered-pusher.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { dryRun, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

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
const armed: RunRequest = { ...dryRun, mode: 'apply', applyNewPolicy: true };

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

const exactly = (bytes: number) => ({ atLeast: bytes, atMost: bytes });
const quotaOf = async (name: string): Promise<number> => {
  const { json } = await push.request('GET', `/quotas?reference=project&page_size=100`);
  const all = json as { ref: { name: string }; used: { storage: number } }[];
  return all.find(({ ref }) => ref.name === name)?.used.storage ?? Number.NaN;
};

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

describe('two images that share nine of ten layers, one of which goes', () => {
  test('free what garbage collection frees after the purge, and no pull time moves', async () => {
    await twoImages();
    harbor.clock.advance(2 * day);
    const before = await quotaOf('team');
    await runToEnd(world(50), armed);
    const ledger = figures(reportIn(store).ledger);
    expect(ledger.frees.atLeast).toBe(ledger.frees.atMost);
    expect(ledger.frees.atMost).toBeGreaterThan(90 * 18);
    expect(ledger.projects).toEqual([{ project: 'team', gains: ledger.frees }]);
    expect(before - (await quotaOf('team'))).toBe(ledger.frees.atMost);
    expect(ledger.trash?.rises).toEqual(exactly(await quotaOf('retention-trash')));
    expect(ledger.shared.layers).toHaveLength(10);

    harbor.clock.advance(15 * day);
    await runToEnd(world(50), { ...armed, runId: '2026-12-30T033000Z' });
    const later = reportIn(store);
    expect(figures(later.ledger).freesNow).toEqual(ledger.frees);
    expect(later.garbageCollection?.thisRun).toMatchObject({ freedBytes: ledger.frees.atMost });
    expect(await quotaOf('retention-trash')).toBe(0);
    for (const { name } of harbor.state.projects())
      for (const one of harbor.state.artifacts(name)) expect(one.pulledAt).toBe(0);
  });
});
