import type { Digest } from '../../functions/domain/artifact.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { HarborWriter, RunRequest, Stopwatch } from '../../functions/ports.ts';
import { restoreSlice } from '../../functions/restore.ts';
import { runSlice } from '../../functions/run.ts';
import type { EmbeddedHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';
import { callsOf, type TestWorld, unlimited, worldAround } from './run-world.ts';

/**
 * Somebody else at every await: what happens between two requests of a run while others push, delete, pull, label,
 * restore, deploy a second copy, or while the process sleeps. A test goes through all moments of a run and all actors,
 * one of each at a time, and holds what must be true whoever acts.
 */

/** A call that leaves the engine, before it reaches the world. */
export interface Moment {
  /** From 1. */
  readonly number: number;
  /** `harbor`, `inspector`, `writer`, `garbage` or `store`. */
  readonly port: string;
  readonly call: string;
}

const instant: ReadonlySet<string> = new Set(['requests', 'listArtifacts', 'readPart', 'openPart']);

/** A call in somebody's hands: they send it, or do not. */
export interface Call extends Moment {
  readonly args: readonly unknown[];
  readonly send: () => Promise<unknown>;
}

/** The same world; every asynchronous call of every port goes through somebody's hands. */
export function through(world: TestWorld, handle: (call: Call) => Promise<unknown>): TestWorld {
  let number = 0;
  const watched = <Port extends object>(given: Port, port: string): Port =>
    new Proxy(given, {
      get: (target, key, receiver) => {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value !== 'function' || instant.has(String(key))) return value;
        return async (...args: unknown[]): Promise<unknown> => {
          number += 1;
          const send = (): Promise<unknown> =>
            Reflect.apply(value, target, args) as Promise<unknown>;
          return await handle({ number, port, call: String(key), args, send });
        };
      },
    });
  const { inspector, writer, garbage } = world.changes;
  return {
    ...world,
    harbor: watched(world.harbor, 'harbor'),
    changes: {
      inspector: watched(inspector, 'inspector'),
      writer: watched(writer, 'writer'),
      garbage: watched(garbage, 'garbage'),
    },
    store: watched(world.store, 'store'),
  };
}

/** The same world; before every asynchronous call of every port something may happen. */
export function beside(world: TestWorld, before: (moment: Moment) => Promise<void>): TestWorld {
  return through(world, async ({ number, port, call, send }) => {
    await before({ number, port, call });
    return await send();
  });
}

/** A change that a process sent to Harbor. */
export interface Sent {
  readonly by: string;
  readonly call: string;
  readonly project: string;
}

/** The same world, whose process writes down what it sends. */
export function noting(world: TestWorld, sent: Sent[]): TestWorld {
  const { writer, garbage } = world.changes;
  const note = (call: string, project: string): void => {
    sent.push({ by: world.identity, call, project });
  };
  const noted = Object.fromEntries(
    Object.entries(writer).map(([call, send]) => [
      call,
      (...args: unknown[]): unknown => {
        // A copy is a change where it arrives.
        const place = args[call === 'copyArtifact' ? 1 : 0] as { readonly project: string };
        note(call, place.project);
        return (send as (...given: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as HarborWriter;
  return {
    ...world,
    changes: {
      ...world.changes,
      writer: noted,
      garbage: {
        ...garbage,
        startCollection: (how) => {
          note('startCollection', '');
          return garbage.startCollection(how);
        },
      },
    },
  };
}

/** Processes that wrote, went silent while another one wrote, and wrote again: nobody may, under one lease. */
export function interleaved(sent: readonly Sent[]): readonly string[] {
  const turns = sent.map(({ by }) => by).filter((by, index, all) => by !== all[index - 1]);
  return turns.filter((by, index) => turns.indexOf(by) !== index);
}

/** A stopwatch that can stand still while real time passes, as in a machine that sleeps. */
export function sleepyStopwatch(harbor: EmbeddedHarbor): Stopwatch & { sleep(ms: number): void } {
  let [slept, waited] = [0, 0];
  return {
    elapsed: () => harbor.clock.now() - slept + waited,
    wait: (ms) => {
      waited += ms;
      return Promise.resolve();
    },
    sleep: (ms) => {
      slept += ms;
      harbor.clock.advance(ms);
    },
  };
}

/** What an actor finds. */
export interface Surroundings {
  readonly harbor: EmbeddedHarbor;
  readonly store: MemoryStore;
  readonly policy: string;
  /** The run that is disturbed. */
  readonly request: RunRequest;
  /** An image that the run is to delete. */
  readonly victim: {
    readonly project: string;
    readonly repository: string;
    readonly digest: Digest;
  };
  readonly tag: string;
  readonly trash: string;
  readonly stopwatch: ReturnType<typeof sleepyStopwatch>;
  readonly sent: Sent[];
}

export interface Actor {
  readonly name: string;
  /** What it wants of the victim afterwards; `nothing`: it took something away itself. */
  readonly wants: 'victim' | 'tag' | 'nothing';
  /** By hand nobody meets our store; a process of ours does. */
  readonly usesStore: boolean;
  readonly act: (around: Surroundings) => Promise<void>;
}

const world = ({ harbor, policy, store, sent }: Surroundings, own = store): TestWorld =>
  noting(worldAround(harbor, { policy, store: own }), sent);

/** What others may meet: a lease that is held, a Harbor that has changed. */
async function tolerated(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof RetentionError)) throw error;
  });
}

/** The id of a run that an actor starts. */
export const laterRun = '2027-01-01T033000Z';

const later = (request: RunRequest, owner: string): RunRequest => ({
  ...request,
  runId: laterRun,
  owner,
});

function rowOf({ harbor, victim: { project, repository, digest } }: Surroundings) {
  return harbor.state.artifacts(project, repository).find((one) => one.digest === digest);
}

const stranger = (
  name: string,
  wants: Actor['wants'],
  act: (around: Surroundings) => unknown,
): Actor => ({
  name,
  wants,
  usesStore: false,
  act: async (around) => {
    await act(around);
  },
});

/** A process of ours, around the same store. */
const process = (name: string, act: (around: Surroundings) => Promise<void>): Actor => ({
  name,
  wants: 'victim',
  usesStore: true,
  act,
});

/** Everybody else. Others add theirs to the list that a test goes through. */
export const actors: readonly Actor[] = [
  stranger('puts another tag on the image', 'victim', (around) => {
    const { harbor, victim } = around;
    if (rowOf(around) === undefined) return;
    harbor.seed.moveTag({ ...victim, tag: 'keep-me', to: victim.digest });
  }),
  stranger('labels the image', 'victim', async (around) => {
    const { harbor, victim } = around;
    if (rowOf(around) === undefined) return;
    const label = harbor.seed.label({ name: `audited ${harbor.clock.now()}` });
    const target = { ...victim, digest: victim.digest };
    await callsOf(worldOfStranger(around)).addLabel(target, label.id);
  }),
  stranger('pulls the image', 'victim', async ({ harbor, victim }) => {
    const { username, password } = harbor.admin;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    await fetch(
      `${harbor.url}/v2/${victim.project}/${victim.repository}/manifests/${victim.digest}`,
      { headers: { authorization } },
    );
    harbor.clock.advance(15_000);
  }),
  stranger('pushes another image under its tag', 'tag', ({ harbor, victim, tag }) => {
    harbor.seed.push({ ...pushPlace(victim), tags: [tag], size: 77 });
  }),
  stranger('pushes the same image again', 'victim', ({ harbor, victim, tag }) => {
    harbor.seed.push({ ...pushPlace(victim), digest: victim.digest, tags: [tag] });
  }),
  stranger('deletes the image', 'nothing', async (around) => {
    await callsOf(worldOfStranger(around)).deleteArtifact(around.victim, around.victim.digest);
  }),
  stranger('deletes the copy in the trash', 'nothing', async (around) => {
    const { project, repository, digest } = around.victim;
    const place = { project: around.trash, repository: `${project}/${repository}` };
    await callsOf(worldOfStranger(around)).deleteArtifact(place, digest);
  }),
  process('restores the run', async (around) => {
    const wanted = { runId: around.request.runId, only: [], apply: true, owner: 'operator' };
    await tolerated(restoreSlice(wanted, world(around), unlimited));
  }),
  process('starts another run on the same store', async (around) => {
    await tolerated(runSlice(later(around.request, 'another'), world(around), unlimited));
  }),
  stranger('runs a second deployment with a store of its own', 'victim', async (around) => {
    const own = world(around, memoryStore());
    await tolerated(runSlice(later(around.request, 'deployment 2'), own, unlimited));
  }),
  process('restores the run while its process sleeps', async (around) => {
    around.stopwatch.sleep(10 * 60_000);
    const wanted = { runId: around.request.runId, only: [], apply: true, owner: 'operator' };
    await tolerated(restoreSlice(wanted, world(around), unlimited));
  }),
  process('starts another run while the process sleeps', async (around) => {
    around.stopwatch.sleep(10 * 60_000);
    await tolerated(runSlice(later(around.request, 'another'), world(around), unlimited));
  }),
];

const pushPlace = ({ project, repository }: Surroundings['victim']) => ({ project, repository });

/** Whoever works by hand is no process of ours. */
const worldOfStranger = ({ harbor, policy, store }: Surroundings): TestWorld =>
  worldAround(harbor, { policy, store });
