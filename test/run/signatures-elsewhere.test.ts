import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore } from '../support/memory-store.ts';
import { dryRun, reportIn, rowsIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `version: 1
acknowledgeReplication: true
trash: off
limits: { maxDeletions: unlimited, maxDeletionsPercent: unlimited, maxDeletionsPercentPerRepository: unlimited }
protect: { keepAtLeast: 0 }
rules:
  - { name: signatures, select: { projects: [signatures], tags: ['sha256-*'] }, keep: { pushedWithin: 30d } }
`;

let harbor: EmbeddedHarbor;
const hex = (digest: string): string => digest.slice('sha256:'.length);

beforeEach(async () => {
  harbor = await startHarbor();
  for (const project of ['team', 'signatures']) harbor.seed.project(project);
  const pushedAt = harbor.clock.now() - 90 * day;
  const living = harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'], pushedAt });
  // As cosign leaves it with COSIGN_REPOSITORY: the signatures of all images in a place of their own.
  for (const subject of [hex(living.digest), 'e'.repeat(64)])
    harbor.seed.push({
      project: 'signatures',
      repository: 'all',
      tags: [`sha256-${subject}.att`],
      pushedAt,
    });
});
afterEach(() => harbor.close());

async function fates(): Promise<Readonly<Record<string, string>>> {
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy, store }), dryRun);
  const rows = await rowsIn(store, reportIn(store));
  return Object.fromEntries(
    rows.map(({ tags, fate, explanation }) => [
      tags?.[0]?.slice(0, 9) ?? '',
      `${fate}: ${explanation}`,
    ]),
  );
}

test('the signature of a living image elsewhere stays, an orphan goes', async () => {
  const found = await fates();
  expect(Object.values(found).filter((one) => one.startsWith('delete'))).toHaveLength(1);
  expect(found['sha256-ee']).toMatch(/^delete/);
  expect(Object.values(found).join('\n')).toContain('is in another repository');
});

test('where a part of the registry could not be read, nobody is an orphan', async () => {
  harbor.faults.on('gateway-timeout', { path: /projects\/team\/.*artifacts/ });
  const found = await fates();
  expect(found['sha256-ee']).toMatch(/^keep: .*may be where nobody could look/);
});
