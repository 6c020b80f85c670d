import { createRandom } from '../../sandbox/harbor/index.ts';
import { processorsOf } from '../cost.ts';
import { simulatedHarbor } from './harbor.ts';
import { engine, type Inputs, measured } from './inputs.ts';
import {
  alive,
  change,
  type Done,
  Gone,
  judge,
  phasesOver,
  read,
  type Shop,
  type Slice,
  type Work,
} from './phases.ts';
import { newSimulation, type Simulation } from './simulation.ts';

/** How the night was. Times in ms. */
export interface Night {
  readonly lengthMs: number;
  /** Of that, the function ran. */
  readonly runningMs: number;
  readonly slices: number;
  /** Of these, slices that found Harbor gone; the run waited behind each. */
  readonly waits: number;
  /** Invocations that Lambda ended after 15 minutes. */
  readonly killed: number;
  readonly requests: number;
  readonly puts: number;
  readonly gets: number;
  /** Artifacts of repositories that were given up, and kept. */
  readonly unplannable: number;
  readonly deleted: number;
  readonly purged: number;
  /** Share of what Harbor can do that reading and changing took, while the function ran. */
  readonly load: number;
  readonly level: number;
  /** Whether it was cut off by the number of slices. */
  readonly isUnfinished: boolean;
  readonly phasesMs: Readonly<Record<'read' | 'judge' | 'change', number>>;
}

const phases = { read, judge, change } as const;
const order = ['read', 'judge', 'change'] as const;

interface Tally {
  readonly phasesMs: Record<'read' | 'judge' | 'change', number>;
  runningMs: number;
  slices: number;
  waits: number;
  killed: number;
  requests: number;
  busyMs: number;
  level: number;
}

/** One Harbor, one night: slice after slice until everything is done or the slices are used up. */
export async function simulateNight(inputs: Inputs, work: Work): Promise<Night> {
  const sim = newSimulation();
  const done: Done = {
    read: new Set(),
    stored: [],
    judged: 0,
    storedJudged: 0,
    deletions: 0,
    purges: 0,
    unplannable: 0,
  };
  const store = { puts: measured.putsPerRun, gets: measured.getsPerRun };
  const tally: Tally = {
    phasesMs: { read: 0, judge: 0, change: 0 },
    runningMs: 0,
    slices: 0,
    waits: 0,
    killed: 0,
    requests: 0,
    busyMs: 0,
    level: 0,
  };
  const random = createRandom(work.seed);
  const all = async (): Promise<void> => {
    let looks = 0;
    while (!phasesOver(done, work).change && tally.slices - tally.waits < inputs.maxSlices) {
      const shop = shopOf(sim, inputs, { work, random, store });
      const end = await oneSlice(shop, work, { done, tally });
      looks = end === 'gone' ? looks + 1 : 0;
      await sim.sleep(looks === 0 ? 1_000 : pauseBefore(looks));
    }
  };
  await sim.run(all());
  const parts = Math.ceil(work.artifacts / engine.partArtifacts);
  const signs = tally.runningMs / engine.progressMs + tally.runningMs / 120_000;
  return {
    lengthMs: sim.now(),
    runningMs: tally.runningMs,
    slices: tally.slices,
    waits: tally.waits,
    killed: tally.killed,
    requests: tally.requests,
    puts: Math.round(store.puts + parts * measured.putsPerPart + signs),
    gets: Math.round(store.gets + parts * measured.getsPerPart + tally.runningMs / 120_000),
    unplannable: done.unplannable,
    deleted: done.deletions,
    purged: done.purges,
    load: tally.busyMs / measured.readersServed / tally.runningMs,
    level: tally.level,
    isUnfinished: !phasesOver(done, work).change,
    phasesMs: tally.phasesMs,
  };
}

/** A process: works until its budget is used up, or is ended by Lambda with what it had not stored. */
async function oneSlice(
  shop: Shop,
  work: Work,
  { done, tally }: { readonly done: Done; readonly tally: Tally },
): Promise<'ended' | 'killed' | 'gone'> {
  const { sim, harbor } = shop;
  const from = sim.now();
  const slice: Slice = { until: from + shop.inputs.sliceSeconds * 1_000, isDead: false };
  const working = async (): Promise<'ended'> => {
    await alive(slice, sim.sleep(measured.startMs));
    // A process of its own finds a closed door at once, and tries a silent one as often as any page.
    const tries = work.outage === 'refused' ? 2 : engine.retries + 1;
    if (!(await alive(slice, harbor.answers(tries)))) throw new Gone();
    for (const phase of order) {
      const begun = sim.now();
      if (phasesOver(done, work)[phase] || begun >= slice.until) continue;
      if (phase !== 'read' && !phasesOver(done, work).read) break;
      await phases[phase](shop, work, { done, slice });
      tally.phasesMs[phase] += sim.now() - begun;
      if (phase === 'read') tally.level = harbor.counts().level;
    }
    return 'ended';
  };
  const end = await Promise.race([
    working().catch((error: unknown) => {
      if (error instanceof Gone) return 'gone' as const;
      throw error;
    }),
    sim.sleep(engine.invocationMs).then(() => 'killed' as const),
  ]);
  if (end === 'killed') {
    slice.isDead = true;
    tally.killed += 1;
    done.read.clear();
    for (const part of done.stored) done.read.add(part);
    done.judged = done.storedJudged;
  }
  if (end === 'gone') tally.waits += 1;
  tally.slices += 1;
  tally.runningMs += sim.now() - from;
  tally.requests += harbor.counts().sent;
  tally.busyMs += harbor.counts().busyMs;
  return end;
}

/** As functions/store/waiting.ts has it. */
function pauseBefore(looks: number): number {
  return (engine.pausesS[looks - 1] ?? engine.pausesS.at(-1) ?? 0) * 1_000;
}

/** What a process has: a client with a pace of its own, and one thread. */
function shopOf(
  sim: Simulation,
  inputs: Inputs,
  {
    work,
    random,
    store,
  }: { readonly work: Work; readonly random: () => number; readonly store: Shop['store'] },
): Shop {
  const processors = Math.min(1, processorsOf(inputs.memoryMiB));
  let freeAt = 0;
  return {
    sim,
    inputs,
    store,
    harbor: simulatedHarbor({ sim, inputs, random, outage: work.outage }),
    compute: async (ms, slice) => {
      freeAt = Math.max(freeAt, sim.now()) + ms / processors;
      await alive(slice, sim.sleep(freeAt - sim.now()));
    },
  };
}
