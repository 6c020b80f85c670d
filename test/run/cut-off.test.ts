import { describe, expect, test } from '@jest/globals';
import { RetentionError } from '../../functions/errors.ts';
import type { RunRequest, SliceEnd } from '../../functions/ports.ts';
import { runSlice } from '../../functions/run.ts';
import { stateKeys } from '../../functions/domain/store-keys.ts';
import { createRandom } from '../sandbox/harbor/index.ts';
import { Killed, killedAt } from '../support/crashing.ts';
import { pieces } from '../support/run-world.ts';
import { cutScene, type CutScene, type Left, leftBy, requestOf } from './cut-scene.ts';

const budgetOf = () => pieces(2);

/** Slices of a few pieces of work, one after the other, until the run is done. */
async function inSlices(
  scene: CutScene,
  slice: (scene: CutScene) => Promise<SliceEnd>,
): Promise<number> {
  for (let slices = 1; slices <= 1_000; slices += 1) {
    const end = await slice(scene);
    if (end.done) return slices;
    if (end.wait !== undefined) await scene.world.pause(end.wait.seconds * 1_000);
  }
  throw new Error('the run does not end');
}

async function undisturbed(request: RunRequest): Promise<Left & { readonly slices: number }> {
  const scene = await cutScene();
  try {
    const slices = await inSlices(scene, ({ world }) => runSlice(request, world, budgetOf()));
    return { ...(await leftBy(scene)), slices };
  } finally {
    await scene.harbor.close();
  }
}

/** A slice whose end is forgotten, and which is run again on what it left: the engine's own state is as before. */
async function twice(scene: CutScene, request: RunRequest): Promise<SliceEnd> {
  const { store, world } = scene;
  const key = stateKeys(request.runId).state;
  const before = store.texts.get(key);
  const end = await runSlice(request, world, budgetOf());
  if (end.done || end.wait !== undefined) return end;
  if (before === undefined) await store.remove(key);
  else await store.write(key, before);
  return await runSlice(request, world, budgetOf());
}

/** Runs slices, of which so many are killed at a random call; the next slice goes on. */
async function killed(scene: CutScene, request: RunRequest, seed: number): Promise<number> {
  const random = createRandom(seed);
  let kills = 0;
  let starts = 1;
  const goesOn: SliceEnd = { done: false, progress: { phase: 'plan', done: 0, of: 0, what: '' } };
  await inSlices(scene, async ({ world }) => {
    const started = { ...request, owner: `start ${starts}` };
    const at = 1 + Math.floor(random() * (request.mode === 'apply' ? 80 : 40));
    const when = random() < 0.5 ? 'before' : 'after';
    // Whoever comes after a killed process is another one, and can't know that it is dead.
    const next = { ...world, identity: `attempt ${kills} of seed ${seed}` };
    const dying = kills < 20 ? killedAt(next, { at, when }, { count: 0 }) : next;
    try {
      return await runSlice(started, dying, pieces(1 + Math.floor(random() * 6)));
    } catch (error) {
      // After three deaths in a row without progress a run ends, until somebody starts it again.
      if (error instanceof RetentionError && error.code === 'run-died') starts += 1;
      else if (error instanceof Killed) kills += 1;
      else throw error;
      return goesOn;
    }
  });
  return kills;
}

const modes = ['dry-run', 'apply'] as const;

describe.each(modes)('%s', (mode) => {
  const request = requestOf(mode);

  test('each of whose slices is run twice leaves what an undisturbed run leaves', async () => {
    const expected = await undisturbed(request);
    expect(expected.slices).toBeGreaterThan(mode === 'apply' ? 12 : 3);
    expect(expected.outcomes.length).toBeGreaterThan(mode === 'apply' ? 50 : -1);
    const scene = await cutScene();
    try {
      await inSlices(scene, (own) => twice(own, request));
      const { slices: _slices, ...left } = expected;
      expect(await leftBy(scene)).toEqual(left);
    } finally {
      await scene.harbor.close();
    }
  });

  test('that is killed 20 times at random moments leaves what an undisturbed run leaves', async () => {
    const { slices: _slices, ...expected } = await undisturbed(request);
    for (const seed of [1, 2, 3, 4]) {
      const scene = await cutScene();
      try {
        const kills = await killed(scene, request, seed);
        expect(kills).toBe(20);
        expect(await leftBy(scene)).toEqual(expected);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      } finally {
        await scene.harbor.close();
      }
    }
  });
});
