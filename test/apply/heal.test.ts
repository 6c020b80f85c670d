import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeleteArtifact } from '../../functions/domain/action.ts';
import { deleteArtifact } from '../../functions/apply/apply-action.ts';
import { heal, type ToHeal } from '../../functions/apply/heal.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { digestOf } from '../sandbox/harbor/content.ts';
import { imageOf, pushImage, putManifest, talkTo, uploadParts } from '../sandbox-tests/talk.ts';
import { deletionOf } from '../support/deletion.ts';
import { handsOn } from '../support/hands.ts';

const hour = 3_600_000;
const base = 'a base layer that both need';
let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('trash');
});
afterEach(() => harbor.close());

const undo = { kind: 'trash', project: 'trash', keepFor: 336 * hour } as const;
const runId = '2026-11-21T033000Z';
const remove = (action: DeleteArtifact) =>
  deleteArtifact(action, { hands: handsOn(harbor), undo, runId, isResumed: false });
const planOf = (repository: string, digest: string) =>
  deletionOf(harbor, { project: 'team', repository, digest });
const healed = (
  deleted: Readonly<Record<string, readonly string[]>> = {},
  hands = handsOn(harbor),
) => {
  const what: ToHeal = {
    project: 'team',
    since: harbor.clock.now() - 1_000,
    deleted: new Map(Object.entries(deleted).map(([name, tags]) => [name, new Set(tags)])),
  };
  return heal(what, hands);
};

async function collectGarbage(): Promise<void> {
  harbor.clock.advance(3 * hour);
  await talkTo(harbor, 'admin')('POST', '/system/gc/schedule', {
    schedule: { type: 'Manual' },
    parameters: { delete_untagged: false },
  });
  harbor.clock.advance(60_000);
}
const layerOf = async (repository: string): Promise<number> =>
  (await talkTo(harbor, 'admin')('GET', `/v2/${repository}/blobs/${digestOf(base)}`)).status;

/** Somebody pushes what needs the layer of an old image, while that is being deleted in another repository. */
async function pushBesideDeletion(): Promise<string> {
  harbor.faults.on('lost-blob-links');
  const old = await pushImage(harbor, { repository: 'team/old', tag: '1' }, [base]);
  const action = await planOf('old', old.digest);
  const fresh = imageOf('fresh', [base, 'more']);
  await uploadParts(harbor, 'team/app', { config: fresh.config, layers: [base, 'more'] });
  const hold = harbor.hold({
    method: 'DELETE',
    path: /repositories\/old\/artifacts\/sha256[^/]*$/,
  });
  const deleting = remove(action);
  await hold.reached;
  const pushed = await putManifest(
    harbor,
    { repository: 'team/app', reference: '1' },
    fresh.manifest,
  );
  expect(pushed.status).toBe(201);
  hold.release();
  expect(await deleting).toMatchObject({ result: 'done' });
  // What lies in the trash would hold the layer in the storage, but not for this project.
  await handsOn(harbor).harbor.deleteArtifact(
    { project: 'trash', repository: 'team/old' },
    old.digest,
  );
  return fresh.digest;
}

describe('healing behind deletions', () => {
  test('T40: a layer that a deletion cut from a push survives the next collection', async () => {
    const digest = await pushBesideDeletion();
    expect(await healed()).toMatchObject({
      relinked: [{ repository: 'app', digest }],
      problems: [],
    });
    await collectGarbage();
    expect(await layerOf('team/app')).toBe(200);
  });

  test('T40: without it the image still lists, and its layer is gone', async () => {
    await pushBesideDeletion();
    await collectGarbage();
    expect(await layerOf('team/app')).toBe(404);
  });

  test('is no pull, moves no tag, and may be repeated', async () => {
    const digest = await pushBesideDeletion();
    const before = harbor.state.artifacts('team', 'app');
    await healed();
    await healed();
    harbor.clock.advance(60_000);
    expect(harbor.state.artifacts('team', 'app')).toEqual(before);
    expect(before).toMatchObject([{ digest, tags: ['1'], pulledAt: 0 }]);
  });

  test('touches nothing where nobody pushed', async () => {
    const pushedAt = harbor.clock.now() - 24 * hour;
    harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'], pushedAt });
    expect(await healed({ api: ['gone'] })).toMatchObject({ relinked: [], tags: [], problems: [] });
    expect(harbor.requests.all.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('without the permission names each artifact, and the command that heals it', async () => {
    const digest = await pushBesideDeletion();
    const access = ['artifact:list', 'artifact:read', 'tag:list'].map((one) => {
      const [resource = '', action = ''] = one.split(':');
      return { resource, action };
    });
    const robot = harbor.createRobot('meek', [{ kind: 'project', namespace: '*', access }]);
    const hands = handsOn(harbor, { username: robot.username, password: robot.secret });
    const { relinked, problems } = await healed({}, hands);
    expect(relinked).toEqual([]);
    expect(problems).toMatchObject([{ on: `team/app@${digest}` }]);
    expect(problems[0]?.remedy).toContain('repository:pull and repository:push');
    expect(problems[0]?.remedy).toContain(`/v2/team/app/manifests/${digest}`);
    expect(problems[0]?.remedy).not.toContain(robot.secret);
  });

  test('that can’t list what was pushed says so instead of failing', async () => {
    harbor.faults.on('forbidden', { path: /artifacts\?/ });
    const { problems } = await healed();
    expect(problems).toMatchObject([
      { on: 'team', message: expect.stringContaining('could not be listed') },
    ]);
  });

  test('reads Harbor before 2.12 repository by repository', async () => {
    const old = await startHarbor({ version: 'v2.11.1-aaaaaaaa' });
    try {
      old.seed.project('team');
      const { digest } = await pushImage(old, { repository: 'team/app', tag: '1' }, [base]);
      const what = { project: 'team', since: old.clock.now(), deleted: new Map() };
      expect(await heal(what, handsOn(old))).toMatchObject({
        relinked: [{ repository: 'app', digest }],
      });
    } finally {
      await old.close();
    }
  });
});

describe('tags that a push lost to a deletion', () => {
  /** Somebody pushes `latest` anew while its old image is being deleted. */
  async function moveBesideDeletion(): Promise<string> {
    harbor.faults.on('lost-tags');
    const old = await pushImage(harbor, { repository: 'team/app', tag: 'latest' }, ['one']);
    const action = await planOf('app', old.digest);
    const fresh = imageOf('next', ['two']);
    await uploadParts(harbor, 'team/app', { config: fresh.config, layers: ['two'] });
    const hold = harbor.hold({
      method: 'DELETE',
      path: /repositories\/app\/artifacts\/sha256[^/]*$/,
    });
    const deleting = remove(action);
    await hold.reached;
    await putManifest(harbor, { repository: 'team/app', reference: 'latest' }, fresh.manifest);
    hold.release();
    expect(await deleting).toMatchObject({ result: 'done' });
    expect(harbor.state.tags('team', 'app')).toEqual([]);
    return fresh.digest;
  }

  test('T47: the tag is put back on what was pushed', async () => {
    const digest = await moveBesideDeletion();
    expect(await healed({ app: ['latest'] })).toMatchObject({
      tags: [{ repository: 'app', tag: 'latest', digest }],
      problems: [],
    });
    expect(harbor.state.tags('team', 'app')).toMatchObject([{ name: 'latest', digest }]);
  });

  test('T47: where two tags are missing, or two images came untagged, it is told and not guessed', async () => {
    const digest = await moveBesideDeletion();
    const two = await healed({ app: ['latest', 'v1'] });
    expect(two).toMatchObject({ tags: [], problems: [{ on: 'team/app' }] });
    expect(two.problems[0]?.remedy).toContain(digest);
    harbor.seed.push({ project: 'team', repository: 'app', tags: [], size: 9 });
    expect(await healed({ app: ['latest'] })).toMatchObject({
      tags: [],
      problems: [{ on: 'team/app' }],
    });
    expect(harbor.state.tags('team', 'app')).toEqual([]);
  });

  test('T47: a tag that somebody else put elsewhere meanwhile stays there', async () => {
    await moveBesideDeletion();
    const other = harbor.seed.push({
      project: 'team',
      repository: 'app',
      tags: ['latest'],
      size: 9,
    });
    expect(await healed({ app: ['latest'] })).toMatchObject({ tags: [], problems: [] });
    expect(harbor.state.tags('team', 'app')).toMatchObject([
      { name: 'latest', digest: other.digest },
    ]);
  });

  test('T47: an untagged child of an index that was pushed is no image without its tag', async () => {
    harbor.seed.push({ project: 'team', repository: 'app', tags: ['v2'], platforms: 2 });
    expect(await healed({ app: ['v1'] })).toMatchObject({ tags: [], problems: [] });
  });
});
