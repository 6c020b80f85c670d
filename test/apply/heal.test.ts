import type { Healing, ToHeal, HealingSoFar } from '../../functions/domain/healing.ts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeleteArtifact } from '../../functions/domain/action.ts';
import { deleteArtifact } from '../../functions/apply/apply-action.ts';
import { heal } from '../../functions/apply/heal.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { digestOf } from '../sandbox/harbor/content.ts';
import {
  basic,
  imageOf,
  pushImage,
  putManifest,
  talkTo,
  uploadParts,
} from '../sandbox-tests/talk.ts';
import { deletionOf } from '../support/deletion.ts';
import { applyPortsOn } from '../support/apply-ports.ts';

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
const remove = (action: DeleteArtifact) => {
  removed.set(action.repository, action.digest);
  return deleteArtifact(action, { ports: applyPortsOn(harbor), undo, runId, isResumed: false });
};
/** Plans a deletion some time after the push, as `minimumAge` has it. */
const planOf = (repository: string, digest: string) => {
  harbor.clock.advance(hour);
  return deletionOf(harbor, { project: 'team', repository, digest });
};
const healed = async (
  deleted: Readonly<Record<string, readonly string[]>> = {},
  ports = applyPortsOn(harbor),
): Promise<Healing> => {
  const what: ToHeal = {
    project: 'team',
    runId,
    since: harbor.clock.now() - 1_000,
    until: harbor.clock.now(),
    deleted: Object.entries(deleted).map(([repository, tags]) => ({
      repository,
      digest: removed.get(repository) ?? '',
      tags,
      whole: removed.has(repository),
    })),
  };
  const budget = { hasTime: () => true };
  const healing = await heal(what, {
    ports,
    budget,
    soFar: undefined,
    save: () => Promise.resolve(),
  });
  if (healing === 'out-of-time') throw new Error('there is no end of time here');
  return healing;
};
/** What was deleted, by repository. */
const removed = new Map<string, string>();

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
  await applyPortsOn(harbor).harbor.deleteArtifact(
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
    const ports = applyPortsOn(harbor, { username: robot.username, password: robot.secret });
    const { relinked, problems } = await healed({}, ports);
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
      const now = old.clock.now();
      const what = { project: 'team', runId, since: now, until: now, deleted: [] };
      const budget = { hasTime: () => true };
      const save = () => Promise.resolve();
      const healer = { ports: applyPortsOn(old), budget, soFar: undefined, save };
      expect(await heal(what, healer)).toMatchObject({
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

  const admin = () => talkTo(harbor, 'admin');

  test('T50: the tag is put back on what the audit log proves that it was pushed with', async () => {
    const digest = await moveBesideDeletion();
    expect(await healed({ app: ['latest'] })).toMatchObject({
      tags: [{ repository: 'app', tag: 'latest', digest }],
      problems: [],
    });
    expect(harbor.state.tags('team', 'app')).toMatchObject([{ name: 'latest', digest }]);
  });

  test('T50: also where several tags are missing, and several images came untagged', async () => {
    const digest = await moveBesideDeletion();
    harbor.seed.push({ project: 'team', repository: 'app', tags: [], size: 9 });
    expect((await healed({ app: ['latest', 'v1'] })).tags).toEqual([
      { repository: 'app', tag: 'latest', digest },
    ]);
  });

  test('nothing is inferred where the log can’t be read: it is told, with the command', async () => {
    const digest = await moveBesideDeletion();
    harbor.faults.on('forbidden', { path: /auditlog-exts/ });
    const { tags, told, problems, logUnread } = await healed({ app: ['latest'] });
    expect({ tags, problems, logUnread }).toEqual({ tags: [], problems: [], logUnread: true });
    expect(told).toMatchObject([
      { on: 'team/app', remedy: expect.stringContaining(`/artifacts/${digest}/tags`) },
    ]);
    expect(told?.[0]?.remedy).toContain('log:list');
    expect(harbor.state.tags('team', 'app')).toEqual([]);
  });

  test('an image that was pushed by digest beside the deletion of a tag stays without one', async () => {
    const old = await pushImage(harbor, { repository: 'team/app', tag: 'v1.0.0' }, ['one']);
    await remove(await planOf('app', old.digest));
    const fresh = imageOf('next', ['two']);
    await uploadParts(harbor, 'team/app', { config: fresh.config, layers: ['two'] });
    const builder = harbor.createRobot('builder', [
      { kind: 'project', namespace: '*', access: [{ resource: 'repository', action: 'push' }] },
    ]);
    const pushed = await fetch(`${harbor.url}/v2/team/app/manifests/${fresh.digest}`, {
      method: 'PUT',
      headers: {
        authorization: basic(builder.username, builder.secret),
        'content-type': 'application/vnd.oci.image.manifest.v1+json',
      },
      body: new Uint8Array(fresh.manifest),
    });
    expect(pushed.status).toBe(201);
    const { tags, told = [] } = await healed({ app: ['v1.0.0'] });
    expect({ tags, told }).toEqual({ tags: [], told: [] });
    expect(harbor.state.tags('team', 'app')).toEqual([]);
  });

  test('a newcomer that the log does not know is told and not tagged', async () => {
    const old = await pushImage(harbor, { repository: 'team/app', tag: 'v1' }, ['one']);
    await remove(await planOf('app', old.digest));
    const { digest } = harbor.seed.push({ project: 'team', repository: 'app', tags: [], size: 9 });
    const { tags, told } = await healed({ app: ['v1'] });
    expect(tags).toEqual([]);
    expect(told).toMatchObject([{ message: expect.stringContaining('does not show') }]);
    expect(told?.[0]?.remedy).toContain(digest);
  });

  test('a tag that somebody removed again after the push stays away', async () => {
    const digest = await moveBesideDeletion();
    const path = `/projects/team/repositories/app/artifacts/${digest}/tags`;
    expect((await admin()('POST', path, { name: 'latest' })).status).toBe(201);
    expect((await admin()('DELETE', `${path}/latest`)).status).toBe(200);
    expect(await healed({ app: ['latest'] })).toMatchObject({ tags: [] });
    expect(harbor.state.tags('team', 'app')).toEqual([]);
  });

  test('a tag that was pushed onto the digest in the moment of its deletion is named, with the way back', async () => {
    const old = await pushImage(harbor, { repository: 'team/app', tag: 'v1' }, ['one']);
    const action = await planOf('app', old.digest);
    const hold = harbor.hold({ method: 'DELETE', path: /repositories\/app\/artifacts\/sha256/ });
    const deleting = remove(action);
    await hold.reached;
    await putManifest(harbor, { repository: 'team/app', reference: 'hotfix' }, old.manifest);
    hold.release();
    expect(await deleting).toMatchObject({ result: 'done' });
    const { tags, told } = await healed({ app: ['v1'] });
    expect(tags).toEqual([]);
    expect(told).toMatchObject([{ on: 'team/app:hotfix' }]);
    expect(told?.[0]?.remedy).toContain(
      `harbor-retention restore ${runId} --only team/app@${old.digest} --apply`,
    );
  });

  test('a tag that was created in that moment is named, though Harbor does not say on what', async () => {
    const old = await pushImage(harbor, { repository: 'team/app', tag: 'v1' }, ['one']);
    const action = await planOf('app', old.digest);
    const hold = harbor.hold({ method: 'DELETE', path: /repositories\/app\/artifacts\/sha256/ });
    const deleting = remove(action);
    await hold.reached;
    const somebody = harbor.createRobot('somebody', [
      { kind: 'project', namespace: '*', access: [{ resource: 'tag', action: 'create' }] },
    ]);
    const path = `/projects/team/repositories/app/artifacts/${old.digest}/tags`;
    const created = await talkTo(harbor, somebody)('POST', path, { name: 'hotfix' });
    expect(created.status).toBe(201);
    hold.release();
    expect(await deleting).toMatchObject({ result: 'done' });
    expect((await healed({ app: ['v1'] })).told).toMatchObject([
      { on: 'team/app:hotfix', message: expect.stringContaining(old.digest) },
    ]);
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

describe('healing in slices', () => {
  test('continues where it stopped, whenever the time is up, and puts each manifest again once', async () => {
    const now = harbor.clock.now();
    for (let n = 0; n < 5; n += 1)
      await pushImage(harbor, { repository: 'team/app', tag: `t${n}` }, [`layer ${n}`]);
    const what = { project: 'team', runId, since: now, until: now, deleted: [] };
    let soFar: HealingSoFar | undefined;
    const save = (next: HealingSoFar) => {
      soFar = next;
      return Promise.resolve();
    };
    harbor.requests.clear();
    let slices = 0;
    let healing: Healing | 'out-of-time' = 'out-of-time';
    while (healing === 'out-of-time') {
      slices += 1;
      let left = 2;
      const budget = { hasTime: () => (left -= 1) >= 0 };
      healing = await heal(what, { ports: applyPortsOn(harbor), budget, soFar, save });
    }
    expect(slices).toBe(3);
    expect(healing.relinked).toHaveLength(5);
    expect(harbor.requests.all.filter(({ method }) => method === 'PUT')).toHaveLength(5);
  });

  test('looks at nothing that was pushed after the deletions had ended', async () => {
    const until = harbor.clock.now();
    const { digest } = await pushImage(harbor, { repository: 'team/app', tag: 'near' }, ['one']);
    harbor.clock.advance(11 * 60_000);
    await pushImage(harbor, { repository: 'team/app', tag: 'later' }, ['two']);
    const what = { project: 'team', runId, since: until - 1_000, until, deleted: [] };
    const budget = { hasTime: () => true };
    const healer = {
      ports: applyPortsOn(harbor),
      budget,
      soFar: undefined,
      save: () => Promise.resolve(),
    };
    expect(await heal(what, healer)).toMatchObject({ relinked: [{ repository: 'app', digest }] });
  });
});
