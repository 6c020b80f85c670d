// What a restore believes, touches and leaves alone.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { recordLine } from '../../functions/domain/deletion-record.ts';
import { restoreRun, type RestoreRequest } from '../../functions/phases/restore-run.ts';
import { digestOf } from '../sandbox/harbor/content.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import {
  type LayeredPusher,
  layeredPusher,
  type PushedManifest,
} from '../support/layered-pusher.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  callsOf,
  runToEnd,
  type TestWorld,
  unlimited,
  withCalls,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
protect: { keepAtLeast: 0 }
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - { name: old, select: { projects: ["team"], repositories: ["api"], tags: ["ci-*"] }, keep: { pushedWithin: 30d } }
`;
const whole: RestoreRequest = {
  from: { kind: 'run', runId: armed.runId },
  only: () => true,
  named: [],
  apply: true,
  owner: 'test',
};
const base = 'a base layer that both need';

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let pusher: LayeredPusher;
let image: PushedManifest;
let other: PushedManifest;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const project of ['team', 'shop', 'retention-trash']) harbor.seed.project(project);
  pusher = layeredPusher(harbor);
  image = await pusher.image({ into: 'team/api', tag: 'ci-1', layers: [base, 'a'] });
  other = await pusher.image({ into: 'team/other', tag: 'x', layers: [base, 'other'] });
  harbor.clock.advance(60 * day);
  store = memoryStore();
  await runToEnd(world(), armed);
  harbor.clock.advance(day);
});
afterEach(() => harbor.close());

const world = (text = policy): TestWorld => worldAround(harbor, { policy: text, store });
const tags = (repository = 'api'): string[] =>
  harbor.state.tags('team', repository).map(({ name }) => name);
const restored = async (request = whole, of = world()) => await restoreRun(request, of, unlimited);

describe('beside somebody else', () => {
  test('T40: a layer that a deletion cut from the copy back survives the next collection', async () => {
    harbor.faults.on('lost-blob-links');
    const path = /projects\/team\/repositories\/other\/artifacts\/sha256/;
    const hold = harbor.hold({ method: 'DELETE', path });
    const deleting = pusher.request(
      'DELETE',
      `/projects/team/repositories/other/artifacts/${other.digest}`,
    );
    await hold.reached;
    const racing = withCalls(world(), {
      copyArtifact: async (from, to) => {
        const answer = await callsOf(world()).copyArtifact(from, to);
        hold.release();
        await deleting;
        return answer;
      },
    });
    expect(await restored(whole, racing)).toMatchObject({ restored: [{}], failed: [] });
    harbor.faults.off();
    for (const { digest } of harbor.state.artifacts('retention-trash'))
      await applyPortsOn(harbor).harbor.deleteArtifact(
        { project: 'retention-trash', repository: 'team/api' },
        digest,
      );
    harbor.clock.advance(day / 4);
    const parameters = { delete_untagged: false };
    await pusher.request('POST', '/system/gc/schedule', {
      schedule: { type: 'Manual' },
      parameters,
    });
    harbor.clock.advance(60_000);
    expect((await pusher.request('GET', `/v2/team/api/blobs/${digestOf(base)}`)).status).toBe(200);
  });

  test('it deletes nothing, and the copy stays, marked', async () => {
    harbor.requests.clear();
    await restored();
    const sent = harbor.requests.all.filter(
      ({ method, path }) => method === 'DELETE' && !path.includes('/tags/'),
    );
    expect(sent).toEqual([]);
    expect(harbor.state.artifacts('retention-trash')).toMatchObject([
      {
        digest: image.digest,
        tags: expect.arrayContaining([`${image.digest.slice(7, 19)}...restored`]),
      },
    ]);
    expect(tags()).toEqual(['ci-1']);
  });

  async function gone(project: string, repository: string, { digest }: PushedManifest) {
    await applyPortsOn(harbor).harbor.deleteArtifact({ project, repository }, digest);
    return '';
  }

  /** What a stranger does at some call of a restore; answers the digest of what was pushed. */
  const strangers: Readonly<Record<string, () => Promise<string>>> = {
    'deletes what is back': () => gone('team', 'api', image),
    'pushes another image under its tag': async () =>
      (await pusher.image({ into: 'team/api', tag: 'ci-1', layers: ['new'] })).digest,
    'purges the copy': () => gone('retention-trash', 'team/api', image),
    'deletes what shares its layer': () => gone('team', 'other', other),
  };

  test.each(Object.keys(strangers))(
    'whenever somebody %s, no tag is moved and nothing is claimed that is not so',
    async (what) => {
      for (let at = 1; ; at += 1) {
        const scene = await again();
        let calls = 0;
        let pushed = '';
        const inner = callsOf(world());
        const beside = Object.fromEntries(
          Object.entries(inner).map(([name, call]) => [
            name,
            async (...args: unknown[]): Promise<unknown> => {
              if ((calls += 1) === at) pushed = (await strangers[what]?.()) ?? '';
              return await (call as (...all: unknown[]) => Promise<unknown>)(...args);
            },
          ]),
        );
        const report = await restored(whole, withCalls(world(), beside));
        const now = new Map(
          harbor.state.tags('team', 'api').map(({ name, digest }) => [name, digest]),
        );
        const there = harbor.state.artifacts('team').some(({ digest }) => digest === image.digest);
        // A push moves its tag; a restore never does.
        if (pushed !== '') expect(now.get('ci-1')).toBe(pushed);
        const own = [...now.keys()].filter((name) => name.startsWith(image.digest.slice(7, 19)));
        if (report.failed.length === 0) expect(own).toEqual([]);
        if (what !== 'deletes what is back') {
          const isBack = report.restored.length + report.complete.length > 0;
          expect({ at, isBack }).toEqual({ at, isBack: there });
        }
        // What somebody disturbed is finished by the next restore, or said to be lost.
        const next = await restored();
        expect(next.failed).toEqual([]);
        await scene.close();
        if (calls < at) break;
      }
    },
  );

  /** The scene of the test, made once more. */
  async function again(): Promise<{ readonly close: () => Promise<void> }> {
    await harbor.close();
    harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
    for (const project of ['team', 'shop', 'retention-trash']) harbor.seed.project(project);
    pusher = layeredPusher(harbor);
    image = await pusher.image({ into: 'team/api', tag: 'ci-1', layers: [base, 'a'] });
    other = await pusher.image({ into: 'team/other', tag: 'x', layers: [base, 'other'] });
    harbor.clock.advance(60 * day);
    store = memoryStore();
    await runToEnd(world(), armed);
    harbor.clock.advance(day);
    return { close: () => Promise.resolve() };
  }
});

test('without the permission to put manifests again everything is back under its names, and said to be uncertain', async () => {
  harbor.faults.on('forbidden', { method: 'PUT', path: /^\/v2\/team/ });
  const report = await restored();
  expect(report.failed).toMatchObject([
    { because: expect.stringContaining('repository:pull and repository:push') },
  ]);
  expect(tags()).toEqual(['ci-1']);
  harbor.faults.off();
  expect(await restored()).toMatchObject({ restored: [{}], failed: [] });
  expect(await restored()).toMatchObject({ complete: [{}], failed: [] });
});

describe('what is believed', () => {
  const key = `state/runs/${armed.runId}/intents/forged.json`;
  const forged = (
    place: { readonly project: string; readonly repository: string },
    digest: string,
  ) => ({
    ...place,
    kind: 'delete-artifact' as const,
    id: 'forged',
    digest,
    artifactId: 1,
    rule: 'r',
    tags: [],
    labels: [],
    pushedAt: 1,
    pulledAt: 1,
    size: 1,
    type: 'IMAGE',
    children: [],
    accessories: [],
  });

  test('an intent whose action is not in the sealed plan is named, and nothing of it is touched', async () => {
    const secret = await pusher.image({ into: 'shop/secret', tag: 'live', layers: ['secret'] });
    const undo = { kind: 'trash', project: 'shop', keepFor: 1 };
    const actions = [forged({ project: 'team', repository: 'public' }, secret.digest)];
    await store.write(key, JSON.stringify({ batch: 'forged', undo, actions }));
    const report = await restored();
    expect(report.disbelieved).toEqual(['forged']);
    expect(report.restored).toHaveLength(1);
    expect(harbor.state.artifacts('team', 'public')).toEqual([]);
    expect(harbor.state.tags('shop', 'secret').map(({ name }) => name)).toEqual(['live']);
  });

  test.each(['the plan is gone', 'a part of the plan is gone', 'a part of the plan was changed'])(
    'where %s, the trash itself must prove a copy',
    async (what) => {
      if (what === 'the plan is gone') await store.remove(`state/runs/${armed.runId}/plan.json`);
      const parts = (await store.list(`inventory/${armed.runId}/`)).filter((one) =>
        one.includes('/actions-'),
      );
      for (const part of parts) {
        if (what === 'a part of the plan is gone') await store.remove(part);
        if (what !== 'a part of the plan was changed') continue;
        const writer = store.openPart(part);
        await writer.write('{}');
        await writer.close();
      }
      // Somebody pushed into the trash what was never a copy, and forged an intent for it.
      const live = await pusher.image({
        into: 'retention-trash/team/web',
        tag: 'live',
        layers: ['w'],
      });
      const actions = [forged({ project: 'team', repository: 'web' }, live.digest)];
      await store.write(key, JSON.stringify({ batch: 'forged', undo: { kind: 'none' }, actions }));
      const report = await restored();
      expect(report.restored).toMatchObject([{ item: { digest: image.digest, tags: ['ci-1'] } }]);
      expect(report.lost).toMatchObject([{ item: { digest: live.digest } }]);
      expect(tags()).toEqual(['ci-1']);
      expect(harbor.state.artifacts('team', 'web')).toEqual([]);
      expect(harbor.state.tags('retention-trash', 'team/web').map(({ name }) => name)).toEqual([
        'live',
      ]);
    },
  );

  test.each(['failed', 'changed', 'uncertain', 'protected'])(
    'what a record calls %s comes back if it is gone and its copy is there',
    async (result) => {
      const [part = ''] = await store.list('reports/records/');
      const lines: string[] = [];
      for await (const line of store.readPart(part)) lines.push(line);
      const writer = store.openPart(part);
      for (const line of lines) {
        const {
          harbor: of,
          action,
          outcome,
        } = JSON.parse(line) as Parameters<typeof recordLine>[0];
        const { action: id, at } = outcome;
        const changed = { action: id, at, result, because: 'b', what: 'w', by: 'parent' };
        await writer.write(recordLine({ harbor: of, action, outcome: changed as typeof outcome }));
      }
      await writer.close();
      expect(await restored()).toMatchObject({ restored: [{}], lost: [] });
      expect(tags()).toEqual(['ci-1']);
      expect(await restored()).toMatchObject({ restored: [], complete: [{}] });
    },
  );

  test('the trash is that of the policy, whatever a record says', async () => {
    const elsewhere = policy.replace('retention-trash', 'shop');
    const report = await restored(whole, world(elsewhere));
    expect(report).toMatchObject({
      restored: [],
      lost: [{ item: { trash: { project: 'shop' } } }],
    });
    expect(tags()).toEqual([]);
  });
});

describe('from the trash alone', () => {
  const from = (project: string): RestoreRequest => ({
    ...whole,
    from: { kind: 'trash', project },
  });
  const claim = (): unknown =>
    harbor.seed.label({ name: 'harbor-retention', project: 'retention-trash' });

  test.each([true, false])(
    'an ordinary project is refused, and nothing in it is touched (apply: %s)',
    async (apply) => {
      claim();
      await pusher.image({ into: 'team/shop/checkout', tag: 'prod', layers: ['live'] });
      harbor.requests.clear();
      await expect(restored({ ...from('team'), apply })).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('not the trash of the policy'),
      });
      expect(harbor.requests.all.filter(({ method }) => method !== 'GET')).toEqual([]);
      expect(tags('shop/checkout')).toEqual(['prod']);
    },
  );

  test('a trash that nobody claimed is refused, with what to do', async () => {
    await removeClaims();
    await expect(restored(from('retention-trash'))).rejects.toMatchObject({
      code: 'usage',
      remedy: expect.stringContaining('harbor-retention'),
    });
  });

  test('a global label of that name claims nothing, nor does another one of the project', async () => {
    await removeClaims();
    harbor.seed.label({ name: 'audited', project: 'retention-trash' });
    harbor.seed.label({ name: 'harbor-retention' });
    await expect(restored(from('retention-trash'))).rejects.toMatchObject({ code: 'usage' });
  });

  /** As after a loss, or before the first armed run of a version that claims its trash. */
  async function removeClaims(): Promise<void> {
    const id = harbor.state.projects().find(({ name }) => name === 'retention-trash')?.id ?? 0;
    const list = await pusher.request('GET', `/labels?scope=p&project_id=${id}`);
    for (const label of JSON.parse(list.text) as { id: number }[])
      await pusher.request('DELETE', `/labels/${label.id}`);
  }

  test('without a policy says what is needed', async () => {
    const lost = { ...world(), policy: worldAround(harbor, { policy }).policy };
    const { RetentionError } = await import('../../functions/errors.ts');
    const load = () => Promise.reject(new RetentionError('policy-unreadable', 'no such file'));
    const request = from('retention-trash');
    await expect(restored(request, { ...lost, policy: { load } })).rejects.toMatchObject({
      code: 'usage',
      remedy: expect.stringContaining('--policy FILE'),
    });
  });

  test('touches nothing without a tag of the trash’s form for its own digest', async () => {
    await removeClaims();
    claim();
    const mine = await pusher.image({
      into: 'retention-trash/team/api',
      tag: `${'0'.repeat(12)}.ci-9`,
      layers: ['mine'],
    });
    expect(await restored(from('retention-trash'))).toMatchObject({
      restored: [{ item: { digest: image.digest } }],
      lost: [],
    });
    expect(tags()).toEqual(['ci-1']);
    expect(harbor.state.artifacts('team').map(({ digest }) => digest)).not.toContain(mine.digest);
  });
});
