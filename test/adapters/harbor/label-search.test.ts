import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Artifact } from '../../../functions/domain/artifact.ts';
import { type EmbeddedHarbor, startHarbor } from '../../sandbox/harbor/index.ts';
import { planPermissions } from '../../sandbox/sample-registry.ts';
import { readerOf } from '../../support/harbor-world.ts';

let harbor: EmbeddedHarbor;
const clock = { now: () => 0 };

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  const keep = harbor.seed.label({ name: 'keep' });
  const own = harbor.seed.label({ name: 'release', project: 'team' });
  harbor.seed.push({ project: 'team', repository: 'app', tags: ['kept'], labels: [keep] });
  harbor.seed.push({ project: 'team', repository: 'app', tags: ['released'], labels: [own] });
  harbor.seed.push({ project: 'team', repository: 'app', tags: ['plain'] });
});
afterEach(() => harbor.close());

/** Labels by tag, as the listing shows them. */
async function labels(
  confirmLabels: readonly string[],
  credential: { username: string; password: string } = harbor.admin,
) {
  const reader = readerOf({ url: harbor.url, ...credential }, clock);
  await reader.identify();
  const [project] = (await reader.listProjects()).filter(({ name }) => name === 'team');
  if (project === undefined) throw new Error('no project');
  const repositories = await reader.listRepositories([project]);
  const scope = { project: 'team', projectId: project.id, repositories };
  const artifacts: Artifact[] = [];
  for await (const listing of reader.listArtifacts({
    ...scope,
    confirmLabels,
    withChildren: false,
    confirmUntagged: false,
  })) {
    artifacts.push(...listing.artifacts);
  }
  const untagged = artifacts.filter(({ tags }) => tags !== 'unknown' && tags.length === 0);
  const found: Record<string, Artifact['labels']> = {};
  for (const { tags, labels: of } of artifacts) {
    found[tags === 'unknown' ? '?' : (tags[0]?.name ?? '')] = of;
  }
  return {
    found,
    untagged: untagged.map((artifact) => artifact.labels),
    requests: reader.requests(),
    confirms: await reader.confirmsLabels(project),
  };
}

test('labels that came with their rows are believed, at three requests more for a project', async () => {
  const plain = await labels([]);
  const { found, requests } = await labels(['keep']);
  expect(found).toEqual({ kept: ['keep'], released: ['release'], plain: [] });
  expect(requests.sent).toBe(plain.requests.sent + 3);
  expect(requests.sent).toBe(requests.lowerBound);
});

test('a label that the row lacks and Harbor’s search shows makes labels unknown, global or the project’s', async () => {
  harbor.faults.on('labels-unread');
  const { found } = await labels(['keep', 'release', 'no-such-label']);
  expect(found).toEqual({ kept: 'unknown', released: 'unknown', plain: [] });
});

test('a search that fails leaves every label unknown', async () => {
  harbor.faults.on('internal-error', { path: /labels%3D/ });
  const { found } = await labels(['keep']);
  expect(found).toEqual({ kept: 'unknown', released: 'unknown', plain: 'unknown' });
});

test('a sign-in lost for a moment is no missing permission: every label is unknown', async () => {
  harbor.faults.on('labels-unread');
  harbor.faults.on('anonymous', { path: /\/labels\?.*scope=p/ });
  const { found, confirms } = await labels(['keep']);
  expect(found).toEqual({ kept: 'unknown', released: 'unknown', plain: 'unknown' });
  expect(confirms).toBe('unknown');
});

/** An index whose untagged children a plain list does not show; the first child has a label. */
function labelledChild(label: string): void {
  const [keep] = [harbor.seed.label({ name: label, project: 'team' })];
  const platform = { architecture: 'amd64', os: 'linux' };
  const children = [{ labels: [keep], platform }, { platform }];
  harbor.seed.push({ project: 'team', repository: 'many', tags: ['index'], children });
}

test('a label on an untagged child is found, and its repository listed again with its children', async () => {
  labelledChild('legal');
  const before = await labels(['other']);
  const { found, requests } = await labels(['legal']);
  expect(before.untagged).toEqual([]);
  expect(found['index']).toEqual([]);
  expect((await labels(['legal'])).untagged).toEqual([['legal'], []]);
  // The search, the repository's own list, and its head.
  expect(requests.sent).toBe(before.requests.sent + 3);
});

test.each(['v2.15.2-0a1b2c3d', 'v2.9.5-0a1b2c3d'])(
  'where labels can’t be searched for, children are listed at once: %s',
  async (version) => {
    await harbor.close();
    harbor = await startHarbor({ version });
    harbor.seed.project('team');
    labelledChild('legal');
    const isOld = version.startsWith('v2.9');
    const credential = isOld ? harbor.admin : withoutLabels();
    expect((await labels(['legal'], credential)).untagged).toEqual([['legal'], []]);
    expect((await labels([], credential)).untagged).toEqual([]);
    // Before 2.12: a label that does not exist is on no child.
    expect((await labels(['other'], credential)).untagged).toHaveLength(isOld ? 0 : 2);
  },
);

function withoutLabels() {
  const permissions = planPermissions.map((one) => ({
    ...one,
    access: one.access.filter(({ resource }) => resource !== 'label'),
  }));
  const robot = harbor.seed.robot({ name: 'few', permissions });
  return { username: robot.username, password: robot.secret };
}

test('a robot that may not list labels goes by the rows alone, and that is known', async () => {
  const credential = withoutLabels();
  const { found, confirms } = await labels(['keep'], credential);
  expect(confirms).toBe(false);
  expect((await labels(['keep'])).confirms).toBe(true);
  expect(found).toEqual({ kept: ['keep'], released: ['release'], plain: [] });
});
