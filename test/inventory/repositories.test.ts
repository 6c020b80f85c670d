import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bounds } from '../../functions/domain/bounds.ts';
import type { RepositoryHead } from '../../functions/domain/repository.ts';
import type { HarborReader } from '../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { readerOf } from '../support/harbor-world.ts';
import { reportIn, rowsIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: off
rules:
  - name: old
    select: { projects: ["team", "attacker"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
`;

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  const pushedAt = harbor.clock.now() - 90 * day;
  for (const project of ['attacker', 'team']) {
    harbor.seed.project(project);
    for (const repository of ['one', 'two', 'three']) {
      harbor.seed.push({ project, repository, tags: ['ci-1'], pushedAt });
      harbor.seed.push({ project, repository, tags: ['v1'] });
    }
  }
});
afterEach(() => harbor.close());

test('of each project no more repositories are taken than were asked for, whatever else there is', async () => {
  const reader = readerOf({ url: harbor.url, ...harbor.admin }, { now: () => harbor.clock.now() });
  await reader.identify();
  const projects = await reader.listProjects();
  const heads = await reader.listRepositories(projects, (project) =>
    project === 'attacker' ? 2 : Infinity,
  );
  const named = (project: string) => heads.filter((head) => head.project === project).length;
  expect([named('attacker'), named('team')]).toEqual([2, 3]);
});

/** A Harbor whose project `attacker` has as many repositories as whoever reads it lets it have. */
function crowded(reader: HarborReader, count: number): HarborReader {
  return {
    ...reader,
    listRepositories: async (projects, most) => {
      const heads = await reader.listRepositories(projects, most);
      const one = heads.find(({ project }) => project === 'attacker');
      if (one === undefined) throw new Error('no repository');
      const taken = Math.min(count, most?.('attacker') ?? Infinity) - 3;
      const more = Array.from({ length: taken }, (_, index): RepositoryHead => ({
        ...one,
        name: `more-${index}`,
        id: 1_000 + index,
        artifactCount: 0,
      }));
      return [...heads, ...more];
    },
  };
}

test('a project of more repositories than the bound is not planned and named, and the rest is', async () => {
  const own = worldAround(harbor, { policy });
  const world = { ...own, harbor: crowded(own.harbor, 10 * bounds.repositories) };
  await runToEnd(world);
  const report = reportIn(world.store);
  const message = `More than ${bounds.repositories} repositories are in attacker`;
  expect(report.warnings).toContainEqual(
    expect.objectContaining({
      code: 'project-incomplete',
      on: 'attacker',
      message: expect.stringContaining(message),
    }),
  );
  expect(report.refusals).toEqual([]);
  const condemned = (await rowsIn(world.store, report)).filter(({ fate }) => fate === 'delete');
  expect(condemned.map(({ project }) => project)).toEqual(['team', 'team', 'team']);
});
