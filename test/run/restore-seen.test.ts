// What was seen when restoring on real Harbors.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { restoreText } from '../../functions/report/restore-text.ts';
import { restoreSlice } from '../../functions/restore.ts';
import type { Progress } from '../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { makeRobot } from '../support/robot-scenes.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  runToEnd,
  silent,
  type TestWorld,
  unlimited,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old-builds
    select: { projects: [team, web, ops], tags: ['ci-*'] }
    keep: { pushedWithin: 30d }
    untag: true
`;
const projects = ['team', 'web', 'ops'];

let harbor: EmbeddedHarbor;
let store: MemoryStore;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  store = memoryStore();
  for (const name of [...projects, 'retention-trash']) harbor.seed.project(name);
  const audited = harbor.seed.label({ name: 'audited' });
  const pushedAt = harbor.clock.now() - 90 * day;
  for (const project of projects) {
    const push = (tags: string[], more: object = {}) =>
      harbor.seed.push({ project, repository: 'api', tags, pushedAt, size: 1_000, ...more });
    push(['ci-1'], { labels: [audited] });
    push(['ci-2']);
    push(['ci-3', 'release']);
    push(['v1'], { pushedAt: harbor.clock.now() - day });
  }
  await runToEnd(world(), armed);
});
afterEach(() => harbor.close());

function world(parts: { credential?: { username: string; password: string } } = {}): TestWorld {
  return worldAround(harbor, { policy, store, ...parts });
}

const restore = (
  within: TestWorld,
  { only = [], apply = true }: { only?: readonly string[]; apply?: boolean } = {},
) => restoreSlice({ runId: armed.runId, only, apply, owner: 'test' }, within, unlimited);

const tagsIn = (project: string): readonly string[] =>
  harbor.state
    .tags(project, 'api')
    .map(({ name }) => name)
    .toSorted();

const whole = ['ci-1', 'ci-2', 'ci-3', 'release', 'v1'];

describe('a restore', () => {
  test('brings everything back where labels can’t be listed, and names each label that it could not put back', async () => {
    const access = (names: readonly string[]) =>
      names.map((name) => {
        const [resource, action] = name.split(':');
        return { resource, action };
      });
    const all =
      'artifact:create artifact:delete artifact:list artifact:read artifact-label:create immutable-tag:list repository:pull repository:push repository:read tag:create tag:delete tag-retention:read'.split(
        ' ',
      );
    const robot = await makeRobot(
      harbor,
      JSON.stringify({
        name: 'blind',
        level: 'system',
        duration: -1,
        permissions: [...projects, 'retention-trash'].map((namespace) => ({
          kind: 'project',
          namespace,
          access: access(namespace === 'retention-trash' ? [...all, 'label:list'] : all),
        })),
      }),
    );
    if ('refused' in robot) throw new Error(robot.refused);
    const { report } = await restore(world({ credential: robot }));
    expect(report).toMatchObject({ failed: [], lost: [] });
    expect(projects.map(tagsIn)).toEqual([whole, whole, whole]);
    expect(restoreText(report)).toMatch(/label audited could not be put back: .*label:list/);
  });

  test('of a reference that names nothing is refused, and nothing is restored, also not by another reference', async () => {
    const only = ['team/api:ci-1', 'team/api:ci-77'];
    await expect(restore(world(), { only })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/Nothing that run .* deleted is team\/api:ci-77/),
    });
    expect(tagsIn('team')).toEqual(['release', 'v1']);
  });

  test('says of a removed tag that it is elsewhere by now', async () => {
    harbor.seed.push({ project: 'team', repository: 'api', tags: ['ci-3'], size: 7 });
    const { report } = await restore(world(), { only: ['team/api:ci-3'] });
    expect(restoreText(report)).toMatch(/Complete already, but:\n.*tag ci-3 points to sha256:/);
  });

  test('works by another address of the same Harbor, which its trash’s claim proves', async () => {
    const url = harbor.url.replace('127.0.0.1', 'localhost');
    expect(url).not.toBe(harbor.url);
    const there = { ...world() };
    const elsewhere = worldAround({ ...harbor, url }, { policy, store: there.store });
    const { report } = await restore(elsewhere);
    expect(report).toMatchObject({ failed: [], lost: [] });
    expect(projects.map(tagsIn)).toEqual([whole, whole, whole]);
  });

  test('of another Harbor that the same store claimed is refused', async () => {
    const other = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
    try {
      for (const name of [...projects, 'retention-trash']) other.seed.project(name);
      other.clock.advance(1_000);
      await runToEnd(worldAround(other, { policy, store }), {
        ...armed,
        runId: '2026-11-22T033000Z',
      });
      const run = restore(worldAround(other, { policy, store }));
      await expect(run).rejects.toMatchObject({
        code: 'state-invalid',
        message: expect.stringContaining('nothing proves that they are the same Harbor'),
      });
    } finally {
      await other.close();
    }
  });

  test('works on several projects at once, on one image at a time within a project, and tells how far it is', async () => {
    const told: Progress[] = [];
    const plain = world();
    const under = new Map<string, number>();
    let most = 0;
    let mostInOne = 0;
    const { writer } = plain.changes;
    const counting: TestWorld = {
      ...plain,
      telemetry: { ...silent, progress: (one) => told.push(one) },
      changes: {
        ...plain.changes,
        writer: {
          ...writer,
          copyArtifact: async (from, to) => {
            under.set(to.project, (under.get(to.project) ?? 0) + 1);
            most = Math.max(
              most,
              [...under.values()].reduce((a, b) => a + b, 0),
            );
            mostInOne = Math.max(mostInOne, ...under.values());
            const answer = await writer.copyArtifact(from, to);
            under.set(to.project, (under.get(to.project) ?? 0) - 1);
            return answer;
          },
        },
      },
    };
    await restore(counting);
    expect(most).toBeGreaterThan(1);
    expect(mostInOne).toBe(1);
    expect(told.at(-1)).toMatchObject({ done: 9, of: 9, what: 'restored' });
    expect(told.length).toBeGreaterThanOrEqual(9);
  });
});
