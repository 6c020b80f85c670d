import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deleteArtifact } from '../../../functions/apply/apply-action.ts';
import { removeTag } from '../../../functions/apply/remove-tag.ts';
import { removeEmpty } from '../../../functions/apply/remove-empty.ts';
import { restoreItem } from '../../../functions/apply/restore.ts';
import type { RestoreItem } from '../../../functions/apply/restore-item.ts';
import type { DeleteArtifact } from '../../../functions/domain/action.ts';
import { type EmbeddedHarbor, type SeedArtifact, startHarbor } from '../../sandbox/harbor/index.ts';
import { imageOf, putManifest, uploadParts } from '../../sandbox-tests/talk.ts';
import { deletionOf, removalOf } from '../../support/deletion.ts';
import { applyPortsOn } from '../../support/apply-ports.ts';
import { armed, runToEnd, withCalls, worldAround } from '../../support/run-world.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('trash');
});
afterEach(() => harbor.close());

const context = () => ({
  ports: applyPortsOn(harbor),
  undo: { kind: 'trash', project: 'trash', keepFor: 14 * day } as const,
  runId: '2026-11-21T033000Z',
  isResumed: false,
});
const old = () => harbor.clock.now() - 90 * day;
const push = (artifact: SeedArtifact, repository = 'api') =>
  harbor.seed.push({ project: 'team', repository, pushedAt: old(), ...artifact }).digest;
const planOf = (digest: string, repository = 'api'): Promise<DeleteArtifact> =>
  deletionOf(harbor, { project: 'team', repository, digest });
const planned = async (artifact: SeedArtifact, repository = 'api'): Promise<DeleteArtifact> =>
  await planOf(push(artifact, repository), repository);
const tagsIn = (project: string, repository = 'api'): string[] =>
  harbor.state
    .tags(project, repository)
    .map((tag) => tag.name)
    .toSorted();
const deletes = () => harbor.requests.all.filter(({ method }) => method === 'DELETE');

describe('deleting', () => {
  test('T6: one tag goes by its own call; its digest and the other tags stay', async () => {
    const action = await planned({ tags: ['ci-7', 'v1.2.3', 'latest'] });
    const removal = removalOf(action, 'ci-7');
    expect(await removeTag(removal, context())).toEqual({ result: 'done' });
    expect(tagsIn('team')).toEqual(['latest', 'v1.2.3']);
    expect(deletes().map(({ path }) => path)).toEqual([
      expect.stringMatching(/artifacts\/sha256%3A[0-9a-f]{64}\/tags\/ci-7$/),
    ]);
  });

  test('T7: an artifact goes by its digest, never by a number or a tag', async () => {
    const action = await planned({ tags: ['v1'] });
    expect(await deleteArtifact(action, context())).toMatchObject({ result: 'done' });
    const whole = deletes().filter(({ path }) => !path.includes('/tags/'));
    expect(whole.map(({ path, status }) => [path.split('/').at(-1), status])).toEqual([
      [encodeURIComponent(action.digest), 200],
    ]);
  });

  test('T18: the untagged children of an index that goes are all in the trash first', async () => {
    const action = await planned({ tags: ['v1'], platforms: 3 });
    expect(action.children).toHaveLength(3);
    await deleteArtifact(action, context());
    const trashed = harbor.state.artifacts('trash', 'team/api').map((one) => one.digest);
    expect(trashed).toEqual(expect.arrayContaining([action.digest, ...action.children]));
    expect(harbor.state.artifacts('team', 'api')).toEqual([]);
  });

  test('T25: a repository that was pushed to after it was seen empty is not removed', async () => {
    const world = worldAround(harbor, { policy: '' });
    await applyPortsOn(harbor).harbor.deleteArtifact(
      { project: 'team', repository: 'api' },
      push({ tags: ['v1'] }),
    );
    await world.harbor.identify();
    const [team] = (await world.harbor.listProjects()).filter((one) => one.name === 'team');
    const [head] = await world.harbor.listRepositories(team === undefined ? [] : [team]);
    if (team === undefined || head === undefined) throw new Error('nothing is listed');
    const action = {
      kind: 'delete-repository',
      id: 'remove',
      project: 'team',
      repository: 'api',
      repositoryId: head.id,
      rule: 'repositories.removeEmpty',
    } as const;
    const candidate = { action, head, projectId: team.id };
    push({ tags: ['v2'], size: 7 });
    expect(
      await removeEmpty(candidate, { ...world.harbor, ...applyPortsOn(harbor).harbor }),
    ).toMatchObject({ result: 'changed' });
    expect(tagsIn('team')).toEqual(['v2']);
  });

  test('T26, T27: a 412 for an immutable tag and one for a parent are told apart, and both keep', async () => {
    const signed = push({ tags: ['v1'] });
    const subject = harbor.seed.push({
      project: 'team',
      repository: 'web',
      tags: ['v2'],
      pushedAt: old(),
      platforms: 1,
    });
    const child =
      harbor.state.artifacts('team', 'web').find((one) => one.digest === subject.digest)
        ?.children[0] ?? '';
    harbor.seed.moveTag({ project: 'team', repository: 'web', tag: 'amd64', to: child });
    const action = await planOf(signed);
    harbor.seed.immutableRule('team', { tags: 'v1' });
    harbor.faults.on('immutability-unread');
    expect(await deleteArtifact(action, context())).toMatchObject({
      result: 'protected',
      by: 'immutable-tag',
    });
    expect(await deleteArtifact(await planOf(child, 'web'), context())).toMatchObject({
      result: 'protected',
      by: 'parent',
    });
    expect(tagsIn('team')).toEqual(['v1']);
  });

  test('T28: the four kinds of 403 are told apart', async () => {
    const ports = applyPortsOn(harbor).harbor;
    const action = await planned({ tags: ['v1'] });
    harbor.faults.on('forbidden', { method: 'DELETE', times: 1 });
    expect(await ports.deleteArtifact(action, action.digest)).toMatchObject({ by: 'permission' });
    harbor.faults.on('read-only', { method: 'DELETE', times: 1 });
    expect(await ports.deleteArtifact(action, action.digest)).toMatchObject({ by: 'read-only' });
    harbor.faults.on('quota-full', { method: 'POST', times: 1 });
    expect(await ports.copyArtifact(action, { project: 'trash', repository: 'x' })).toMatchObject({
      by: 'quota',
    });
    const robot = harbor.createRobot('nobody', []);
    const other = applyPortsOn(harbor, { username: robot.username, password: robot.secret }).harbor;
    expect(
      await other.deleteArtifact({ project: 'missing', repository: 'api' }, action.digest),
    ).toMatchObject({
      kind: 'denied',
      by: 'permission',
    });
    expect(tagsIn('team')).toEqual(['v1']);
  });

  test('T35: in one project never two deletions are under way at once', async () => {
    const policy = `
version: 1
acknowledgeReplication: true
protect: { keepAtLeast: 0 }
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: trash }
rules:
  - { name: all, select: { projects: ["team", "other"], tags: ["**"] }, keep: none }
`;
    harbor.seed.project('other');
    for (let index = 0; index < 12; index += 1) {
      push({ tags: [`t${index}`], size: index + 1 }, `r${index % 4}`);
      harbor.seed.push({
        project: 'other',
        repository: 'x',
        tags: [`t${index}`],
        pushedAt: old(),
        size: index + 1,
      });
    }
    const world = worldAround(harbor, { policy });
    const flying = new Map<string, number>();
    let most = 0;
    const counting = withCalls(world, {
      deleteArtifact: async (place, digest) => {
        flying.set(place.project, (flying.get(place.project) ?? 0) + 1);
        most = Math.max(most, flying.get(place.project) ?? 0);
        const answer = await world.changes.writer.deleteArtifact(place, digest);
        flying.set(place.project, (flying.get(place.project) ?? 0) - 1);
        return answer;
      },
    });
    await runToEnd(counting, armed);
    expect(harbor.state.artifacts('team')).toEqual([]);
    expect(harbor.state.artifacts('other')).toEqual([]);
    expect(most).toBe(1);
  });

  test('T36: a deletion whose answer was lost is not repeated on what was pushed since under its tag', async () => {
    const action = await planned({ tags: ['latest'] });
    harbor.faults.on('cut-after', {
      method: 'DELETE',
      path: /repositories\/api\/artifacts/,
      times: 1,
    });
    const ports = applyPortsOn(harbor);
    let newer = '';
    const racing = {
      ...ports,
      pause: async (ms: number) => {
        newer ||= harbor.seed.push({
          project: 'team',
          repository: 'api',
          tags: ['latest'],
          size: 7,
        }).digest;
        await ports.pause(ms);
      },
    };
    expect(await deleteArtifact(action, { ...context(), ports: racing })).toMatchObject({
      result: 'done',
    });
    expect(newer).not.toBe('');
    expect(harbor.state.artifacts('team').map((one) => one.digest)).toEqual([newer]);
  });

  test('T36: nor on the same digest, pushed anew', async () => {
    const action = await planned({ tags: ['latest'] });
    harbor.faults.on('gateway-timeout', {
      method: 'DELETE',
      path: /repositories\/api\/artifacts/,
      times: 1,
    });
    const ports = applyPortsOn(harbor);
    const racing = {
      ...ports,
      pause: async (ms: number) => {
        push({ digest: action.digest, tags: ['latest'], pushedAt: harbor.clock.now() });
        await ports.pause(ms);
      },
    };
    expect(await deleteArtifact(action, { ...context(), ports: racing })).toMatchObject({
      result: 'uncertain',
      because: 'it was deleted and pushed again',
    });
    expect(tagsIn('team')).toEqual(['latest']);
  });

  test('T43: a name too long for a copy gets another place, and nothing is deleted without one', async () => {
    const action = await planned({ tags: ['v1'] }, `a/${'b'.repeat(240)}`);
    const result = await deleteArtifact(action, context());
    expect(result).toMatchObject({ result: 'done' });
    const trashed = harbor.state.artifacts('trash');
    expect(trashed.map((one) => one.digest)).toEqual([action.digest]);
    expect(trashed[0]?.repository.length).toBeLessThan(240);
  });

  test('T9, T48: an artifact whose tags can’t be read just before is not deleted as an untagged one', async () => {
    const action = await planned({ tags: [] });
    harbor.seed.moveTag({ project: 'team', repository: 'api', tag: 'v1', to: action.digest });
    harbor.faults.on('tags-unread');
    expect(await deleteArtifact(action, context())).toEqual({
      result: 'changed',
      what: 'it is not provably untagged',
    });
    expect(tagsIn('team')).toEqual(['v1']);
  });

  test('T49: a deletion that a push rolls back waits, looks, and is done by a later try', async () => {
    const action = await planned({ tags: ['v1'] });
    const fresh = imageOf('next', ['two']);
    await uploadParts(harbor, 'team/api', { config: fresh.config, layers: ['two'] });
    harbor.faults.on('deadlock', { method: 'DELETE', path: /repositories\/api\/artifacts/ });
    const hold = harbor.hold({ method: 'DELETE', path: /repositories\/api\/artifacts/ });
    const ports = applyPortsOn(harbor);
    const pauses: number[] = [];
    const deleting = deleteArtifact(action, {
      ...context(),
      ports: {
        ...ports,
        pause: async (ms) => {
          pauses.push(ms);
          await ports.pause(ms);
        },
      },
    });
    await hold.reached;
    const pushed = await putManifest(
      harbor,
      { repository: 'team/api', reference: 'v2' },
      fresh.manifest,
    );
    expect(pushed.status).toBe(201);
    hold.release();
    expect(await deleting).toMatchObject({ result: 'done' });
    expect(pauses[0]).toBe(1_000);
    expect(tagsIn('team')).toEqual(['v2']);
  });
});

describe('bringing back', () => {
  async function trashed(artifact: SeedArtifact): Promise<RestoreItem> {
    const action = await planned(artifact);
    expect(await deleteArtifact(action, context())).toMatchObject({ result: 'done' });
    return {
      kind: 'artifact',
      place: { project: 'team', repository: 'api' },
      digest: action.digest,
      tags: action.tags.map((tag) => tag.name),
      labels: action.labels,
      trash: { project: 'trash', repository: 'team/api' },
      unnamed: [],
      proof: 'plan',
      artifactId: action.artifactId,
      mayBeGone: true,
      isUncertain: false,
    };
  }

  test('T41: a copy back takes no tag away from a newer image', async () => {
    const item = await trashed({ tags: ['latest', 'v1'] });
    const newer = push({ tags: ['latest'], size: 7, pushedAt: harbor.clock.now() });
    expect(
      await restoreItem(item, { ports: applyPortsOn(harbor), labels: new Map() }),
    ).toMatchObject({
      result: 'restored',
    });
    const owners = Object.fromEntries(
      harbor.state.tags('team', 'api').map((tag) => [tag.name, tag.digest]),
    );
    expect(owners).toEqual({ latest: newer, v1: item.digest });
  });

  test('T42: labels are put on again, and the trash’s tags do not stay behind', async () => {
    const label = harbor.seed.label({ name: 'audited' });
    const item = await trashed({ tags: ['v1'], labels: [label] });
    const labels = new Map([['audited', label.id]]);
    await restoreItem(item, { ports: applyPortsOn(harbor), labels });
    expect(harbor.state.artifacts('team')).toMatchObject([{ tags: ['v1'], labels: ['audited'] }]);
    const prefix = item.digest.slice(7, 19);
    const copies = harbor.state.artifacts('trash').map((one) => one.tags.toSorted());
    expect(copies).toEqual([[`${prefix}...restored`, `${prefix}.v1`]]);
  });
});
