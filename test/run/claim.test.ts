import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { claimOf, claimProblem, claimText } from '../../functions/domain/claim.ts';
import type { RunRequest } from '../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { talkTo } from '../sandbox-tests/talk.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { beside } from '../support/other-actors.ts';
import { armed, dryRun, reportIn, runToEnd, worldAround } from '../support/run-world.ts';
import { claimAs, claimsIn, unclaim } from '../support/unclaim.ts';

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
`;
const later: RunRequest = { ...armed, runId: '2026-11-22T033000Z' };

let harbor: EmbeddedHarbor;
let store: MemoryStore;
const world = (own = store) => worldAround(harbor, { policy, store: own });
const left = (): number => harbor.state.artifacts('team').length;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const name of ['team', 'retention-trash']) harbor.seed.project(name);
  const pushedAt = harbor.clock.now() - 90 * day;
  for (const [index, tag] of ['ci-1', 'ci-2', 'v1'].entries()) {
    const push = { tags: [tag], pushedAt: pushedAt + index * day };
    harbor.seed.push({ project: 'team', repository: 'api', ...push });
  }
  store = memoryStore();
});
afterEach(() => harbor.close());

describe('the trash', () => {
  test('is claimed by the first armed run, under the address of its store, and once', async () => {
    await runToEnd(world(), armed);
    const [claim, ...others] = await claimsIn(harbor);
    expect([claim, others]).toEqual([expect.stringMatching(/^memory \(store .+\)$/), []]);
    harbor.clock.advance(day);
    expect(await runToEnd(world(), later)).toMatchObject({ end: 'finished' });
    expect(await claimsIn(harbor)).toEqual([claim]);
  });

  test('is not claimed by a dry run', async () => {
    await runToEnd(world(), dryRun);
    expect(await claimsIn(harbor)).toEqual([]);
    expect(harbor.requests.all.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('of another deployment refuses an armed run, and a dry run shows it, with the remedies', async () => {
    await claimAs(harbor, 's3://other/prefix (store 1)');
    for (const request of [dryRun, later]) {
      expect(await runToEnd(world(), request)).toMatchObject({ end: 'refused' });
      const [refusal] = reportIn(store).refusals;
      expect(refusal).toMatchObject({
        rail: 'trash-not-ready',
        found: expect.stringContaining('s3://other/prefix (store 1)'),
        remedy: expect.stringMatching(/trash project of its own.*delete the label/s),
      });
    }
    expect(left()).toBe(3);
    await unclaim(harbor);
    await runToEnd(world(), { ...later, runId: '2026-11-23T033000Z' });
    expect(left()).toBe(1);
  });

  test('of another store at the same address is another deployment’s', async () => {
    await runToEnd(world(), armed);
    harbor.seed.push({
      project: 'team',
      repository: 'api',
      tags: ['ci-3'],
      pushedAt: harbor.clock.now() - 90 * day,
    });
    expect(await runToEnd(world(memoryStore()), later)).toMatchObject({ end: 'refused' });
    expect(left()).toBe(2);
  });

  test('whose labels can’t be read is left alone', async () => {
    harbor.faults.on('internal-error', {
      path: /scope=p&project_id=\d+&name=harbor-retention|name=harbor-retention/,
    });
    await expect(runToEnd(world(), armed)).rejects.toMatchObject({ code: 'harbor-unreachable' });
    harbor.faults.off();
    harbor.faults.on('not-json', { path: /name=harbor-retention/ });
    await runToEnd(world(), later).catch(() => undefined);
    expect(left()).toBe(3);
  });

  test('is not claimed by a label of that name for all projects', async () => {
    const label = { name: 'harbor-retention', description: 's3://other', scope: 'g' };
    expect((await talkTo(harbor, 'admin')('POST', '/labels', label)).status).toBe(201);
    expect(await runToEnd(world(), armed)).toMatchObject({ end: 'finished' });
    expect(left()).toBe(1);
  });
});

describe('two armed runs', () => {
  test('T51: that claim it at the same moment: Harbor lets one, and the other deletes nothing', async () => {
    const own = world();
    const racing = beside(own, async ({ call }) => {
      if (call === 'claimProject') await claimAs(harbor, 's3://faster (store 2)');
    });
    await expect(runToEnd(racing, armed)).rejects.toMatchObject({
      code: 'trash-claimed',
      message: expect.stringContaining('s3://faster (store 2)'),
      remedy: expect.stringContaining('trash project of its own'),
    });
    expect([left(), await claimsIn(harbor)]).toEqual([3, ['s3://faster (store 2)']]);
    expect(reportIn(store).error?.code).toBe('trash-claimed');
  });

  test('of which one takes the claim away while the other works: that one stops within a minute', async () => {
    const own = world();
    let copies = 0;
    const robbed = beside(own, async ({ call }) => {
      if (call !== 'copyArtifact' || (copies += 1) > 1) return;
      await unclaim(harbor);
      await claimAs(harbor, 's3://thief (store 3)');
      harbor.clock.advance(61_000);
    });
    await expect(runToEnd(robbed, armed)).rejects.toMatchObject({ code: 'trash-claimed' });
    expect([copies, left()]).toEqual([1, 2]);
  });

  test('and somebody who removes the label: it is made again', async () => {
    const own = world();
    let copies = 0;
    const robbed = beside(own, async ({ call }) => {
      if (call !== 'copyArtifact' || (copies += 1) > 1) return;
      await unclaim(harbor);
      harbor.clock.advance(61_000);
    });
    expect(await runToEnd(robbed, armed)).toMatchObject({ end: 'finished' });
    expect([left(), (await claimsIn(harbor)).length]).toEqual([1, 1]);
  });
});

test('a claim is ours, free, another’s or not known', () => {
  const own = claimText('s3://ours', 'a1');
  expect(claimOf([own], own)).toEqual({ kind: 'ours' });
  expect(claimOf([], own)).toEqual({ kind: 'free' });
  expect(claimOf([], undefined)).toEqual({ kind: 'free' });
  expect(claimOf([own], undefined)).toEqual({ kind: 'others', by: [own] });
  expect(claimOf([own, 'b'], own)).toEqual({ kind: 'others', by: ['b'] });
  expect(claimOf('unknown', own)).toEqual({ kind: 'unknown' });
  expect(claimProblem({ kind: 'unknown' })?.remedy).toMatch(/label:list/);
  expect(['free', 'ours'].map((kind) => claimProblem({ kind } as never))).toEqual([
    undefined,
    undefined,
  ]);
});
