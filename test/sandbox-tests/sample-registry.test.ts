import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { digestOf } from '../sandbox/harbor/content.ts';
import { type SampleRegistry, sampleRegistry } from '../sandbox/sample-registry.ts';
import { type Talk, rowsOf, talkTo } from './talk.ts';

let harbor: EmbeddedHarbor;
let sample: SampleRegistry;
let planner: Talk;

beforeEach(async () => {
  harbor = await startHarbor();
  sample = sampleRegistry(harbor, harbor.clock.now());
  planner = talkTo(harbor, sample.robot);
});
afterEach(() => harbor.close());

const all = (running: EmbeddedHarbor) =>
  running.state.projects().flatMap((project) => running.state.artifacts(project.name));

test('the sample is the same every time', async () => {
  const other = await startHarbor();
  sampleRegistry(other, other.clock.now());
  const fingerprint = digestOf(JSON.stringify(all(harbor)));
  expect(digestOf(JSON.stringify(all(other)))).toBe(fingerprint);
  await other.close();
});

test('the sample has some thousand artifacts of every kind', () => {
  const artifacts = all(harbor);
  let listed = 0;
  for (const repository of harbor.state.repositories()) listed += repository.listed;
  expect(listed).toBeGreaterThan(3_000);
  expect(listed).toBeLessThan(5_000);
  const count = (test: (artifact: (typeof artifacts)[number]) => boolean): number =>
    artifacts.filter(test).length;
  expect(count((artifact) => artifact.children.length > 0)).toBeGreaterThan(500);
  expect(count((artifact) => artifact.accessoryOf !== undefined)).toBeGreaterThan(100);
  expect(count((artifact) => artifact.labels.length > 0)).toBeGreaterThan(5);
  expect(count((artifact) => artifact.tags.some((tag) => tag.endsWith('.att')))).toBeGreaterThan(
    10,
  );
  expect(count((artifact) => artifact.type === 'CHART')).toBeGreaterThan(50);
  expect(count((artifact) => artifact.pulledAt === 0)).toBeGreaterThan(1_000);
  expect(
    count((artifact) => artifact.tags.length === 0 && artifact.accessoryOf === undefined),
  ).toBeGreaterThan(1_000);
});

test('nothing in it is of the future, and ids grow with time', () => {
  const now = harbor.clock.now();
  const artifacts = all(harbor);
  expect(
    artifacts.filter((artifact) => artifact.pushedAt > now || artifact.pulledAt > now),
  ).toEqual([]);
  const builds = harbor.state
    .artifacts('team-a', 'api')
    .filter((artifact) => artifact.accessoryOf === undefined);
  expect(builds.map((build) => build.pushedAt)).toEqual(
    builds.map((build) => build.pushedAt).sort((a, b) => a - b),
  );
});

describe('its robot may plan and nothing else', () => {
  test.each([
    ['GET', '/systeminfo', 200],
    ['GET', '/projects?page_size=100', 200],
    ['GET', '/projects/team-a', 200],
    ['GET', '/projects/team-a/artifacts?page_size=1&with_label=true&with_accessory=true', 200],
    ['GET', '/projects/team-a/repositories', 200],
    ['GET', '/projects/platform/immutabletagrules', 200],
    ['GET', '/projects/hub-cache/summary', 200],
    ['GET', '/replication/policies', 200],
    ['GET', '/system/gc', 403],
    ['GET', '/quotas', 403],
    ['DELETE', '/projects/team-a/repositories/api/artifacts/latest', 403],
    ['DELETE', '/projects/team-a/repositories/api/artifacts/latest/tags/latest', 403],
    ['DELETE', '/projects/team-a/repositories/api', 403],
    ['POST', '/projects/team-b/repositories/x/artifacts?from=team-a/api:latest', 403],
  ])('%s %s is %i', async (method, path, status) => {
    expect((await planner(method, path)).status).toBe(status);
  });

  test('it sees every project', async () => {
    const names = rowsOf(await planner('GET', '/projects?page_size=100')).map((row) => row['name']);
    expect(names).toHaveLength(harbor.state.projects().length);
  });
});

test('a seeded image can be pulled: its manifest has its digest, and names blobs with theirs', async () => {
  const admin = talkTo(harbor, 'admin');
  const { text } = await admin('GET', '/v2/team-a/api/manifests/latest');
  const tagged = harbor.state.tags('team-a', 'api').find((tag) => tag.name === 'latest');
  expect(digestOf(text)).toBe(tagged?.digest);
  const { layers } = JSON.parse(text) as { layers: { digest: string }[] };
  const layer = await admin('GET', `/v2/team-a/api/blobs/${layers[0]?.digest ?? ''}`);
  expect(digestOf(layer.text)).toBe(layers[0]?.digest);
});

test('a seeded index names its children as they are', async () => {
  const admin = talkTo(harbor, 'admin');
  const { text } = await admin('GET', '/v2/platform/base/alpine/manifests/latest');
  const { manifests } = JSON.parse(text) as { manifests: { digest: string }[] };
  expect(manifests).toHaveLength(4);
  for (const { digest } of manifests) {
    const child = await admin('GET', `/v2/platform/base/alpine/manifests/${digest}`);
    expect(digestOf(child.text)).toBe(digest);
  }
});

test('deleting one image of it gives its bytes back to the quota', async () => {
  const admin = talkTo(harbor, 'admin');
  const used = (): number =>
    harbor.state.projects().find((project) => project.name === 'mobile')?.quotaUsed ?? 0;
  const before = used();
  const [first] = harbor.state.artifacts('mobile', 'build/android');
  const path = `/projects/mobile/repositories/build%252Fandroid/artifacts/${first?.digest ?? ''}`;
  expect((await admin('DELETE', path)).status).toBe(200);
  expect(before - used()).toBe(first?.size);
});
