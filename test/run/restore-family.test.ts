// Restoring an index never moves a live tag of a child, and leaves no name of the trash behind
// (docs/harbor.md#t41-copying-moves-tags, T42).
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { restoreRun, type RestoreRequest } from '../../functions/phases/restore-run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, runToEnd, unlimited, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - { name: ci, select: { projects: ["team"], tags: ["ci-*"] }, keep: { pushedWithin: 30d } }
`;
const whole: RestoreRequest = {
  from: { kind: 'run', runId: armed.runId },
  only: () => true,
  named: [],
  apply: true,
  owner: 'test',
};
const place = { project: 'team', repository: 'api' };

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let index: string;
let child: string;

/** An index that is due, with a child that bears a tag of its own, which no rule selects. */
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
  const pushedAt = harbor.clock.now() - 90 * day;
  const signed = { accessories: [{ type: 'signature.cosign' as const }] };
  index = harbor.seed.push({ ...place, tags: ['ci-1'], children: [signed, {}], pushedAt }).digest;
  child = harbor.state.artifacts('team').find(({ digest }) => digest === index)?.children[0] ?? '';
  await applyPortsOn(harbor).harbor.createTag({ ...place, digest: child }, 'v1-amd64');
  harbor.seed.push({ ...place, tags: ['latest'], size: 5 });
  store = memoryStore();
  await runToEnd(world(), armed);
  expect(harbor.state.artifacts('team').map(({ digest }) => digest)).not.toContain(index);
  harbor.clock.advance(day);
});
afterEach(() => harbor.close());

const world = () => worldAround(harbor, { policy, store });
const restore = async () => await restoreRun(whole, world(), unlimited);
const tags = (): Readonly<Record<string, string>> =>
  Object.fromEntries(harbor.state.tags('team', 'api').map(({ name, digest }) => [name, digest]));

const namesOfTheTrash = (): readonly string[] =>
  Object.keys(tags()).filter((name) => /^[0-9a-f]{12}\./.test(name));

test('a live tag of a child that points elsewhere by now is reported and stays, the rest comes back', async () => {
  const newer = harbor.seed.push({ ...place, tags: ['v1-amd64'], size: 7 });
  const report = await restore();
  expect(report.failed).toEqual([]);
  expect(report.restored[0]?.notes.join()).toContain('tag v1-amd64 points elsewhere');
  expect(tags()).toMatchObject({ 'ci-1': index, 'v1-amd64': newer.digest });
  expect(namesOfTheTrash()).toEqual([]);
});

test('a copy that an older version left with its children’s own tags moves none of them', async () => {
  const copy = { project: 'retention-trash', repository: 'team/api', digest: child };
  await applyPortsOn(harbor).harbor.createTag(copy, 'v1-amd64');
  await applyPortsOn(harbor).harbor.removeTag(copy, `${child.slice(7, 19)}.v1-amd64`);
  const newer = harbor.seed.push({ ...place, tags: ['v1-amd64'], size: 7 });
  expect(await restore()).toMatchObject({ restored: [{}], failed: [] });
  expect(tags()).toMatchObject({ 'ci-1': index, 'v1-amd64': newer.digest });
});

test('a tag of a child that is nowhere by now comes back with its index', async () => {
  await applyPortsOn(harbor).harbor.removeTag({ ...place, digest: child }, 'v1-amd64');
  await applyPortsOn(harbor).harbor.deleteArtifact(place, child);
  expect(await restore()).toMatchObject({ restored: [{}], failed: [] });
  expect(tags()).toMatchObject({ 'ci-1': index, 'v1-amd64': child });
  expect(namesOfTheTrash()).toEqual([]);
});

test('every manifest of the family is put again by its digest, children before the index', async () => {
  harbor.requests.clear();
  await restore();
  const put = harbor.requests.all.flatMap(({ method, path }) =>
    method === 'PUT' && path.startsWith('/v2/team/') ? [path.split('/').at(-1)] : [],
  );
  const { children, accessories } =
    harbor.state.artifacts('team').find(({ digest }) => digest === index) ?? {};
  expect(put).toEqual(expect.arrayContaining([...(children ?? []), ...(accessories ?? []), index]));
  expect(put.at(-1)).toBe(index);
  expect(put).toHaveLength(4);
});
