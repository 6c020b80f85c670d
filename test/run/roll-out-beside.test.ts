// A roll-out beside slices, limits, approved lists, empty repositories, and other deployments.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { day } from '../../functions/domain/duration.ts';
import { formatInstant } from '../../functions/domain/instant.ts';
import type { RunRequest } from '../../functions/ports.ts';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, pieces, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let startedAt: number;

/** By their names, api and f are in the first tenth; a, b and web are not. */
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
  const pushedAt = harbor.clock.now() - 90 * day;
  for (const [index, repository] of ['api', 'f', 'a', 'b', 'web'].entries())
    for (let n = 0; n < 3; n += 1)
      harbor.seed.push({
        project: 'team',
        repository,
        tags: [`ci-${n}`],
        // Those of the others are older.
        pushedAt: pushedAt - index * day + n,
        size: 10 + n,
      });
  store = memoryStore();
  startedAt = harbor.clock.now();
});
afterEach(() => harbor.close());

const policy = (limits = 'maxDeletionsPercent: 100', more = ''): string => `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercentPerRepository: 100, ${limits} }
trash: { project: retention-trash, keepFor: 30d }
rollout: { startedAt: "${formatInstant(startedAt)}", over: 1d }
${more}
rules:
  - { name: ci, select: { projects: ["team"], tags: ["ci-*"] }, keep: { pushedWithin: 30d } }
`;

const idNow = (): string =>
  `${formatInstant(harbor.clock.now()).slice(0, 19).replaceAll(':', '')}Z`;
const left = (...repositories: readonly string[]) =>
  repositories.map((name) => harbor.state.tags('team', name).length);

test('a run that goes on after the roll-out is over stays where it was when it began', async () => {
  harbor.clock.advance(day - 60_000);
  const request: RunRequest = { ...armed, runId: idNow() };
  const world = worldAround(harbor, { policy: policy(), store });
  for (let slices = 1; ; slices += 1) {
    expect(slices).toBeLessThan(100);
    const end = await runSlice(request, world, pieces(2));
    // From the second slice on the roll-out is over by the clock.
    harbor.clock.advance(60_000);
    if (end.done) break;
  }
  expect(reportIn(store)).toMatchObject({ rollOut: { phase: 'first' }, applied: { deleted: 4 } });
  expect(left('api', 'f', 'a', 'b', 'web')).toEqual([1, 1, 3, 3, 3]);
});

test('limits trim among what may go, though what waits is older', async () => {
  const text = policy('maxDeletions: 3, maxDeletionsPercent: 100, onBreach: oldestFirst');
  await runToEnd(worldAround(harbor, { policy: text, store }), { ...armed, runId: idNow() });
  const { totals, applied } = reportIn(store);
  expect(applied?.deleted).toBe(3);
  expect(totals).toMatchObject({ deletions: 3, deferred: 1, waiting: { artifacts: 6 } });
});

test('empty repositories wait with the others', async () => {
  const { harbor: calls } = applyPortsOn(harbor);
  for (const { repository, digest } of harbor.state.artifacts('team'))
    if (repository === 'team/web' || repository === 'team/api')
      await calls.deleteArtifact({ project: 'team', repository: repository.slice(5) }, digest);
  harbor.clock.advance(3_700_000);
  const removing = 'repositories: { removeEmpty: { olderThan: 1h } }';
  const text = policy('maxDeletionsPercent: 100', removing);
  await runToEnd(worldAround(harbor, { policy: text, store }), { ...armed, runId: idNow() });
  const { emptyRepositories, applied, rollOut } = reportIn(store);
  expect(emptyRepositories).toEqual([{ project: 'team', repository: 'api' }]);
  expect(applied).toMatchObject({ removedRepositories: 1 });
  expect(rollOut?.waiting).toMatchObject({ emptyRepositories: 1 });
});

test('an approved repository goes though it is not among the first', async () => {
  const ranking = `repositories:
  ranking:
    update_time: { base: 0.5, factors: [{ weight: 1.0, range: { low: 0, high: 7 } }] }
    pull_count: { base: 0.3, factors: [{ weight: 0, range: { low: 0, high: 1 } }] }
    tags_count: { base: 0.2, factors: [{ weight: 0.5, range: { low: 0, high: 100 } }] }`;
  const text = policy('maxDeletionsPercent: 100', ranking);
  const dry = worldAround(harbor, { policy: text });
  await runToEnd(dry);
  const { run, harbor: of, ranking: ranked } = reportIn(dry.store);
  const score = ranked.find(({ repository }) => repository === 'web')?.score ?? 0;
  const list = JSON.stringify({
    version: 1,
    harbor: of?.url,
    rankedAt: run.startedAt,
    repositories: [{ name: 'team/web', score }],
  });
  const world = worldAround(harbor, {
    policy: text,
    store,
    overrides: { readDigestList: () => Promise.resolve(list) },
  });
  const approved = { kind: 'file', path: 'approved.yaml' } as const;
  await runToEnd(world, { ...armed, runId: idNow(), approved });
  expect(left('api', 'f', 'a', 'b', 'web')).toEqual([1, 1, 3, 3, 0]);
});

test('a second deployment with a store of its own is refused the trash, and so the roll-out', async () => {
  await runToEnd(worldAround(harbor, { policy: policy(), store }), { ...armed, runId: idNow() });
  harbor.clock.advance(2 * day);
  const other = memoryStore();
  await runToEnd(worldAround(harbor, { policy: policy(), store: other }), {
    ...armed,
    runId: idNow(),
  });
  const { refusals, run } = reportIn(other);
  expect(run.end).toBe('refused');
  expect(refusals.map(({ rail }) => rail).toSorted()).toEqual([
    'rollout-halted',
    'trash-not-ready',
  ]);
  expect(left('a', 'b', 'web')).toEqual([3, 3, 3]);
});
