import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Budget, RunRequest } from '../../functions/ports.ts';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { pushImage } from '../sandbox-tests/talk.ts';
import { Killed, killedAt } from '../support/crashing.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, unlimited, worldAround } from '../support/run-world.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const policy = (mode: string): string => `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90 }
trash: { project: retention-trash, keepFor: 14d }
garbageCollection: { mode: ${mode} }
rules:
  - { name: ci, select: { projects: ["team"], tags: ["ci-*"] }, keep: { pushedWithin: 30d } }
`;
const cutOff: RunRequest = { ...armed, owner: 'terminal' };

let harbor: EmbeddedHarbor;
let store: MemoryStore;

async function newHarbor(): Promise<void> {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d', rememberRequests: 100_000 });
  for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
  const old = harbor.clock.now() - 90 * day;
  for (const n of [1, 2, 3])
    harbor.seed.push({ project: 'team', repository: 'api', tags: [`ci-${n}`], pushedAt: old + n });
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'], pushedAt: old + day });
  store = memoryStore();
}

/** An armed run is killed right after its first deletion, and never continued. */
beforeEach(async () => {
  await newHarbor();
  for (let at = 1; harbor.state.artifacts('team').length === 4; at += 1) {
    // Another store would be another deployment, for which the trash is claimed already.
    await harbor.close();
    await newHarbor();
    const dying = killedAt(
      worldAround(harbor, { policy: policy('run'), store }),
      { at, when: 'after' },
      { count: 0 },
    );
    await runSlice(cutOff, dying, unlimited).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
  }
});
afterEach(() => harbor.close());

const idNow = (): string =>
  `${new Date(harbor.clock.now()).toISOString().slice(0, 19).replaceAll(':', '')}Z`;

async function night(budget?: Budget, mode = 'run') {
  const request: RunRequest = { ...cutOff, owner: 'lambda', runId: idNow() };
  harbor.requests.clear();
  const world = worldAround(harbor, { policy: policy(mode), store });
  if (budget === undefined) await runToEnd(world, request);
  else
    for (let end = await runSlice(request, world, budget); !end.done;)
      end = await runSlice(request, world, budget);
  return reportIn(store);
}

const putAgain = (): number =>
  harbor.requests.all.filter(({ method, path }) => method === 'PUT' && path.startsWith('/v2/team/'))
    .length;
const began = async (): Promise<readonly string[]> =>
  (await store.list('state/runs/')).filter(
    (key) => key.includes(cutOff.runId) && key.endsWith('-began.json'),
  );

describe('a run that was cut off while it deleted', () => {
  test('has what was pushed in its time put again, and nothing that was pushed later', async () => {
    await pushImage(harbor, { repository: 'team/app', tag: 'beside' }, ['a']);
    harbor.clock.advance(2 * 60 * minute);
    for (let n = 0; n < 5; n += 1)
      await pushImage(harbor, { repository: 'team/app', tag: `later-${n}` }, [`l${n}`]);
    harbor.clock.advance(day);
    await night();
    expect(putAgain()).toBe(1);
    expect(await began()).toEqual([]);
    expect(reportIn(store).warnings).toContainEqual(
      expect.objectContaining({ code: 'pushes-healed' }),
    );
    harbor.clock.advance(day);
    await night();
    expect(putAgain()).toBe(0);
  });

  test('is looked after whether or not garbage is to be collected', async () => {
    await pushImage(harbor, { repository: 'team/app', tag: 'beside' }, ['a']);
    harbor.clock.advance(day);
    await night(undefined, '"off"');
    expect(putAgain()).toBe(1);
  });

  test('is looked after in slices, each manifest once, until all is done', async () => {
    for (let n = 0; n < 7; n += 1)
      await pushImage(harbor, { repository: 'team/app', tag: `b-${n}` }, [`l${n}`]);
    harbor.clock.advance(day);
    // Each slice has time for a few pieces of work.
    let asked = 0;
    await night({ hasTime: () => (asked += 1) % 4 !== 0 });
    expect(putAgain()).toBe(7);
    expect(await began()).toEqual([]);
  });

  test('too long ago is settled with one statement, and no request', async () => {
    for (let n = 0; n < 5; n += 1)
      await pushImage(harbor, { repository: 'team/app', tag: `b-${n}` }, [`l${n}`]);
    harbor.clock.advance(15 * day);
    const { warnings } = await night();
    expect(putAgain()).toBe(0);
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: 'push-not-healed',
        message: expect.stringContaining('too long ago'),
      }),
    );
    harbor.clock.advance(day);
    expect((await night()).warnings.map(({ code }) => code)).not.toContain('push-not-healed');
  });

  test('is tried again by later runs, each of which reports it, and holds collections back until it is settled', async () => {
    await pushImage(harbor, { repository: 'team/app', tag: 'beside' }, ['a']);
    harbor.faults.on('forbidden', { path: /^\/v2\/team\/app\/manifests/ });
    harbor.clock.advance(day);
    expect((await night()).warnings.map(({ code }) => code)).toContain('push-not-healed');
    expect(await began()).toHaveLength(1);
    harbor.clock.advance(day);
    expect((await night()).warnings.map(({ code }) => code)).toContain('push-not-healed');
    harbor.faults.off();
    harbor.clock.advance(day);
    expect((await night()).warnings.map(({ code }) => code)).not.toContain('push-not-healed');
    expect(await began()).toEqual([]);
  });
});
