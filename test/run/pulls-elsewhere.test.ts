import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore } from '../support/memory-store.ts';
import { dryRun, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'] });
});
afterEach(() => harbor.close());

async function warned(keep: string): Promise<readonly string[]> {
  const policy = `version: 1
trash: off
acknowledgeReplication: true
rules:
  - { name: r, select: { projects: [team], tags: ['**'] }, keep: { ${keep} } }
`;
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy, store }), dryRun);
  return reportIn(store)
    .warnings.filter(({ code }) => code === 'pulls-elsewhere')
    .map(({ on }) => on);
}

test('a rule on pulls is warned of where a replication rule sends its images elsewhere', async () => {
  harbor.seed.replicationPolicy({ name: 'to-the-edge', names: ['team/**'], trigger: 'scheduled' });
  harbor.seed.replicationPolicy({ name: 'others', names: ['other/**'] });
  harbor.seed.replicationPolicy({ name: 'from-upstream', pull: true });
  expect(await warned('pulledWithin: 30d')).toEqual(['to-the-edge']);
  expect(await warned('all: { pulledWithin: 30d, mostRecentlyPushed: 3 }')).toEqual([
    'to-the-edge',
  ]);
  expect(await warned('pushedWithin: 30d')).toEqual([]);
});

test('without such a rule there is nothing to warn of', async () => {
  expect(await warned('pulledWithin: 30d')).toEqual([]);
});
