import { type Fenced, fencedGarbage, fencedWriter } from '../apply/fence.ts';
import type { Hands } from '../apply/hands.ts';
import type { Changes, HarborGarbage, World } from '../ports.ts';
import type { HeldLease } from '../store/lease.ts';

type Confirming = Pick<HeldLease, 'confirm'>;

/** A world whose lease is held. */
export interface Held {
  readonly world: World;
  readonly lease: Confirming;
}

/** What may change Harbor; only armed runs and restores come here, and their drivers give it to them. */
export function changesOf({ changes }: World): Changes {
  if (changes === undefined)
    throw new Error('a run that changes Harbor was given nothing to do so');
  return changes;
}

/** Hands for everything that a run or a restore changes; each of their writes makes sure of the lease first. */
export function handsOf(world: World, lease: Confirming): Hands {
  const { inspector, writer } = changesOf(world);
  return {
    harbor: { ...inspector, ...fencedWriter(writer, () => lease.confirm()) },
    clock: world.clock,
    pause: world.pause,
  };
}

/** Harbor's garbage collection; starting one makes sure of the lease first. */
export function garbageOf(world: World, lease: Confirming): Fenced<HarborGarbage> {
  return fencedGarbage(changesOf(world).garbage, () => lease.confirm());
}

/** A dry run has nothing in hand, whatever its driver gave. */
export function withoutChanges(world: World): World {
  const { changes, ...rest } = world;
  return changes === undefined ? world : rest;
}
