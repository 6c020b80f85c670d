import type { SimulatedHarbor } from './harbor.ts';
import { engine, type Inputs, measured } from './inputs.ts';
import type { Simulation } from './simulation.ts';

/** What there is to do in one Harbor in one night. */
export interface Work {
  readonly artifacts: number;
  readonly deletions: number;
  readonly purges: number;
  /** Whether Harbor stops answering, and how: it refuses connections, or requests hang until they time out. */
  readonly outage: 'none' | 'refused' | 'hanging';
  readonly seed: number;
}

/** Thrown in whoever still works in an invocation that has been ended. */
export class Ended extends Error {}

/** Thrown by whoever finds that Harbor is gone: the run then waits, without cost. */
export class Gone extends Error {}

export interface Slice {
  readonly until: number;
  isDead: boolean;
}

/** What the phases work with. */
export interface Shop {
  readonly sim: Simulation;
  readonly harbor: SimulatedHarbor;
  readonly inputs: Inputs;
  readonly store: { puts: number; gets: number };
  /** One thread: whoever needs it waits for the one before. */
  readonly compute: (ms: number, slice: Slice) => Promise<void>;
}

/** What is done, and what of it would survive the process. */
export interface Done {
  readonly read: Set<number>;
  stored: readonly number[];
  judged: number;
  storedJudged: number;
  deletions: number;
  purges: number;
  unplannable: number;
}

/** Goes on only in an invocation that lives. */
export async function alive<T>(slice: Slice, work: Promise<T>): Promise<T> {
  const value = await work;
  if (slice.isDead) throw new Ended();
  return value;
}

/** One part: its pages; if they fail though Harbor is there, repository after repository. */
async function readPart(shop: Shop, artifacts: number, slice: Slice): Promise<number> {
  const { harbor, inputs, sim } = shop;
  let lost = 0;
  const pages = Math.ceil(artifacts / 100);
  let isWhole = true;
  for (let page = 0; page < pages && isWhole; page += 1) {
    isWhole = await alive(slice, harbor.page());
    if (isWhole) await shop.compute(100 * measured.readCpuMs, slice);
  }
  if (!isWhole) {
    if (!(await alive(slice, harbor.answers(1)))) throw new Gone();
    const each = inputs.artifactsPerRepository;
    for (let left = artifacts; left > 0; left -= each) {
      if (!(await alive(slice, harbor.page()))) lost += Math.min(each, left);
    }
  }
  await alive(slice, sim.sleep(measured.s3Ms));
  return lost;
}

const sizeOf = (part: number, { artifacts }: Work): number =>
  Math.min(engine.partArtifacts, artifacts - part * engine.partArtifacts);

/** Reads what is not stored yet, while there is time for one part more. */
export async function read(
  shop: Shop,
  work: Work,
  { done, slice }: { done: Done; slice: Slice },
): Promise<void> {
  const parts = Math.ceil(work.artifacts / engine.partArtifacts);
  const open = Array.from({ length: parts }, (_, part) => part).filter(
    (part) => !done.read.has(part),
  );
  const reader = async (): Promise<void> => {
    for (let part = open.shift(); part !== undefined; part = open.shift()) {
      if (shop.sim.now() >= slice.until) return;
      done.unplannable += await readPart(shop, sizeOf(part, work), slice);
      done.read.add(part);
      if (done.read.size % engine.saveEvery === 0) done.stored = [...done.read];
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: engine.readers }, reader));
  if (!slice.isDead) done.stored = [...done.read];
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Judges part after part. */
export async function judge(
  shop: Shop,
  work: Work,
  { done, slice }: { done: Done; slice: Slice },
): Promise<void> {
  const parts = Math.ceil(work.artifacts / engine.partArtifacts);
  while (done.judged < parts && shop.sim.now() < slice.until) {
    await alive(slice, shop.sim.sleep(measured.s3Ms));
    await shop.compute(sizeOf(done.judged, work) * measured.judgeCpuMs, slice);
    done.judged += 1;
    if (done.judged % engine.saveEvery === 0) done.storedJudged = done.judged;
  }
  done.storedJudged = done.judged;
}

/** Deletions through the trash, then purges: batches in a few projects at once, one action after the other in each. */
export async function change(
  shop: Shop,
  work: Work,
  { done, slice }: { done: Done; slice: Slice },
): Promise<void> {
  const { requestsPerDeletion, requestsPerPurge, readMs, copyMs, deleteMs } = measured;
  const looks = (requestsPerDeletion - 2) * readMs;
  const deletion = [requestsPerDeletion, looks + copyMs + deleteMs] as const;
  const purge = [requestsPerPurge, 2 * readMs + deleteMs] as const;
  const project = async (): Promise<void> => {
    while (shop.sim.now() < slice.until) {
      const isDeletion = done.deletions < work.deletions;
      const left = isDeletion ? work.deletions - done.deletions : work.purges - done.purges;
      const size = Math.min(engine.batch, left);
      if (size <= 0) return;
      if (isDeletion) done.deletions += size;
      else done.purges += size;
      const [requests, ownMs] = isDeletion ? deletion : purge;
      await alive(slice, shop.harbor.change(size * requests, size * ownMs));
      await alive(slice, shop.sim.sleep(3 * measured.s3Ms));
      shop.store.puts += measured.putsPerBatch;
      shop.store.gets += measured.getsPerBatch;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: engine.projectsAtOnce }, project));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Which phases have nothing left to do. */
export function phasesOver(
  done: Done,
  work: Work,
): Readonly<Record<'read' | 'judge' | 'change', boolean>> {
  const parts = Math.ceil(work.artifacts / engine.partArtifacts);
  const isRead = done.read.size === parts;
  const isJudged = isRead && done.judged === parts;
  const isChanged = done.deletions >= work.deletions && done.purges >= work.purges;
  return { read: isRead, judge: isJudged, change: isJudged && isChanged };
}
