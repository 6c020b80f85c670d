import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import {
  dryRun,
  fatesOf,
  reportIn,
  rowsIn,
  runToEnd,
  type TestWorld,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
trash: off
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
protect: { keepAtLeast: 0 }
rules:
  - name: old
    select: { projects: ["**"], tags: ["**"] }
    keep: { pushedWithin: 30d }
`;

let harbor: EmbeddedHarbor;

beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
  const pushedAt = harbor.clock.now() - 90 * day;
  for (const [repository, count] of [
    ['small', 3],
    ['huge', 150],
    ['tiny', 1],
  ] as const) {
    for (let index = 0; index < count; index += 1) {
      harbor.seed.push({ project: 'team', repository, tags: [`t${index}`], pushedAt });
    }
  }
});
afterEach(() => harbor.close());

const limited = (most: number, more: Partial<TestWorld> = {}): TestWorld =>
  worldAround(harbor, { policy, overrides: { maxArtifactsPerRepository: most, ...more } });

describe('a repository with more artifacts than fit', () => {
  test('is not read, named with the settings to raise, and the rest is judged as ever', async () => {
    const world = limited(100);
    await runToEnd(world);
    const report = reportIn(world.store);
    const huge = report.repositories.find(({ repository }) => repository === 'huge');
    expect(huge).toMatchObject({ artifacts: 0, unread: 150, deletions: 0 });
    expect(huge?.unplannable).toMatch(
      /^team\/huge is not planned: 150 artifacts .* 100 fit: raise .*memoryMiB.*maxArtifactsPerRepository/,
    );
    expect(fatesOf(await rowsIn(world.store, report))).toEqual({
      'team/small:t0': 'delete',
      'team/small:t1': 'delete',
      'team/small:t2': 'delete',
      'team/tiny:t0': 'delete',
    });
    const lists = harbor.requests.all.filter(({ path }) => path.includes('/artifacts?'));
    expect(lists).toHaveLength(1);
    expect(report.requests.sent).toBe(report.requests.lowerBound);
  });

  test('is given up while it is read if Harbor counted it wrong', async () => {
    harbor.faults.on('artifact-count-zero');
    const world = limited(100);
    await runToEnd(world);
    const report = reportIn(world.store);
    const unplannable = report.repositories.filter((one) => one.unplannable !== undefined);
    expect(unplannable.map(({ repository, artifacts }) => [repository, artifacts])).toEqual([
      ['huge', 0],
    ]);
    expect(Object.keys(fatesOf(await rowsIn(world.store, report)))).toHaveLength(4);
  });

  test('is not taken for a registry that shrank', async () => {
    const world = limited(1_000);
    await runToEnd(world);
    const later = { ...limited(100), store: world.store };
    await runToEnd(later, { ...dryRun, runId: '2026-11-22T033000Z' });
    const report = reportIn(world.store);
    expect(report.refusals.map(({ rail }) => rail)).not.toContain('inventory-shrank');
    expect(report.totals?.unread).toBe(150);
  });
});
