import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RunRequest } from '../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - { name: ci, select: { projects: ["team"], tags: ["**"] }, keep: { pushedWithin: 30d } }
`;

let harbor: EmbeddedHarbor;
let store: ReturnType<typeof memoryStore>;
let nights: number;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
  // Pushed within one hour 27 days ago: nothing is old enough for three nights, then nearly all is.
  const pushedAt = harbor.clock.now() - 27 * day;
  for (let n = 0; n < 60; n += 1)
    harbor.seed.push({
      project: 'team',
      repository: `r${n % 4}`,
      tags: [`t${n}`],
      pushedAt,
      size: n + 1,
    });
  store = memoryStore();
  nights = 0;
});
afterEach(() => harbor.close());

async function night(more: Partial<RunRequest> = {}) {
  nights += 1;
  const runId = new Date(Date.UTC(2026, 10, 1 + nights))
    .toISOString()
    .slice(0, 19)
    .replaceAll(':', '');
  const request: RunRequest = { ...armed, runId: `${runId}Z`, ...more };
  await runToEnd(worldAround(harbor, { policy, store }), request);
  harbor.clock.advance(day);
  const { run, refusals, applied } = reportIn(store);
  return { end: run.end, deleted: applied?.deleted, refusals };
}

test('a rule that suddenly deletes all is refused night after night, until somebody acknowledges it', async () => {
  for (let quiet = 1; quiet <= 4; quiet += 1)
    expect(await night()).toMatchObject({ end: 'finished' });
  for (let refused = 1; refused <= 3; refused += 1) {
    expect(await night()).toMatchObject({ end: 'refused', deleted: 0 });
    expect(await night({ mode: 'dry-run' })).toMatchObject({ end: 'refused' });
  }
  const { refusals } = await night({ mode: 'dry-run' });
  expect(refusals).toMatchObject([{ rail: 'rule-drift', on: 'ci' }]);
  const acknowledge = [refusals[0]?.fingerprint ?? ''];
  expect(await night({ acknowledge })).toMatchObject({ end: 'finished', deleted: 56 });
});
