import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
trash: off
protect: { keepAtLeast: 0 }
limits: { maxDeletionsPercent: unlimited }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 60d }
`;

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
  const pushedAt = harbor.clock.now() - 40 * day;
  harbor.seed.push({ project: 'team', repository: 'web', tags: ['ci-1'], pushedAt });
});
afterEach(() => harbor.close());

test('a look ahead stays dry, whoever asks for it armed', async () => {
  const store = memoryStore();
  const judgeAt = harbor.clock.now() + 30 * day;
  await runToEnd(worldAround(harbor, { policy, store }), { ...armed, judgeAt });
  expect(reportIn(store)).toMatchObject({ run: { mode: 'dry-run' }, totals: { deletions: 1 } });
  expect(harbor.state.artifacts('team', 'web')).toHaveLength(1);
});
