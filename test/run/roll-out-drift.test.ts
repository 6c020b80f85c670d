import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { day } from '../../functions/domain/duration.ts';
import { formatInstant } from '../../functions/domain/instant.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

let harbor: EmbeddedHarbor;
let policy: string;
let store: ReturnType<typeof memoryStore>;

/** Nothing is old enough for three nights, then nearly all is. Of these, api and f are in the first tenth. */
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
  const pushedAt = harbor.clock.now() - 27 * day;
  for (let n = 0; n < 60; n += 1) {
    const repository = ['api', 'f', 'a', 'web'][n % 4] ?? '';
    harbor.seed.push({ project: 'team', repository, tags: [`t${n}`], pushedAt, size: n + 1 });
  }
  store = memoryStore();
  policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
rollout: { startedAt: "${formatInstant(harbor.clock.now())}", over: 5d }
rules:
  - { name: ci, select: { projects: ["team"], tags: ["**"] }, keep: { pushedWithin: 30d } }
`;
});
afterEach(() => harbor.close());

async function night(acknowledge: readonly string[] = []) {
  const runId = `${formatInstant(harbor.clock.now()).slice(0, 19).replaceAll(':', '')}Z`;
  await runToEnd(worldAround(harbor, { policy, store }), { ...armed, runId, acknowledge });
  harbor.clock.advance(day);
  const { run, refusals, applied, rollOut } = reportIn(store);
  return { end: run.end, phase: rollOut?.phase, deleted: applied?.deleted, refusals };
}

async function untilItDrifts(): Promise<Awaited<ReturnType<typeof night>>> {
  for (let quiet = 1; quiet <= 4; quiet += 1)
    expect(await night()).toMatchObject({ end: 'finished', phase: 'first', deleted: 0 });
  return await night();
}

test('a rule whose drift lies in what waits is refused in the first tenth already', async () => {
  const drifted = await untilItDrifts();
  expect(drifted).toMatchObject({ end: 'refused', phase: 'first', deleted: 0 });
  expect(drifted.refusals).toMatchObject([{ rail: 'rule-drift', on: 'ci' }]);
  expect(drifted.refusals[0]?.found).toMatch(/^56 artifacts/);
});

test('a drift that falls back when the time is over gets no further than the first tenth, until a run is let through', async () => {
  await untilItDrifts();
  expect(await night()).toMatchObject({ end: 'refused', phase: 'first', deleted: 0 });
  // Somebody tidies up by hand, so that what is left is no drift any more.
  const { harbor: calls } = applyPortsOn(harbor);
  const waiting = harbor.state
    .artifacts('team')
    .filter(({ repository }) => repository === 'team/web');
  for (const { digest } of waiting.slice(0, 10))
    await calls.deleteArtifact({ project: 'team', repository: 'web' }, digest);
  expect(await night()).toMatchObject({ end: 'finished', phase: 'first', deleted: 28 });
  expect(await night()).toMatchObject({ end: 'finished', phase: 'all', deleted: 18 });
});

test('an acknowledged drift goes on with the roll-out, and its end is no drift', async () => {
  const { refusals } = await untilItDrifts();
  const acknowledge = [refusals[0]?.fingerprint ?? ''];
  expect(await night(acknowledge)).toMatchObject({ end: 'finished', phase: 'all', deleted: 56 });
});

test('an acknowledged drift of the first tenth does not come back with the rest', async () => {
  policy = policy.replace('5d', '7d');
  const { refusals } = await untilItDrifts();
  const acknowledge = [refusals[0]?.fingerprint ?? ''];
  expect(await night(acknowledge)).toMatchObject({ end: 'finished', phase: 'first', deleted: 28 });
  expect(await night()).toMatchObject({ end: 'finished', phase: 'first', deleted: 0 });
  expect(await night()).toMatchObject({ end: 'finished', phase: 'all', deleted: 28 });
});
