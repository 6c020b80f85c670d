import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bounds } from '../../functions/domain/bounds.ts';
import { type EmbeddedHarbor, type SeedArtifact, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old
    select: { projects: ["team", "attacker"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
`;

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const name of ['team', 'attacker', 'retention-trash']) harbor.seed.project(name);
  const pushedAt = harbor.clock.now() - 90 * day;
  harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: ['ci-1'],
    pushedAt,
    pulledAt: pushedAt,
  });
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'] });
  harbor.seed.push({ project: 'attacker', repository: 'deep', tags: ['v1'] });
});
afterEach(() => harbor.close());

const nested = (steps: number): SeedArtifact =>
  steps === 0 ? {} : { children: [nested(steps - 1)] };
const pushDeep = (steps: number): string =>
  harbor.seed.push({
    project: 'attacker',
    repository: 'deep',
    tags: ['ci-1'],
    pushedAt: harbor.clock.now() - 90 * day,
    ...nested(steps),
  }).digest;
const tagsOf = (project: string, repository: string): readonly string[] =>
  harbor.state.tags(project, repository).map(({ name }) => name);

test('a repository whose indexes lie too deep in one another is not planned and named, and the rest is', async () => {
  pushDeep(bounds.depth + 1);
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy: policy, store }), armed);
  expect(tagsOf('team', 'api')).toEqual(['v1']);
  expect(tagsOf('attacker', 'deep').toSorted()).toEqual(['ci-1', 'v1']);
  const report = JSON.stringify(reportIn(store));
  expect(report).toContain(`${bounds.depth} deep`);
  expect(report).toContain('attacker/deep is not planned');
  const asked = harbor.requests.all.filter(({ path }) => path.includes('attacker'));
  expect(asked.length).toBeLessThan(100);
});

test('one that is as deep as the bound goes into the trash whole', async () => {
  const digest = pushDeep(bounds.depth);
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy: policy, store }), armed);
  expect(tagsOf('attacker', 'deep')).toEqual(['v1']);
  const trash = harbor.state.artifacts('retention-trash', 'attacker/deep');
  expect(trash.some((one) => one.digest === digest)).toBe(true);
  expect(trash).toHaveLength(bounds.depth + 1);
});
