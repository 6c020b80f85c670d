import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { digestOf } from '../sandbox/harbor/content.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { imageOf, pushImage, putManifest, talkTo, uploadParts } from '../sandbox-tests/talk.ts';
import { killedAtEveryCall } from '../support/crashing.ts';
import { beginningWith, type Scene } from '../support/marked-scene.ts';
import { memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const base = 'a base layer that both need';
const policy = `
version: 1
acknowledgeReplication: true
protect: { keepAtLeast: 0 }
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash }
rules:
  - { name: old, select: { projects: ["*"], tags: ["ci-*"] }, keep: { pushedWithin: 30d } }
`;

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const project of ['a-busy', 'quiet', 'retention-trash']) harbor.seed.project(project);
});
afterEach(() => harbor.close());

const deletions = (): readonly string[] =>
  harbor.requests.all.flatMap(({ method, path }) =>
    method === 'DELETE' && !path.includes('/tags/') ? [path.split('/')[4] ?? ''] : [],
  );

describe('deletions that deadlock with pushes into another repository of the project (T49)', () => {
  const path = /a-busy\/repositories\/old\/artifacts\/sha256[^/]*$/;

  /** So many of the first deletions of the run overlap a push elsewhere that uses a layer of what is deleted. */
  async function beside(pushes: number, store = memoryStore()) {
    await pushImage(harbor, { repository: 'a-busy/old', tag: 'ci-1' }, [base]);
    await pushImage(harbor, { repository: 'quiet/old', tag: 'ci-1' }, ['another']);
    harbor.clock.advance(60 * day);
    harbor.faults.on('deadlock');
    const statuses: number[] = [];
    const next = { method: 'DELETE', path };
    let hold = harbor.hold(next);
    const running = runToEnd(worldAround(harbor, { policy, store }), armed);
    for (let push = 1; push <= pushes; push += 1) {
      const fresh = imageOf(`fresh ${push}`, [base]);
      await uploadParts(harbor, 'a-busy/app', { config: fresh.config, layers: [base] });
      await hold.reached;
      const reference = `v${push}`;
      const pushed = await putManifest(
        harbor,
        { repository: 'a-busy/app', reference },
        fresh.manifest,
      );
      statuses.push(pushed.status);
      const released = hold;
      if (push < pushes) hold = harbor.hold(next);
      released.release();
    }
    await running;
    const answers = harbor.requests.all.flatMap(({ method, path: sent, status }) =>
      method === 'DELETE' && path.test(sent) ? [status] : [],
    );
    return { statuses, answers, report: reportIn(store), store };
  }

  test('are waited for and done, and nobody’s push fails', async () => {
    const { statuses, answers, report } = await beside(2);
    expect({ statuses, answers }).toEqual({ statuses: [201, 201], answers: [500, 500, 200] });
    expect(report.applied?.results).toEqual({ done: 2 });
  });

  test('are reported after four of them, the rest is done, and the next run does it', async () => {
    const { answers, report, store } = await beside(4);
    expect(answers).toEqual([500, 500, 500, 500]);
    expect(report.applied?.results).toEqual({ done: 1, failed: 1 });
    expect(report.applied?.exceptions).toMatchObject([
      { result: 'failed', because: expect.stringMatching(/left for the next run after 4 tries/) },
    ]);
    expect(harbor.state.tags('a-busy', 'old').map(({ name }) => name)).toEqual(['ci-1']);
    harbor.clock.advance(day);
    const world = worldAround(harbor, { policy, store });
    await runToEnd(world, { ...armed, runId: '2027-01-21T033000Z' });
    expect(reportIn(store).applied?.results).toEqual({ done: 1 });
  });
});

describe('an armed run beside those who push', () => {
  /** Pushes what needs the layer of an old image while the run deletes that image. */
  async function raced(store = memoryStore()): Promise<string> {
    await pushImage(harbor, { repository: 'a-busy/old', tag: 'ci-1' }, [base]);
    harbor.clock.advance(60 * day);
    harbor.faults.on('lost-blob-links');
    const fresh = imageOf('fresh', [base, 'more']);
    await uploadParts(harbor, 'a-busy/app', { config: fresh.config, layers: [base, 'more'] });
    const hold = harbor.hold({
      method: 'DELETE',
      path: /repositories\/old\/artifacts\/sha256[^/]*$/,
    });
    const running = runToEnd(worldAround(harbor, { policy, store }), armed);
    await hold.reached;
    await putManifest(harbor, { repository: 'a-busy/app', reference: 'v1' }, fresh.manifest);
    hold.release();
    await running;
    return fresh.digest;
  }

  test('T40: leaves their images whole, and says what it healed', async () => {
    const store = memoryStore();
    await raced(store);
    expect(reportIn(store).warnings).toMatchObject([{ code: 'pushes-healed', on: 'a-busy' }]);
    expect(reportIn(store).applied).toMatchObject({ deleted: 1 });
    harbor.clock.advance(day / 4);
    const admin = talkTo(harbor, 'admin');
    await handsOff('retention-trash');
    await admin('POST', '/system/gc/schedule', {
      schedule: { type: 'Manual' },
      parameters: { delete_untagged: false },
    });
    harbor.clock.advance(60_000);
    expect((await admin('GET', `/v2/a-busy/app/blobs/${digestOf(base)}`)).status).toBe(200);
  });

  /** Empties the trash, so that nothing but the project itself holds the layer. */
  async function handsOff(project: string): Promise<void> {
    for (const { repository, digest } of harbor.state.artifacts(project)) {
      const name = encodeURIComponent(encodeURIComponent(repository.slice(project.length + 1)));
      const path = `/projects/${project}/repositories/${name}/artifacts/${digest}`;
      expect((await talkTo(harbor, 'admin')('DELETE', path)).status).toBe(200);
    }
  }

  test('heals a project once, also when it is started again', async () => {
    const store = memoryStore();
    await raced(store);
    const puts = (): number =>
      harbor.requests.all.filter(
        ({ method, path }) => method === 'PUT' && path.includes('manifests'),
      ).length;
    const before = puts();
    await runToEnd(worldAround(harbor, { policy, store }), armed);
    expect(puts()).toBe(before);
    expect(await store.list('reports/healing/')).toHaveLength(1);
  });

  test('deletes in a project that was pushed to a moment ago after all the others', async () => {
    for (const project of ['a-busy', 'quiet']) {
      const pushedAt = harbor.clock.now() - 60 * day;
      harbor.seed.push({ project, repository: 'api', tags: ['ci-1'], pushedAt });
    }
    harbor.seed.push({
      project: 'a-busy',
      repository: 'api',
      tags: ['v1'],
      pushedAt: harbor.clock.now() - 60_000,
    });
    await runToEnd(worldAround(harbor, { policy }), armed);
    expect(deletions()).toEqual(['quiet', 'a-busy']);
  });
});

test.each(['before', 'after'] as const)(
  'a run that is killed at any call, %s it took effect, heals nevertheless',
  async (when) => {
    for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
    const pushedAt = harbor.clock.now() - 60 * day;
    harbor.seed.push({ project: 'team', repository: 'old', tags: ['ci-1'], pushedAt });
    const { digest } = await pushImage(harbor, { repository: 'team/app', tag: 'v1' }, [base]);
    const world = (own: Scene) => worldAround(own.harbor, { policy, store: own.store });
    const calls = await killedAtEveryCall(when, {
      begin: beginningWith({ harbor, store: memoryStore() }),
      world,
      run: (dying) => runToEnd(dying, armed),
      afterwards: async (own) => {
        await runToEnd(world(own), armed);
        const puts = own.harbor.requests.all.filter(({ method }) => method === 'PUT');
        expect(puts.map(({ path }) => path)).toContain(`/v2/team/app/manifests/${digest}`);
        expect(reportIn(own.store).warnings).toMatchObject([{ code: 'pushes-healed', on: 'team' }]);
        expect(own.harbor.state.artifacts('team').map((one) => one.tags)).toEqual([['v1']]);
      },
    });
    expect(calls).toBeGreaterThan(50);
  },
);
