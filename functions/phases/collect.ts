import { saveState } from '../store/run-state-document.ts';
import { type OpenCollection, openCollections } from '../store/open-collection.ts';
import type { CollectionState } from '../domain/collection.ts';
import type { Healing } from '../domain/healing.ts';
import { memoryIn } from '../store/harbor-memory.ts';
import {
  type CollectingPorts,
  endOf,
  intendCollecting,
  notBeside,
  startCollecting,
} from '../apply/collect-garbage.ts';
import type { Policy } from '../domain/policy.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore, World } from '../ports.ts';
import { done, type Step, unfinished } from './phase.ts';
import { forgottenBy, healForgotten } from './healing.ts';
import { healingsOf, healingsOfOthers, unreadHealing } from '../store/healing-records.ts';
import { changesOf, garbageOf, type Held } from './changes.ts';
import type { RunState } from '../store/run-state.ts';
import { tallyRecords } from '../store/applied-totals.ts';

/**
 * Has Harbor give the space back, if that is wanted and something was deleted for good
 * (docs/policy.md#how-a-deletion-goes). Starts the collection, and waits for nothing: what it frees is reported later
 * (phases/follow.ts).
 */
export const collectGarbage: Step = async (state, tools) => {
  const { policy, world, lease, waitAtMost, budget } = tools;
  // Whoever collects garbage, Harbor's own schedule as well, would make final what nobody looked after.
  if (!(await healForgotten(state, { world, lease }, budget))) return unfinished(state);
  const { mode } = policy.garbageCollection;
  if (mode === 'off') return done(state);
  const collecting = collectingIn(policy, { world, lease });
  let current = await withEarlier(state, world);
  const put = async (collection: CollectionState): Promise<void> => {
    current = { ...current, collection };
    await saveState(world.store, current);
  };
  if (current.collection === undefined) {
    const tally = await tallyRecords(world.store, state);
    const isWanted = tally.purged > 0 || (policy.trash === 'off' && tally.deleted > 0);
    const because = isWanted
      ? await unhealed(state, world.store)
      : 'this run deleted nothing for good';
    if (because !== undefined) {
      return done({ ...current, collection: { kind: 'not-started', because } });
    }
    await put(await intendCollecting(mode === 'preview', collecting));
  }
  if (current.collection?.kind === 'intended') {
    await lease.confirm();
    await put(await startCollecting(current.collection, collecting));
  }
  if (current.collection?.kind === 'running') await leaveOpen(world, current.collection);
  if (current.collection?.kind === 'intended' && waitAtMost === 0) {
    await put(notBeside(current.collection));
  }
  return done(current);
};

/** What collecting works with. */
export function collectingIn(
  { garbageCollection }: Policy,
  { world, lease }: Held,
): CollectingPorts {
  const { workers } = garbageCollection;
  return { harbor: garbageOf(world, lease), clock: world.clock, workers };
}

/** Lets a later run report what a collection frees, if this run ends before it is known. */
export async function leaveOpen(world: World, collection: OpenCollection): Promise<void> {
  await openCollections.write(await memoryIn(world), collection);
}

/** The run that started it has reported what it freed. */
export async function closeCollection(world: World, id: number): Promise<void> {
  if ((await openCollections.read(await memoryIn(world)))?.id === id)
    await (await memoryIn(world)).remove(openCollections.key());
}

/** A collection would take the layers of what could not be healed (docs/harbor.md#t40-layers-that-get-lost). */
async function unhealed(state: RunState, store: RunStore): Promise<string | undefined> {
  return heldBack(await healingsOf(store, state));
}

/** Does so for a collection that was held up while other runs may have deleted. */
export async function unhealedSince(state: RunState, world: World): Promise<string | undefined> {
  const { store } = world;
  const forgotten = await forgottenBy(state, world);
  const [one] = forgotten;
  if (one !== undefined)
    return `run ${one.runId} was cut off while it deleted in ${one.project}, and the next run looks after that first`;
  const own = await healingsOf(store, state);
  return heldBack([...own, ...(await healingsOfOthers(store, state))]);
}

function heldBack(healings: readonly Healing[]): string | undefined {
  const open = healings.flatMap((one) => one.problems);
  if (healings.includes(unreadHealing))
    return 'a record of what was healed beside deletions is damaged, so that nobody knows whether collecting now could take layers';
  if (open.length === 0) return undefined;
  return `${open.length} pushes beside our deletions could not be healed: collecting now could take their layers`;
}

/**
 * The run, with what became of a collection of an earlier one: looked for before a collection of its own takes its
 * place.
 */
export async function withEarlier<State extends RunState>(
  state: State,
  world: World,
): Promise<State> {
  if (state.earlierCollection?.kind === 'ended') return state;
  const found = await earlierCollection(world, state);
  return found === undefined ? state : { ...state, earlierCollection: found };
}

async function earlierCollection(
  world: World,
  { runId, collection: own }: Pick<RunState, 'runId' | 'collection'>,
): Promise<CollectionState | undefined> {
  const open = await openCollections.read(await memoryIn(world));
  if (open === undefined) return undefined;
  if (own !== undefined && 'id' in own && own.id === open.id) return undefined;
  if (open.toldBy !== undefined && open.toldBy !== runId) {
    await (await memoryIn(world)).remove(openCollections.key());
    return undefined;
  }
  try {
    const now = await changesOf(world).garbage.readCollection(open.id);
    if (!now.isFinal) return open;
    // It stays in its place, so that a step that is repeated reports it again.
    await leaveOpen(world, { ...open, toldBy: runId });
    return endOf(now);
  } catch (error) {
    if (!(error instanceof RetentionError)) throw error;
    return {
      kind: 'not-started',
      because: `collection ${open.id} of an earlier run: ${error.message}`,
    };
  }
}
