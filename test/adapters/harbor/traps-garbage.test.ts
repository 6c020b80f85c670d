import type { CollectionState } from '../../../functions/domain/collection.ts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  intendCollecting,
  lookAtCollection,
  startCollecting,
} from '../../../functions/apply/collect-garbage.ts';
import { type EmbeddedHarbor, startHarbor } from '../../sandbox/harbor/index.ts';
import { pushImage, talkTo } from '../../sandbox-tests/talk.ts';
import { applyPortsOn } from '../../support/apply-ports.ts';
import { makeRobot } from '../../support/robot-scenes.ts';

const hour = 3_600_000;
let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.1-0a1b2c3d' });
  harbor.seed.project('team');
});
afterEach(() => harbor.close());

const tools = () => ({ ...applyPortsOn(harbor), workers: 2 });
async function start(dryRun = false): Promise<CollectionState> {
  const [newest] = await applyPortsOn(harbor).harbor.listCollections();
  return await startCollecting({ kind: 'intended', after: newest?.id ?? 0, dryRun }, tools());
}
async function collect(): Promise<CollectionState> {
  return await follow(await start());
}

/** Looks every half minute, ten times at most. */
async function follow(started: CollectionState): Promise<CollectionState> {
  let state = started;
  for (let look = 1; look <= 10 && state.kind === 'running'; look += 1) {
    harbor.clock.advance(30_000);
    state = await lookAtCollection(state, tools());
  }
  return state;
}

describe('having Harbor collect the garbage', () => {
  test('T20, T46: untagged deletion is refused in so many words, and the parameters are no strings', async () => {
    harbor.seed.push({ project: 'team', repository: 'api', tags: [], pushedAt: 0 });
    expect(await collect()).toMatchObject({ kind: 'ended', status: 'Success' });
    const preview = await start(true);
    expect(preview).toMatchObject({ kind: 'running', dryRun: true });
    const { json } = await talkTo(harbor, 'admin')('GET', '/system/gc');
    const parameters = (json as { job_parameters: string }[]).map(
      (one) => JSON.parse(one.job_parameters) as unknown,
    );
    expect(parameters).toMatchObject([
      { dry_run: true, delete_untagged: false, workers: 2 },
      { dry_run: false, delete_untagged: false, workers: 2 },
    ]);
    expect(harbor.state.artifacts('team')).toHaveLength(1);
  });

  test('T21: what was touched within the window is not freed, and the figures say so', async () => {
    const { digest } = await pushImage(harbor, { repository: 'team/api', tag: '1' }, ['one layer']);
    await applyPortsOn(harbor).harbor.deleteArtifact(
      { project: 'team', repository: 'api' },
      digest,
    );
    expect(await collect()).toMatchObject({ kind: 'ended', freedBytes: 0, blobs: 0 });
    harbor.clock.advance(3 * hour);
    expect(await collect()).toMatchObject({ kind: 'ended', blobs: 2 });
  });

  test('T22: none is started beside one that runs, although Harbor would take it', async () => {
    expect(await start()).toMatchObject({ kind: 'running' });
    harbor.clock.advance(500);
    expect(await start()).toMatchObject({ kind: 'intended', behind: 1 });
    expect(await applyPortsOn(harbor).harbor.listCollections()).toHaveLength(1);
  });

  test('T38: the parameters are parsed from their text, and neither shown nor quoted in an error', async () => {
    const state = await collect();
    const { json } = await talkTo(harbor, 'admin')('GET', '/system/gc');
    expect(JSON.stringify(json)).toContain('not-for-logs');
    expect(
      JSON.stringify([state, await applyPortsOn(harbor).harbor.listCollections()]),
    ).not.toContain('redis');
    harbor.faults.on('truncated-json');
    await expect(applyPortsOn(harbor).harbor.listCollections()).rejects.not.toThrow('not-for-logs');
  });

  test('T45: a result beside the status Running is not the end yet', async () => {
    const state = await start();
    if (state.kind !== 'running') throw new Error('it was not started');
    harbor.clock.advance(2_000);
    expect(await applyPortsOn(harbor).harbor.readCollection(state.id)).toMatchObject({
      isFinal: false,
      result: { freedBytes: 0 },
    });
    expect(await lookAtCollection(state, tools())).toMatchObject({ kind: 'running' });
    expect(await follow(state)).toMatchObject({ kind: 'ended', status: 'Success' });
  });
});

describe('a collection that could not be followed', () => {
  const robot = (names: readonly string[]): string =>
    JSON.stringify({
      name: 'collector',
      level: 'system',
      duration: -1,
      permissions: [
        {
          kind: 'system',
          namespace: '/',
          access: names.map((action) => ({ resource: 'garbage-collection', action })),
        },
      ],
    });

  test.each([
    ['read', ['create', 'list'], false],
    ['read', ['create', 'list'], true],
    ['list', ['create', 'read'], true],
  ])('without garbage-collection:%s is not started, with %j', async (missing, names, hasRun) => {
    if (hasRun) await collect();
    const made = await makeRobot(harbor, robot(names));
    if ('refused' in made) throw new Error(made.refused);
    const before = await applyPortsOn(harbor).harbor.listCollections();
    const state = await intendCollecting(false, { ...applyPortsOn(harbor, made), workers: 1 });
    expect(state).toMatchObject({
      kind: 'not-started',
      because: expect.stringContaining(`lacks garbage-collection:${missing} on the system`),
    });
    expect(await applyPortsOn(harbor).harbor.listCollections()).toEqual(before);
  });

  test.each([false, true])(
    'is intended with all three permissions, whether or not one ran: %s',
    async (hasRun) => {
      if (hasRun) await collect();
      const made = await makeRobot(harbor, robot(['create', 'list', 'read']));
      if ('refused' in made) throw new Error(made.refused);
      const state = await intendCollecting(false, { ...applyPortsOn(harbor, made), workers: 1 });
      expect(state).toMatchObject({ kind: 'intended' });
    },
  );
});
