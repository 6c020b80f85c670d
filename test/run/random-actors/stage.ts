import { RetentionError } from '../../../functions/errors.ts';
import { restoreSlice } from '../../../functions/restore.ts';
import { between, createRandom, pick } from '../../sandbox/harbor/random.ts';
import { Killed } from '../../support/crashing.ts';
import { beginningWith } from '../../support/marked-scene.ts';
import { type Call, laterRun, sleepyStopwatch, through } from '../../support/other-actors.ts';
import { runToEnd, type TestWorld, unlimited, worldAround } from '../../support/run-world.ts';
import { acts, faults, isFaulty, restoring } from './acts.ts';
import { missing, recordsOf, tagsIn, untrue } from './invariants.ts';
import {
  type Around,
  day,
  earlier,
  type Image,
  type Named,
  nameOf,
  policy,
  request,
  scene,
  type Scene,
  trash,
} from './scene.ts';

/**
 * Up to three things that others do, or that go wrong, at moments that a seed draws: in one run, or in the restore of one.
 * Whatever they are together, at the end nothing may be lost but what somebody else deleted, no tag of somebody else's
 * may be lost unsaid, and no record may say what is not so.
 */

/** What is disturbed. */
export type Phase = 'run' | 'restore';

export interface Disturbed {
  /** What happened, for messages. */
  readonly story: readonly string[];
  /** What does not hold. */
  readonly broken: readonly string[];
}

interface Happening {
  readonly number: number;
  readonly what: string;
}

export interface Stage {
  readonly disturb: (phase: Phase, seed: number) => Promise<Disturbed>;
  readonly close: () => Promise<void>;
}

/** Makes the scenes of both phases, and counts the calls of each. */
export async function stage(): Promise<Stage> {
  const marked = await scene();
  const begin = beginningWith(marked);
  const deletedScene = await scene();
  await runToEnd(worldAround(deletedScene.harbor, { policy, store: deletedScene.store }), request);
  deletedScene.harbor.clock.advance(day);
  const scenes: Readonly<Record<Phase, () => Promise<Scene>>> = {
    run: begin,
    restore: beginningWith(deletedScene),
  };
  const work = (phase: Phase, world: TestWorld): Promise<unknown> =>
    phase === 'run' ? runToEnd(world, request) : restoreSlice(restoring(), world, unlimited);
  const moments: Record<Phase, number[]> = { run: [], restore: [] };
  for (const phase of ['run', 'restore'] as const) {
    const own = await scenes[phase]();
    const world = worldAround(own.harbor, { policy, store: own.store });
    const counted = through(world, (call) => {
      moments[phase].push(call.number);
      // Most of what matters happens while an image is at work: such moments are drawn more often.
      if (imageOf(call, own) !== undefined) moments[phase].push(...again(call.number));
      return call.send();
    });
    await work(phase, counted);
  }
  return {
    disturb: async (phase, seed) => {
      const own = await scenes[phase]();
      return await disturb(own, { phase, seed, moments: moments[phase], work });
    },
    close: async () => {
      await marked.harbor.close();
      await deletedScene.harbor.close();
    },
  };
}

const again = (moment: number): readonly number[] => [moment, moment, moment, moment];

/** The image that a call to Harbor is about, in its place or in the trash. */
function imageOf({ port, args }: Call, { images }: Scene): Image | undefined {
  if (port !== 'writer' && port !== 'inspector') return undefined;
  const [place = {}, second] = args as [Partial<Named>?, unknown?];
  const { project, repository, digest = second } = place;
  return images.find(
    (image) =>
      image.digest === digest &&
      (`${image.project}/${image.repository}` === `${project}/${repository}` ||
        `${trash}/${image.project}/${image.repository}` === `${project}/${repository}`),
  );
}

async function disturb(
  own: Scene,
  {
    phase,
    seed,
    moments,
    work,
  }: {
    readonly phase: Phase;
    readonly seed: number;
    readonly moments: readonly number[];
    readonly work: (phase: Phase, world: TestWorld) => Promise<unknown>;
  },
): Promise<Disturbed> {
  const random = createRandom(seed);
  const { harbor, store } = own;
  const stopwatch = sleepyStopwatch(harbor);
  const around: Around = {
    scene: own,
    stopwatch,
    random,
    calls: [],
    wishes: new Map(),
    deleted: [],
    late: [],
    repairs: [],
  };
  const before = tagsIn(harbor);
  const all = [...Object.keys(acts), ...Object.keys(faults)] as [string, ...string[]];
  const happenings: readonly Happening[] = Array.from({ length: between(random, 1, 3) }, () => ({
    number: pick(random, moments as [number, ...number[]]),
    what: pick(random, all),
  }));
  const story: string[] = [];
  let isDead = false;
  const world = worldAround(harbor, { policy, store, overrides: { stopwatch } });
  const disturbed = through(world, async (call) => {
    around.calls.push(call);
    if (isDead) throw new Killed('already');
    for (const one of around.late.filter(({ due }) => due <= around.calls.length)) {
      around.late.splice(around.late.indexOf(one), 1);
      await one.work();
    }
    for (const { number, what } of happenings) {
      const act = acts[what];
      if (number !== call.number || act === undefined) continue;
      const concerned = imageOf(call, own);
      const isNear = concerned !== undefined && between(random, 1, 4) > 1;
      const image = isNear ? concerned : pick(random, own.images);
      story.push(
        `${number} ${call.port}.${call.call}: somebody ${what}, ${nameOf(image).slice(0, 30)} ${image.tags.join()}`,
      );
      await act(image, around, number);
    }
    for (const { number, what } of happenings) {
      const fault = faults[what];
      if (fault === undefined || number > call.number || !isFaulty(call)) continue;
      if (struck.has(what + number)) continue;
      struck.add(what + number);
      story.push(`${call.number} ${call.port}.${call.call} ${what}`);
      if (what.startsWith('kills')) isDead = true;
      return await fault(call, around);
    }
    return await call.send();
  });
  const struck = new Set<string>();
  await work(phase, disturbed).catch((error: unknown) => {
    if (!(error instanceof RetentionError || error instanceof Killed)) throw error;
    story.push(`it ended: ${error.message}`);
  });
  for (const one of around.late.splice(0)) await one.work();
  for (const repair of around.repairs) repair();
  harbor.seed.readOnly(false);
  harbor.clock.advance(day / 4);
  const calm = (): TestWorld => worldAround(harbor, { policy, store });
  const tolerating = async (how: Promise<unknown>): Promise<void> => {
    await how.catch((error: unknown) => {
      if (!(error instanceof RetentionError)) throw error;
      story.push(`again it ended: ${error.message}`);
    });
  };
  if (phase === 'run') await tolerating(runToEnd(calm(), request));
  const broken = phase === 'run' ? [...(await untrue(around))] : [];
  for (const runId of [laterRun, request.runId, earlier.runId]) {
    if ((await recordsOf(around, runId)).length === 0) continue;
    const { report } = await restoreSlice(restoring(runId), calm(), unlimited);
    for (const { step, because } of report.failed)
      broken.push(
        `${nameOf({ ...step.item.place, digest: step.item.digest })} was not restored: ${because}`,
      );
  }
  broken.push(...missing(around, before));
  return { story, broken };
}
