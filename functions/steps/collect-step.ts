import {
  type Collecting,
  type CollectionState,
  endOf,
  followCollection,
  intendCollecting,
  isLeftToNextRun,
  startCollecting,
} from '../apply/collect-garbage.ts';
import type { Policy } from '../domain/policy.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore, World } from '../ports.ts';
import type { ApplyTools } from './apply-step.ts';
import { healForgotten, healingsOf } from './healing.ts';
import { type RunState, saveState } from './run-state.ts';
import { tallyRecords } from './tally-records.ts';

/** A collection whose figures came too late for its run. */
const openCollectionKey = 'state/collection.json';

/** Has Harbor give the space back, if that is wanted and something was deleted for good (policy.md §8). */
export async function collectStep(
  state: RunState,
  policy: Policy,
  { world, budget, lease }: ApplyTools,
): Promise<RunState> {
  const { mode, workers } = policy.garbageCollection;
  if (mode === 'off') return { ...state, phase: 'report' };
  const collecting: Collecting = {
    harbor: world.harbor,
    clock: world.clock,
    workers,
    pause: async (ms) => {
      await lease.confirm();
      await world.pause(ms);
    },
  };
  let current = state;
  const put = async (collection: CollectionState): Promise<void> => {
    current = { ...current, collection };
    await saveState(world.store, current);
  };
  if (current.collection === undefined) {
    const tally = await tallyRecords(world.store, state);
    const isWanted = tally.purged > 0 || (policy.trash === 'off' && tally.deleted > 0);
    const because = isWanted ? await unhealed(state, world) : 'this run deleted nothing for good';
    if (because !== undefined) {
      return { ...state, phase: 'report', collection: { kind: 'not-started', because } };
    }
    await put(await intendCollecting(mode === 'preview', collecting));
  }
  if (current.collection?.kind === 'intended')
    await put(await startCollecting(current.collection, collecting));
  if (current.collection?.kind === 'running') {
    await put(await followCollection(current.collection, collecting, budget));
  }
  const { collection } = current;
  if (collection?.kind !== 'running') return { ...current, phase: 'report' };
  if (!isLeftToNextRun(collection, world.clock.now())) return current;
  await world.store.write(openCollectionKey, JSON.stringify(collection), 'application/json');
  return { ...current, phase: 'report' };
}

/** A collection would take the layers of what could not be healed (harbor.md T40). */
async function unhealed(state: RunState, world: World): Promise<string | undefined> {
  const healings = await healingsOf(world.store, state);
  const open = healings.flatMap((one) => one.problems);
  open.push(...(await healForgotten(state, world)).flatMap((one) => one.problems));
  if (open.length === 0) return undefined;
  return `${open.length} pushes beside our deletions could not be healed: collecting now could take their layers`;
}

/** What became of a collection that an earlier run started; asked once it is over. */
export async function earlierCollection(world: World): Promise<CollectionState | undefined> {
  const open = await openCollection(world.store);
  if (open === undefined) return undefined;
  try {
    const now = await world.harbor.readCollection(open.id);
    if (!now.isFinal) return open;
    await world.store.remove(openCollectionKey);
    return endOf(now);
  } catch (error) {
    if (!(error instanceof RetentionError)) throw error;
    return {
      kind: 'not-started',
      because: `collection ${open.id} of an earlier run: ${error.message}`,
    };
  }
}

async function openCollection(
  store: RunStore,
): Promise<(CollectionState & { readonly kind: 'running' }) | undefined> {
  const stored = await store.read(openCollectionKey);
  return stored === undefined
    ? undefined
    : (JSON.parse(stored.text) as CollectionState & { readonly kind: 'running' });
}
