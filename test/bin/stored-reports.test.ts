import { afterEach, expect, test } from '@jest/globals';
import { reportOfRun } from '../../bin/stored-reports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore } from '../support/memory-store.ts';
import { dryRun, runToEnd, worldAround } from '../support/run-world.ts';

const policy = `version: 1
rules:
  - { name: ci, select: { projects: [team], tags: ['ci-*'] }, keep: { pushedWithin: 30d } }
`;

let harbor: EmbeddedHarbor;
afterEach(() => harbor.close());

test('a run that starts days after its id, or before it, leaves a report that its id finds', async () => {
  harbor = await startHarbor({ now: () => Date.UTC(2026, 11, 2, 0, 0, 1) });
  harbor.seed.project('team');
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['ci-1'] });
  const store = memoryStore();
  for (const runId of ['2026-12-01T235959Z', '2026-11-21T033000Z', '2026-12-31T235950Z']) {
    await runToEnd(worldAround(harbor, { policy, store }), { ...dryRun, runId });
    expect((await reportOfRun(store, runId)).run.id).toBe(runId);
  }
});

test('a report that version 0.1.0 filed under the day of its start is found by its id', async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy, store }));
  const { runId } = dryRun;
  const key = `reports/runs/2026/11/21/${runId}.json`;
  await store.write(`reports/runs/2026/11/22/${runId}.json`, store.texts.get(key) ?? '');
  await store.remove(key);
  expect((await reportOfRun(store, runId)).run.id).toBe(runId);
  await expect(reportOfRun(store, '2026-11-20T033000Z')).rejects.toMatchObject({
    code: 'report-not-found',
  });
});
