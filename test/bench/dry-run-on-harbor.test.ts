import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { dryRunOf, ownDryRunOf } from './dry-run-on-harbor.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;

beforeEach(async () => {
  harbor = await startHarbor();
  for (const project of ['team', 'other']) {
    harbor.seed.project(project);
    for (const age of [1, 10, 20, 40, 50])
      harbor.seed.push({
        project,
        repository: 'api',
        tags: [`ci-${age}`],
        pushedAt: harbor.clock.now() - age * day,
        ...(age === 50 ? { pulledAt: harbor.clock.now() - day } : {}),
      });
  }
});
afterEach(() => harbor.close());

const target = () => ({ url: harbor.url, ...harbor.admin, project: 'team' });

test('a dry run of one project reads that alone, and changes nothing', async () => {
  expect(await dryRunOf(target(), 'pushedWithin', harbor.clock)).toMatchObject({
    artifacts: 5,
    condemned: 2,
  });
  const byPulls = await dryRunOf(target(), 'pulledWithin', harbor.clock);
  expect(byPulls).toMatchObject({ artifacts: 5, condemned: 1 });
  expect(byPulls.pages).toBeGreaterThan(0);
  expect(byPulls.requests).toBeGreaterThan(byPulls.pages);
  expect(harbor.requests.all.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(harbor.requests.all.filter(({ path }) => path.includes('/other/'))).toEqual([]);
});

test('Harbor’s own dry run of the nearest policy comes to the same, and leaves nothing behind', async () => {
  const wait = (ms: number): Promise<void> => {
    harbor.clock.advance(ms);
    return Promise.resolve();
  };
  const byPushes = await ownDryRunOf(target(), 'pushedWithin', wait);
  expect(byPushes).toMatchObject({ artifacts: 5, condemned: 2, seconds: expect.any(Number) });
  expect(await ownDryRunOf(target(), 'pulledWithin', wait)).toMatchObject({ condemned: 1 });
  expect(harbor.state.tags('team', 'api')).toHaveLength(5);
  const changed = harbor.requests.all.filter(({ method }) => method !== 'GET');
  expect(changed.map(({ method, path }) => `${method} ${path.replace(/\d+/g, 'N')}`)).toEqual([
    'POST /api/vN.N/retentions',
    'POST /api/vN.N/retentions/N/executions',
    'DELETE /api/vN.N/retentions/N',
    'POST /api/vN.N/retentions',
    'POST /api/vN.N/retentions/N/executions',
    'DELETE /api/vN.N/retentions/N',
  ]);
});

test('a project’s own retention policy is left as it is, and one that can’t be run is removed', async () => {
  harbor.faults.on('internal-error', { path: /executions/ });
  await expect(ownDryRunOf(target(), 'pushedWithin')).rejects.toThrow('500 instead of 201');
  harbor.faults.off();
  harbor.requests.clear();
  harbor.seed.retentionPolicy('team', { rules: [] });
  expect(await ownDryRunOf(target(), 'pushedWithin')).toEqual({
    because: 'team has a retention policy of its own, which is left as it is',
  });
  expect(harbor.requests.all.map(({ method }) => method)).toEqual(['GET']);
});
