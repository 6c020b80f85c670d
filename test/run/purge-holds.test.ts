import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { markerTag, restoredTag } from '../../functions/domain/trash.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { readingLists } from '../support/listed.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import { unclaim } from '../support/unclaim.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  callsOf,
  reportIn,
  runToEnd,
  type TestWorld,
  withCalls,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = (keepFor: string, more = ''): string => `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: ${keepFor} }
${more}
rules:
  - { name: ci, select: { projects: ["team"], tags: ["ci-*"] }, keep: { pushedWithin: 30d } }
`;
const accept = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let digest: string;
let children: readonly string[];

beforeEach(() => setUp('v2.15.2-0a1b2c3d'));

async function setUp(version: string): Promise<void> {
  harbor = await startHarbor({ version });
  for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
  const pushedAt = harbor.clock.now() - 90 * day;
  const pushed = harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: ['ci-1'],
    platforms: 2,
    pushedAt,
  });
  ({ digest } = pushed);
  children = harbor.state.artifacts('team').find((one) => one.digest === digest)?.children ?? [];
  harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: ['v1'],
    pushedAt: pushedAt + day,
    size: 9,
  });
  store = memoryStore();
  await night(policy('14d'));
  expect(isThere()).toBe(true);
}
afterEach(() => harbor.close());

const isThere = (): boolean =>
  harbor.state.artifacts('retention-trash').some((one) => one.digest === digest);

/** An armed run now, under an id of now. */
async function night(text: string, change: (world: TestWorld) => TestWorld = (same) => same) {
  const runId = `${new Date(harbor.clock.now()).toISOString().slice(0, 19).replaceAll(':', '')}Z`;
  await runToEnd(change(worldAround(harbor, { policy: text, store })), { ...armed, runId });
  return reportIn(store);
}

async function pull(reference: string): Promise<void> {
  const { username, password } = harbor.admin;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${harbor.url}/v2/retention-trash/team/api/manifests/${reference}`, {
    headers: { authorization, accept },
  });
  expect(answer.status).toBe(200);
  // Harbor writes pull times some seconds later.
  harbor.clock.advance(60_000);
}

describe('the promised day', () => {
  test('holds when keepFor is shortened, and is over one instant later', async () => {
    const promised = Date.parse(reportIn(store).applied?.restorableUntil ?? '');
    harbor.clock.advance(2 * day);
    await night(policy('1d'));
    expect(isThere()).toBe(true);
    harbor.clock.advance(promised - harbor.clock.now());
    await night(policy('1d'));
    expect(isThere()).toBe(true);
    harbor.clock.advance(1_000);
    await night(policy('1d'));
    expect(isThere()).toBe(false);
  });

  test('is put off when keepFor is prolonged', async () => {
    harbor.clock.advance(15 * day);
    await night(policy('30d'));
    expect(isThere()).toBe(true);
  });

  test('is taken for the usual one at least where no record tells it', async () => {
    store = memoryStore();
    await unclaim(harbor);
    harbor.clock.advance(2 * day);
    await night(policy('1d'));
    expect(isThere()).toBe(true);
    harbor.clock.advance(12 * day + 1_000);
    await night(policy('1d'));
    expect(isThere()).toBe(false);
  });

  test('is taken for the longest that the history knows where the record can’t be read', async () => {
    harbor.clock.advance(1_000);
    await night(policy('40d'));
    for (const key of await store.list('reports/records/')) await store.remove(key);
    harbor.clock.advance(39 * day);
    await night(policy('1d'));
    expect(isThere()).toBe(true);
    harbor.clock.advance(2 * day);
    await night(policy('1d'));
    expect(isThere()).toBe(false);
  });

  test('is not moved by the tag that says the copy was restored', async () => {
    harbor.clock.advance(10 * day);
    const copy = { project: 'retention-trash', repository: 'team/api', digest };
    await applyPortsOn(harbor).harbor.createTag(copy, restoredTag(digest));
    harbor.clock.advance(5 * day);
    await night(policy('14d'));
    expect(isThere()).toBe(false);
  });

  test('is moved by a copy that was trashed again', async () => {
    harbor.clock.advance(10 * day);
    const copy = { project: 'retention-trash', repository: 'team/api', digest };
    await applyPortsOn(harbor).harbor.createTag(copy, markerTag(digest, '2026-12-01T033000Z'));
    harbor.clock.advance(5 * day);
    await night(policy('14d'));
    expect(isThere()).toBe(true);
  });
});

describe('a copy that is due is held', () => {
  beforeEach(() => {
    harbor.clock.advance(15 * day);
  });

  const listed = (line: () => string) => (world: TestWorld) => ({
    ...world,
    inUse: readingLists(() => Promise.resolve(line())),
  });
  const using = policy('14d', 'protect: { inUse: [{ source: list, file: in-use.txt }] }');

  test('by a list of digests', async () => {
    await night(policy('14d', `protect: { digests: ["${digest}"] }`));
    expect(isThere()).toBe(true);
    expect(reportIn(store).trash?.notes).toMatchObject([
      expect.stringContaining('list of digests'),
    ]);
  });

  test('by the digest of a child on the list', async () => {
    await night(policy('14d', `protect: { digests: ["${children[0] ?? ''}"] }`));
    expect(isThere()).toBe(true);
  });

  test.each([
    ['its digest', () => `harbor.example/team/api@${digest}\n`],
    ['the name it had', () => 'harbor.example/team/api:ci-1\n'],
    ['its name in the trash', () => `retention-trash/team/api:${digest.slice(7, 19)}.ci-1\n`],
  ])('by a list of images in use that has %s', async (_what, line) => {
    await night(using, listed(line));
    expect(isThere()).toBe(true);
  });

  test('by a list of images in use that can’t be read', async () => {
    await night(using, (world) => ({
      ...world,
      inUse: readingLists(() => Promise.reject(new Error('no such file'))),
    }));
    expect(isThere()).toBe(true);
  });

  test.each([
    ['itself', () => digest],
    ['a child', () => children[1] ?? ''],
  ])('by a pull of %s within keepFor, and no longer', async (_what, reference) => {
    await pull(reference());
    await night(policy('14d'));
    expect(isThere()).toBe(true);
    harbor.clock.advance(15 * day);
    await night(policy('14d'));
    expect(isThere()).toBe(false);
  });

  test('by a pull of a child between plan and purge, also where it does not move the time of its index', async () => {
    // From 2.15.1 on Harbor moves the time of the index, too.
    await harbor.close();
    await setUp('v2.14.4-0a1b2c3d');
    harbor.clock.advance(15 * day);
    const report = await night(policy('14d'), (world) =>
      withCalls(world, {
        readArtifact: async (place, wanted) => {
          if (place.project === 'retention-trash' && wanted === digest)
            await pull(children[0] ?? '');
          return await callsOf(world).readArtifact(place, wanted);
        },
      }),
    );
    expect(isThere()).toBe(true);
    expect(report.applied?.exceptions).toMatchObject([
      { result: 'changed', because: expect.stringContaining('was pulled since') },
    ]);
  });

  test('by none of them: a list of others', async () => {
    await night(
      using,
      listed(() => 'harbor.example/team/web:ci-1\n'),
    );
    expect(isThere()).toBe(false);
  });
});

test('a tagged child that came along goes after its index, whose record knows it', async () => {
  const child = children[0] ?? '';
  const copy = { project: 'retention-trash', repository: 'team/api', digest: child };
  await applyPortsOn(harbor).harbor.createTag(copy, 'amd64');
  harbor.clock.advance(15 * day);
  await night(policy('14d'));
  expect(harbor.state.artifacts('retention-trash')).toEqual([]);
});

test('a tag that somebody put on a copy later keeps it', async () => {
  harbor.clock.advance(day);
  const copy = { project: 'retention-trash', repository: 'team/api', digest };
  await applyPortsOn(harbor).harbor.createTag(copy, 'mine');
  harbor.clock.advance(20 * day);
  const report = await night(policy('14d'));
  expect(isThere()).toBe(true);
  expect(report.trash?.notes).toMatchObject([expect.stringContaining('not a copy of ours')]);
});
